"""Postal addresses whose street tells no kind: what is said before them or a unit gives them away.

'lives at 5961 Slovenčeva 62, Črni Kal', 'Suite 339' with the line above it, 'the corner of Viru and Metsa 68'. An
address is read in parts (between commas and line breaks) of numbers, capitalised words, units and boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.place import UPPER, listed

UNIT = (
    r"(?:(?:Apt|Apartment|Apartamento|Appartement|Suite|Ste|Unit|Flat|Studio|Floor|Fl|Room|Rm|Bldg|Building|Box|Block|"
    r"Level|Lot|Piso|Puerta|Interno|Appartamento|Scala|Local|Esc)\b\.?[ \t]*#?[ \t]*[\w-]{1,6}|#[ \t]?[\w-]{1,6}|"
    r"\d{1,3}(?:st|nd|rd|th)[ \t](?:[Ff]loor|Fl\.?))"
)
"""A flat, an office or a floor with its number or letter."""
BREAK = r"(?:\r?\n|\\r\\n|\\n)"
"""An end of a line, also as JSON and logs write it."""
MOST_PARTS, MOST_WORDS = 7, 6
_STRONG = (
    r"(?:address(?:es)?(?: of [^\n.:]{2,40})? (?:is|are|was)|address(?:es)?:|"
    r"(?:lives?|lived|living|resid(?:es?|ed|ing)|located|situated) at|"
    r"(?:office|restaurant|shop|store|house|clinic|hotel)(?: is|'s| was)?(?: located)? at)"
)
"""What an address follows."""
_WEAK = (
    r"(?:(?:lives?|lived|living|located|stay(?:s|ed|ing)?|based|it's|is) in|"
    r"(?:stay(?:s|ed|ing)?|meet(?: (?:me|us|you|him|her|them))?(?: up)?|arrived|you off|pick(?: \w{2,4})? up) at|"
    r"(?:address|moved?(?: here)?|delivered|ship(?:ped)?|sent|it|one|them|taxi|card|drive|return(?:ed)?) to|"
    r"it is|it's|here it is|they are):?"
)
"""What an address may follow."""
_CUE = gated(
    rf"\b(?i:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))[ \t]*{BREAK}{{0,2}}[ \t]*(?=[\d{UPPER}])",
    rf"(?i:{_STRONG}|{_WEAK})(?:[ \t]{{0,4}}{BREAK}){{0,2}}[ \t]{{0,8}}[\d\p{{Lu}}]",
    before=2,
    after=8,
)
_FLAT = r"(?:Suite|Ste|Apt|Apartment|Flat)\.?[ \t]+#?\d"
_UNITS = gated(rf"(?<![\w.-]){_FLAT}[\w-]{{0,5}}", _FLAT, before=1, after=8)
_CORNER = gated(rf"\bcorner of[ \t]+(?=[\d{UPPER}])", "corner of ", before=1, after=4)
_ON = (
    r"(?:(?:lives?|lived|living|resid(?:es?|ed|ing)) on|(?:enter|exit) on|(?:north|south|east|west|far|other) side of|"
    r"drops? (?:you|us|me|him|her|them) off at|(?:station|stop|shop|store|house|office|school|church|restaurant|bank|"
    r"clinic|hospital|hotel|pharmacy|cafe|café|pub|bar|flat|building) (?:is|was|stands|lies) on)"
)
"""What the name of a street with its number may follow without more."""
_ON_STREET = gated(
    rf"\b(?i:{_ON})[ \t]+(?:the[ \t]+)?(?:(?:north|south|east|west)[ \t]+side[ \t]+of[ \t]+)?(?=[\d{UPPER}])",
    rf"(?i:{_ON})[ \t]",
    before=2,
    after=28,
)
_LINK = (
    r"(?:de|del|della|delle|dei|degli|di|da|do|dos|das|du|des|la|las|los|le|les|el|al|van|der|den|het|'?t|of|the|y|nad|pod|"
    r"im|am|an|bei|i|på|ul\.|al\.)(?=[ \t])"
)
_NUMBERED_STREET = gated(
    rf"(?<!\w)[{UPPER}][\w'’-]{{1,30}}(?:[ \t](?:{_LINK}[ \t])?[{UPPER}][\w'’-]{{1,30}}){{0,3}}[ \t]"
    r"\d{1,5}[a-z]?\.?(?=[ \t](?:[Ss]treet|St\.)(?!\w))",
    r"\d[a-z]?\.?[ \t](?:[Ss]treet|St\.)",
    before=134,
    after=2,
)
"""'Pärna 33 street'."""
_BETWEEN = gated(
    rf"(?:(?<=, )|(?<=\n)|^)\d{{3,6}}[ \t](?:[{UPPER}\w][\w'’.-]{{0,30}}[ \t]){{1,4}}\d{{1,4}}(?=,|\r?\n|$)",
    r"\d{3,6}[ \t][^\d\n,]{2,120}[ \t]\d{1,4}",
    before=2,
    after=2,
)
"""'82742 Zona Estação 75' between commas."""
_NO_STREETS = frozenset(
    """
    Act Apollo Appendix Article Boeing Bus Channel Chapter Class Cloud Day Department Edition Episode Exit Figure Flight
    Floor Gate Grade Group Interstate Item Lap Level Line Lot Mars Page Part Phase Platform Point Question Room Round
    Route Scene Season Section Sector Seat Slide Stage Step Table Terminal Track Type Unit Version Volume Week Windows
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""What is numbered and no street."""
_GOODS = re.compile(
    r"(?:Qty|QTY|SKU|Quantity|Item|Items|Pcs|PCS|Order|Invoice|Total|Tel|Phone|Fax|Mob|Mobile|Price|Amount|Weight)\b"
)
"""What begins another field behind an address."""
_AND = re.compile(rf"[ \t]+(?:and|&)[ \t]+(?=[\d{UPPER}])")
_KINDS = {
    "box": r"(?i:p\.?[ ]?o\.?[ ]?box)[ ]\d{1,7}",
    "unit": rf"{UNIT}(?!\w)",
    "code": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\d{4} ?[A-Z]{2}\b"
    r"|\d{2,4}[ -]\d{2,3}\b|[A-Z]{1,2}-\d{4,5}\b",
    "number": r"(?:[Nn][°º.] ?)?\d{1,6}[A-Za-z]?(?: ?[-/&] ?\d{1,6}[A-Za-z]?)?(?!\w)",
    "link": _LINK,
    "kind": r"[a-zà-ž][\w'’-]{2,24}(?=[ \t]\d{1,5}\b)",
    "word": rf"[{UPPER}][\w'’-]{{0,39}}\.?|[ld]['’][A-Z\u00c0-\u00de][\w'’-]{{1,30}}",
    "paren": r"\([A-Z][\w .-]{1,20}\)",
}  # fmt: skip
_TOKEN = re.compile(rf"[ \t]*(?:{'|'.join(f'(?P<{name}>{one})' for name, one in _KINDS.items())})")
_MARK = r"(?:[^\w\s(]{1,3}[ \t]+|[}|>*]{1,3})?"
"""What marks quoted or listed lines."""
_SEPARATOR = re.compile(rf"[ \t]*,?[ \t]*(?P<line>{BREAK}[ \t]*{BREAK}?)?[ \t]*{_MARK},?[ \t]*")
_LISTED = re.compile(r"[.)][ \t]+\S")
"""What stands behind the number of a paragraph: '2. Term'."""
_LINE_END = re.compile(rf"[ \t]*(?:[,;.?!)\]\"”]|{BREAK}|$)")
_TIMES = re.compile(
    r"(?:AM|PM|A\.M\.?|P\.M\.?|January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|I)\.?"
)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_STREET = (
    rf"(?:\d{{1,6}}[A-Za-z]?[ \t]+)?(?:[^\W\d_][\w'’.-]*[ \t]+){{1,5}}\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})?"
    rf"|\d{{1,6}}[A-Za-z]?(?:[ \t]+\d{{1,5}})?(?:[ \t]+[{UPPER}][\w'’.-]*){{1,5}}"
)
_STREET_BEFORE = re.compile(
    rf"(?:(?<=\s)|^|(?<=[:.,}}\"'(]))(?P<street>{_STREET})\.?[ \t]*,?(?:[ \t]|[ \t]*{BREAK}[ \t]*{_MARK})$"
)


@dataclass(slots=True)
class Read:
    """What was read of an address: its end, whether its street has a name and numbers, and what else speaks for it."""

    end: int
    named: bool = False
    first: bool = False
    last: bool = False
    more: bool = False

    @property
    def street(self) -> bool:
        return self.named and (self.first or self.last)


def find_told(text: str, seen: Bytes) -> Iterator[tuple[int, int]]:
    """Spans of such addresses, in no order; they may overlap."""
    for match in _CUE.finditer(*seen):
        read = parsed(text, match.end())
        if read.street and (match.group("strong") or read.more or (read.first and read.last)):
            yield match.end(), read.end
        elif end := _second(text, match.end()):
            yield match.end(), end
    for match in _ON_STREET.finditer(*seen):
        part = _part(text, match.end())
        if part.words and (part.first or part.last) and _named(text, match.end()):
            yield match.end(), part.end
    for pattern in (_NUMBERED_STREET, _BETWEEN):
        matches = (match for match in pattern.finditer(*seen) if _CAPITAL.search(match.group()))
        yield from (match.span() for match in matches if _named(text, match.start()))
    for match in _UNITS.finditer(*seen):
        start = _above(text, match.start())
        read = parsed(text, match.start())
        if start < match.start():
            yield start, max(read.end, match.end())
        elif read.street:
            yield match.start(), read.end
    for match in _CORNER.finditer(*seen):
        first = _part(text, match.end())
        joint = _AND.match(text, first.end)
        second = _part(text, joint.end()) if first.words and joint else None
        if second and second.words:
            yield match.end(), second.end


def _second(text: str, start: int) -> int | None:
    """The end of 'Nina and Metsa 68': a corner of two streets, the second with a number."""
    first = _part(text, start)
    joint = _AND.match(text, first.end) if first.words and not first.last else None
    second = _part(text, joint.end()) if joint else None
    return second.end if second and second.words and (second.first or second.last) else None


_FIRST_WORD = re.compile(rf"(?:\d+[ \t]+)?([{UPPER}]?[\w'’-]*)")


def _named(text: str, start: int) -> bool:
    """Does a street's name stand here, and nothing else that is numbered?"""
    match = _FIRST_WORD.match(text, start)
    word = match.group(1) if match else ""
    return bool(word) and word not in _NO_STREETS and not _TIMES.fullmatch(word)


