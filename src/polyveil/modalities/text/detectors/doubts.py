"""What looks like a date, an address of the net, a number or a name and is none, by what stands beside it.

Versions of programs ('v1.7.9.1', 'build 2024.3.1'), fingerprints of keys, parts of an article's number, names of files
and of programs.
"""

from __future__ import annotations

import re

from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

_VERSION = re.compile(
    r"(?i)(?:(?<![^\W\d_])v(?:er(?:s(?:ion)?)?)?\.?|(?<![^\W\d_])(?:release|build|update|firmware|kernel|patch|tag|revision|rev|sdk|"
    r"driver)|版本号?|固件|版|补丁)[\"']?\s?(?:is|no\.?|number|为|是)?\s?(?:[:：=]\s?)?[\"'v]{0,2}\Z|[=<>~^]=\s?\Z|(?<=[\w]@)\Z|/[\w.-]{1,40}:\Z"
)
_VERSION_BEHIND = re.compile(
    r"(?i)[-.+]?(?:rc|beta|alpha|dev|post|snapshot|final|ga)[-.]?\d|-SNAPSHOT| ?版本?(?![权式图面本])"
)
_DOTTED_DAY = re.compile(r"(?:19|20)\d\d\.\d{1,2}\.\d{1,2}")
_SMALL = re.compile(r"(?:1?\d|20)(?:\.(?:1?\d|20)){3}")
_NET = re.compile(
    r"(?i)\b(?:ip|ipv4|host|hostname|server|address|addr|dns|client|from|ping|gateway|router|proxy|subnet|network|peer|src|dst|"
    r"remote|nameserver|listen|bind|connect(?:ed)?|login|logged|interface|inet)\b|地址|服务器|主机|网关|登录|://"
)
_NOWHERE = re.compile(r"0\.0\.0\.0|255\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1?")
"""No address (RFC 1122), masks, the machine itself."""
_CIPHER = re.compile(r"@(?:openssh\.com|libssh\.org)\Z")
"""RFC 4251, 6: names of algorithms have a domain."""
_BLANK = re.compile(r"\*{3,}|x{3,}|X{3,}|\$\{?\w+\}?|\{\{ ?[\w.]+ ?\}\}|%\(?\w+\)?s?|<[\w -]+>|\.{3}")
_VARIABLE = re.compile(
    rf"{_BLANK.pattern}|(?:None|null|NULL|nil|undefined|true|false|True|False)\b.*|(?:self|this|cls|os|process|config|settings|env|args|"
    r"options|request|req|params|data|ctx)[.\[].*|[A-Za-z_][\w.]*\(.*|[a-z]*_?(?:pass|passwd|password|pwd|user|secret|key)(?:_?[a-z]+)*"
)
_HEX_BEFORE, _HEX_BEHIND = re.compile(r"[0-9A-Fa-f]{2}[:-]\Z"), re.compile(r"[:-][0-9A-Fa-f]{2}(?![0-9A-Za-z])")
_GLUED = re.compile(
    r"[A-Za-z0-9][-_/.]\Z|[A-Za-z]\Z|(?i:p/n|sku|part|art(?:icle)?\.?|item|model|cat(?:alogue|alog)?)[-. ]{0,2}(?:no|"
    r"nr|number|#)?\.?:?\s?\Z|型号[:：]?\s?\Z"
)
_FILE = (
    r"\.(?:py|js|ts|md|txt|ics|json|ya?ml|toml|html?|css|c|h|cc|cpp|rs|go|java|sh|conf|cfg|ini|log|csv|xml|pdf|docx?|xlsx?|pptx?|"
    r"png|jpe?g|gif|svg|so|dll|exe|zip|gz|tar|sql|db|lock|mp[34]|wav|onnx)(?![A-Za-z0-9])"
)
_FILE_BEHIND, _FILE_NAMED = re.compile(_FILE), re.compile(rf"[\w.-]*{_FILE}")
_CODED = re.compile(
    r"[A-Z]\w*[a-z][A-Z]\w*(?:Error|Exception|Handler|Manager|Mgr|Client|Server|Config|Parser|Factory|Service|View|Test)"
)
_EPONYM = re.compile(
    r"(?:['’]s?)? (?:method|theorem|lemma|conjecture|distribution|transform|equation|inequality|algorithm|integral|"
    r"manifold|norm)s?\b"
    r"|(?:分布|变换|算子|定理|定律|公式|方程|滤波|级数|空间|系数|函数|估计|链(?=[、，。\s]))"
)
"""What makes the name before it one of a thing: 'Newton method', 高斯分布."""
_LETTERS = re.compile(r"[^\W\d_]+")


