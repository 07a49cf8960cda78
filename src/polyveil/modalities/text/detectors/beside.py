"""What stands beside a name: a by-name in quotes or behind words that announce one, an age in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR, SCORE = "beside", 0.85
_QUOTED = re.compile(
    r"[ \t]\(?[\"“'‘](?P<nick>[A-Z][\w'’-]{1,20}(?: [A-Z][\w'’-]{1,20})?)[\"”'’]\)?(?P<family>[ \t][A-Z][\w'’-]{1,24})?"
)
_AGED = re.compile(r" ?[(（](\d{1,3})(?: ?[岁歲]| ?y(?:rs?|/o)?)?[)）](?!:\s)")
_FROM = re.compile(r",? from ([A-Z][a-zà-ÿ'’-]{2,20}(?: [A-Z][a-zà-ÿ'’-]{2,20})?)(?!\w|\.\w)")
_NEAR = re.compile(r"[ \t]?[(（\"“'‘]|,? from ")
"""How all of these begin."""
_FIRST = re.compile(r"[\"“](?P<nick>[A-Z][\w'’-]{1,15}(?: [A-Z][\w'’-]{1,15})?)[\"”][ \t](?=[A-Z][a-z])")
_TOLD = gated(
    r"\b(?:(?:[Bb]etter |[Aa]lso |[Ff]ormerly |[Oo]nly |[Gg]enerally )?[Kk]nown "
    r"(?:to (?:her|him|me|us|them|friends|all) )?(?:only )?as|a\.?k\.?a\.?|A\.?K\.?A\.?"
    r"|[Aa]lias|[Nn]icknamed|[Gg]oes by(?: the name(?: of)?)?"
    r"|(?:call|calls|called) (?:me|him|her|them)|[Pp]reviously|[Nn](?:é|e)e)"
    r"[ \t]{1,3}(?P<quote>[\"“'‘]?)(?P<nick>[A-Z][\w'’-]{1,20}(?: [A-Z][\w'’-]{1,20}){0,2}?)(?=[\"”'’,.;:)\]\n]|\s|$)",
    r"(?i)known|\ba\.?k\.?a\b|alias|nicknamed|goes by|calls? (?:me|him|her|them)|called (?:me|him|her|them)|"
    r"previously|\bn[ée]e ",
    before=32,
    after=120,
)
_CAPITALS = re.compile(r"(?<![^\W\d_])[A-Z](?=[a-z.'’]|[A-Z]{2})")
_CAPITALS_RUN = re.compile(r"[A-Z]{2,4}")
_TASK = (
    r"(?:[Pp]roposed|[Ss]econded|[Aa]ctions?|ACTIONS?|[Oo]wners?|OWNERS?|[Ii]nitials|[Ss]igned|[Aa]ssigned|[Rr]aised|"
    r"[Rr]esponsible)(?: by| to| on)?[ :–-]{1,3}"
)
_INITIALED = gated(
    rf"(?m:\b{_TASK}(?P<who>[A-Z]{{2,4}}(?:(?:/|, | & | and )[A-Z]{{2,4}}){{0,4}})(?![\w-])"
    r"|^(?P<who2>[A-Z]{2,4})(?=: ))",
    rf"(?m:{_TASK}[A-Z]|^[A-Z]{{2,4}}: )",
    before=2,
    after=40,
)
_ROOM = re.compile(
    r"(?:^|[\s【（(])((?:\d{1,2}-){1,2}(?!(?:19|20)\d\d)\d{3,4}室?|\d{1,3}(?:号楼|栋|幢|#)(?:\d{1,2}单元|"
    r"-\d{1,2}-)?-?\d{3,4}室?)[ 　:：]?\Z"
)
_NO_NICK = re.compile(
    r"(?:The|An?|Sir|Mr|Mrs|Ms|Dr|I|In|On|It|We|He|She|They|This|That|And|SQL|[A-Z]{2,}|Landlord|Landlady|Tenants?|Buyers?|"
    r"Sellers?|Lenders?|Borrowers?|Employ(?:er|ee)|Company|Contractor|Client|Customer|Supplier|Lessor|Lessee|Licens(?:or|ee)|"
    r"Guarantor|Trustees?|Executors?|Plaintiffs?|Defendants?|Claimants?|Petitioner|Respondent|Recipient|Provider|Agent|"
    r"Owner|Purchaser|Vendor|Consultant|Subcontractor|Part(?:y|ies)|Insured|Insurer)\b"
)
"""Words that begin no by-name, and what contracts call their parties."""
_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_TOLD = re.compile(
    r"(?:绰号|綽號|外号|外號|诨名|小名|乳名|花名|网名|網名|昵称|暱稱|艺名|藝名|化名|曾用名|别名|別名|又名|自称|自稱|人称|人稱"
    r"|原名|笔名|筆名|法号|(?<![\u4e00-\u9fff\dA-Za-z])(?:字|号(?!楼)))(?P<link>(?:叫做?|为|為|是|作|[：:])?\s?)(?P<quote>[“\"‘「『]?)(?P<nick>[\u3400-\u9fff·]{2,6})"
    r"(?P<end>[”\"’」』]|(?=[，。；、）)\s]|$))"
)
_SHORT = re.compile(r"字|号|又名|原名|人称|人稱|自称|自稱|别名|別名|法号")


def find_beside(text: str, people: Iterable[Finding]) -> Iterator[Finding]:
    """By-names and ages of people who were found, and by-names that are told: 'nicknamed "Slim"', 绰号“刀疤”."""
    spans = [one.location for one in people if one.entity == "PERSON" and isinstance(one.location, Span)]
    seen = Bytes(text)
    yield from _initials(seen, spans)
    yield from _rooms(text, spans)
    ends, starts = {span.end for span in spans}, {span.start for span in spans}
    for end in ends:
        if _NEAR.match(text, end):
            yield from _behind(text, end)
    if '"' in text or "“" in text:
        for match in _FIRST.finditer(text):
            if match.end() in starts:
                yield _named(match)
    for match in _TOLD.finditer(*seen):
        before = any(end <= match.start() <= end + 60 for end in ends) or "all" in match.group()[:5]
        if (before or _spoken(match)) and not _NO_NICK.match(match["nick"]):
            yield _named(match)
    for match in () if text.isascii() or not _HAN.search(text) else _HAN_TOLD.finditer(text):
        quoted = bool(match["quote"]) and match["end"] != ""
        near = any(match.start() - 24 <= end <= match.start() for end in ends)
        short = _SHORT.match(match.group())
        if (quoted or (near and (len(match["nick"]) <= 4))) and (near or not short):
            yield _named(match)


def _behind(text: str, end: int) -> Iterator[Finding]:
    """What stands right behind a name: where somebody is from, an age, a by-name."""
    whence = _FROM.match(text, end)
    if whence and not any(word.lower() in lexicon("common_en") for word in whence[1].split()):
        yield Finding("LOCATION", Span(*whence.span(1)), 0.65, "places", whence[1])
    aged = _AGED.match(text, end)
    if aged and int(aged[1]) <= 120:
        yield Finding("AGE", Span(*aged.span(1)), SCORE, DETECTOR, aged[1])
    match = _QUOTED.match(text, end)
    if match and not _NO_NICK.match(match["nick"]):
        yield _named(match)
        if match["family"]:
            yield Finding("PERSON", Span(match.start("family") + 1, match.end("family")), SCORE, DETECTOR)


def _initials(seen: Bytes, spans: Iterable[Span]) -> Iterator[Finding]:
    """Initials of people who are named, where minutes and forms have them: 'proposed JS', 'Action: JS', 'JS:'."""
    places = [match.span("who" if match["who"] else "who2") for match in _INITIALED.finditer(*seen)]
    known: set[str] = set()
    for span in spans if places else ():
        words = _CAPITALS.findall(seen.text, span.start, span.end)
        if 2 <= len(words) <= 4:
            known |= {"".join(words), words[0] + words[-1]}
    for place in places:
        for one in _CAPITALS_RUN.finditer(seen.text, *place):
            if one.group() in known:
                yield Finding("PERSON", Span(*one.span()), SCORE, DETECTOR, one.group())


def _rooms(text: str, spans: Iterable[Span]) -> Iterator[Finding]:
    """The room before a neighbour's name: '7-1202 贺兰', '3栋2单元501 老王'."""
    for span in () if text.isascii() else spans:
        left = max(0, span.start - 16)
        match = _ROOM.search(text[left : span.start]) if text[span.start] > "\u2e80" else None
        if match:
            start, end = left + match.start(1), left + match.end(1)
            yield Finding("STREET_ADDRESS", Span(start, end), SCORE, DETECTOR, match[1])


def _spoken(match: re.Match[str]) -> bool:
    """Said of somebody without a name near: 'known to her only as', 'everyone calls me', 'née', 'nicknamed'."""
    return bool(re.match(r"(?i)known to|call|n[ée]e\b|nicknamed|goes by", match.group()))


def _named(match: re.Match[str]) -> Finding:
    return Finding("PERSON", Span(*match.span("nick")), SCORE, DETECTOR, match["nick"])