def parsed(text: str, start: int) -> Read:
    """Read an address from here; `end` is `start` if there is none."""
    part = _part(text, start)
    read = Read(part.end, bool(part.words), part.first, part.last, part.unit)
    if part.end > start:
        read.end, more = grown(text, part.end)
        read.more |= more
    return read


def grown(text: str, end: int) -> tuple[int, bool]:
    """The end of an address whose street ends at `end`, and whether a unit or a code stands behind the street.

    A line or what follows a comma is part of it with a unit or a code in it, or if it is a place of the list, all in
    capitals, or followed by one that is.
    """
    kept, place, more = end, end, False
    for _ in range(MOST_PARTS):
        gap = _SEPARATOR.match(text, place)
        if not gap or not (gap["line"] or "," in gap.group() or (place == end and gap.end() > place)):
            break
        if not gap["line"] and gap.group().strip(" \t,"):  # a sign within a line ends an address
            break
        part = _part(text, gap.end())
        if gap["line"] and not part.words and _LISTED.match(text, part.end):
            break
        whole = bool(_LINE_END.match(text, part.end))
        apart = gap["line"] or "," in gap.group()
        if part.end == gap.end() or not (whole or part.counted) or not (apart or part.counted):
            break
        place = part.end
        name = text[gap.end() : place].strip()
        if part.counted or name.isupper() or name in listed() or name.partition(" (")[0] in listed():
            kept, more = place, more or part.counted
        if text[place : place + 1] in (".", "?", "!", ";"):
            break
    return kept, more