def doubted(one: Finding, text: str) -> bool:
    """Does what stands beside a finding say that it is something else?"""
    if not isinstance(one.location, Span):
        return False
    check = _DOUBTS.get(one.entity)
    return check is not None and check(one, text, one.location.start, one.location.end)


def _day(_: Finding, text: str, start: int, end: int) -> bool:
    return bool(_DOTTED_DAY.fullmatch(text, start, end)) and _versioned(text, start, end)


def _versioned(text: str, start: int, end: int) -> bool:
    return bool(_VERSION.search(text[max(0, start - 24) : start]) or _VERSION_BEHIND.match(text, end))


def _mail(_: Finding, text: str, start: int, end: int) -> bool:
    return bool(_CIPHER.search(text, start, end))


def _password(_: Finding, text: str, start: int, end: int) -> bool:
    """Without quotes a name of a program's variable, a call or a blank to fill in."""
    quoted = text[start - 1 : start] in ("'", '"')
    return bool((_BLANK if quoted else _VARIABLE).fullmatch(text, start, end))


def _key(_: Finding, text: str, start: int, end: int) -> bool:  # noqa: ARG001 - as the others
    return text.startswith(("sk-ssh-", "sk-ecdsa-"), start)


def _net(_: Finding, text: str, start: int, end: int) -> bool:
    if ":" in text[start:end]:
        return _fingerprint(_, text, start, end)
    if _versioned(text, start, end) or _NOWHERE.fullmatch(text, start, end):
        return True
    small = _SMALL.fullmatch(text, start, end) and not text.startswith("10.", start)
    return (
        bool(small) and text[end : end + 1] not in (":", "/") and not _NET.search(text[max(0, start - 48) : end + 24])
    )


def _fingerprint(_: Finding, text: str, start: int, end: int) -> bool:
    return bool(_HEX_BEFORE.search(text[max(0, start - 3) : start]) or _HEX_BEHIND.match(text, end))


def _number(one: Finding, text: str, start: int, end: int) -> bool:
    if text[start:end] in ("0123456789", "1234567890", "9876543210"):
        return True
    return one.score < 0.7 and bool(_GLUED.search(text[max(0, start - 16) : start]))


def _name(one: Finding, text: str, start: int, end: int) -> bool:
    value = text[start:end]
    if one.entity != "PERSON" and (_FILE_BEHIND.match(text, end) or ("." in value and _FILE_NAMED.fullmatch(value))):
        return True
    if one.entity == "PERSON" and one.detector.startswith("tagger:"):
        called = text[end : end + 1] == "(" and value.isascii() and value.islower()
        if called or (" " not in value and (_CODED.fullmatch(value) or _EPONYM.match(text, end))):
            return True
    first = _LETTERS.search(value) if one.score < 1 else None
    if first is None or first.group().lower() not in lexicon("programs"):
        return False
    return all(word.lower() in lexicon("programs") for word in _LETTERS.findall(value, first.end()))


_DOUBTS = {
    "DATE_TIME": _day,
    "IP_ADDRESS": _net,
    "MAC_ADDRESS": _fingerprint,
    "EMAIL_ADDRESS": _mail,
    "PASSWORD": _password,
    "API_KEY": _key,
    "PHONE_NUMBER": _number,
    "PERSON": _name,
    "LOCATION": _name,
    "ORGANIZATION": _name,
}
