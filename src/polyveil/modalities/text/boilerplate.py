"""What stands in a text beside what it says: page headers and footers, cookie banners, signatures, disclaimers.

Conservative: a kind is removed only where the policy names it, where its form leaves no doubt, and never when that
would leave nothing. Of a page header or footer the first one stays. Markup and data formats are left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise

KINDS = ("pages", "cookies", "signatures", "disclaimers")
_PROSE = frozenset({"text/plain", "text/markdown"})

_PAGE = re.compile(
    r"[ \t]*(?:(?:-|–|—)\s*\d{1,4}\s*(?:-|–|—)|(?:page|p\.)\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
    r"|\d{1,4}\s*(?:of|/)\s*\d{1,4}|第\s*\d{1,4}\s*页(?:[,，/\s]*共\s*\d{1,4}\s*页)?)[ \t]*",
    re.IGNORECASE,
)
_EDGE_LINES = 3
"""Lines at either end of a page that may be its header or footer."""
_SHARE = 0.6
"""Share of the pages that show a header."""

_COOKIE = re.compile(r"(?<![A-Za-z])cookies?(?![A-Za-z])", re.IGNORECASE)
_CONSENT = re.compile(
    r"\b(?:accept|agree|consent|reject|decline|manage|allow|preferences|settings|cookie policy|privacy policy|"
    r"continu(?:e|ing) to (?:use|browse))\b|接受|同意|拒绝|偏好|设置|隐私政策|继续(?:使用|浏览|访问)",
    re.IGNORECASE,
)
_SITE = re.compile(r"\b(?:site|website|we use|uses cookies|our partners)\b|网站|本站|我们使用", re.IGNORECASE)
_LONGEST_BANNER = 800

_DELIMITER = re.compile(r"^-- ?\r?$", re.MULTILINE)  # RFC 3676, 4.3
_LONGEST_SIGNATURE = 15
_SENT_FROM = re.compile(
    r"(?:sent from (?:my |outlook|yahoo|mail for)|get outlook for |发自我的|来自我的|从我的)[^\n]{0,60}", re.IGNORECASE
)
_DISCLAIMER = re.compile(
    r"(?:[*_>\s]*)(?:(?:confidentiality (?:notice|note)|disclaimer|legal notice)\b"
    r"|(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication|transmission)[^.]{0,160}"
    r"(?:confidential|privileged|intended (?:only|solely))"
    r"|if you (?:are not|have received this)[^.]{0,80}(?:intended recipient|in error|by mistake)"
    r"|please consider the environment before printing"
    r"|(?:免责声明|保密声明|保密提示)"
    r"|(?:本|此)(?:电子)?(?:邮件|信息)[^。]{0,80}(?:保密|机密|仅供|仅限)"
    r"|如(?:果)?您?(?:不是|并非|误收)[^。]{0,60}(?:收件人|本邮件|此邮件))",
    re.IGNORECASE,
)


def removed(text: str, kinds: Collection[str], media_type: str) -> tuple[str, Counter[str]]:
    """The text without boilerplate of these kinds, and how many lines of each were removed."""
    done: Counter[str] = Counter()
    if media_type not in _PROSE:
        return text, done
    lines = text.splitlines(keepends=True)
    drop: dict[int, str] = {}
    for kind in KINDS:
        if kind in kinds:
            for number in _FINDERS[kind](lines):
                drop.setdefault(number, kind)
    if not drop or not any(line.strip() for number, line in enumerate(lines) if number not in drop):
        return text, done
    for number, kind in drop.items():
        done[f"boilerplate_{kind}"] += 1
        done["boilerplate_characters"] += len(lines[number])
    return "".join(line for number, line in enumerate(lines) if number not in drop), done


def _pages(lines: list[str]) -> Iterator[int]:
    """Lines that most pages begin or end with, and lines that count pages; the first of each stays.

    Pages end with a form feed, or with a line that counts them.
    """
    starts = [0, *(number for number, line in enumerate(lines) if number and "\f" in line)]
    counted = [number for number, line in enumerate(lines) if _PAGE.fullmatch(line.strip("\f\r\n"))]
    if len(starts) < 3:
        if len(counted) < 3 or not _ascending([lines[number] for number in counted]):
            return
        starts = [0, *(number + 1 for number in counted)]
    ends = [*starts[1:], len(lines)]
    places: dict[str, list[int]] = {}
    pages = 0
    for start, end in zip(starts, ends, strict=True):
        filled = [number for number in range(start, end) if lines[number].strip()]
        pages += bool(filled)
        for number in {*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]}:
            line = lines[number].strip()
            places.setdefault("#" if _PAGE.fullmatch(line) else line, []).append(number)
    for shape, numbers in places.items():
        once_a_page = len(numbers) >= max(3, _SHARE * pages) and len(numbers) <= pages
        if once_a_page and any(letter.isalnum() or letter == "#" for letter in shape):
            for number in sorted(numbers)[1:]:
                if "\f" not in lines[number] or lines[number].strip():
                    yield number


def _ascending(lines: list[str]) -> bool:
    numbers = [int(found.group()) for line in lines if (found := re.search(r"\d+", line))]
    return all(later == earlier + 1 for earlier, later in pairwise(numbers))


def _cookies(lines: list[str]) -> Iterator[int]:
    for start, end in _paragraphs(lines):
        said = "".join(lines[start:end])
        if len(said) <= _LONGEST_BANNER and all(one.search(said) for one in (_COOKIE, _CONSENT, _SITE)):
            yield from range(start, end)


def _signatures(lines: list[str]) -> Iterator[int]:
    for number, line in enumerate(lines):
        if _DELIMITER.fullmatch(line.rstrip("\n")):
            end = next((row for row in range(number + 1, len(lines)) if not lines[row].strip()), len(lines))
            if end - number <= _LONGEST_SIGNATURE:
                yield from range(number, end)
        elif _SENT_FROM.fullmatch(line.strip()):
            yield number


def _disclaimers(lines: list[str]) -> Iterator[int]:
    """Closing paragraphs only: what opens a text or stands among others may be what it is about."""
    last = None
    for start, end in reversed(list(_paragraphs(lines))):
        if start and _DISCLAIMER.match("".join(lines[start:end]).replace("\r", "").replace("\n", " ")):
            last = start
            yield from range(start, end)
        elif last is not None or not _SENT_FROM.fullmatch("".join(lines[start:end]).strip()):
            return


def _paragraphs(lines: list[str]) -> Iterator[tuple[int, int]]:
    start = None
    for number, line in enumerate([*lines, "\n"]):
        if line.strip():
            start = number if start is None else start
        elif start is not None:
            yield start, number
            start = None


_FINDERS = {"pages": _pages, "cookies": _cookies, "signatures": _signatures, "disclaimers": _disclaimers}