@dataclass(slots=True)
class _Part:
    """What stands between two commas: words, and whether numbers stand before and behind them."""

    end: int
    words: int = 0
    first: bool = False
    last: bool = False
    unit: bool = False
    counted: bool = False


def _part(text: str, start: int) -> _Part:
    part = _Part(start)
    stop = start
    while token := _TOKEN.match(text, stop):
        kind, value = token.lastgroup or "", token.group().strip()
        if kind == "word" and (_TIMES.fullmatch(value) or part.words == MOST_WORDS or _GOODS.match(value)):
            break
        stop = token.end()
        if kind == "link":
            continue
        part.end = stop
        part.words += kind in ("word", "kind", "box")
        part.unit |= kind in ("unit", "box")
        part.counted |= kind in ("number", "unit", "box", "code")
        if kind in ("number", "code", "box"):
            part.first |= not part.words
            part.last |= part.words > 0 and not _YEAR.fullmatch(value)
        if kind == "word" and value.endswith(".") and len(value) > 5:  # a sentence ends here
            part.end -= 1
            break
    return part


_CAPITAL = re.compile(rf"[{UPPER}]")


def _above(text: str, start: int) -> int:
    """The start of a street with a number that stands before a unit, on its line or on the one above; else `start`."""
    left = max(0, start - 110)
    match = _STREET_BEFORE.search(text[left:start])
    if not match or not _CAPITAL.search(match["street"]):
        return start
    street = match["street"]
    first = re.match(rf"(?:\w[\w'’-]*[ \t]+)*[a-z][\w'’-]*[ \t]+(?=[\d{UPPER}])", street)  # the sentence before it
    return left + match.start("street") + (first.end() if first else 0)
