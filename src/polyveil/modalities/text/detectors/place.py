"""Places: Chinese divisions, countries and cities by name, and English forms ('Springfield, IL', 'lives in Leeds')."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import ahocorasick

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.lexicon import lexicon, lines
from polyveil.modalities.text.detectors.network import Reading
from polyveil.schema.finding import Finding, ends
from polyveil.schema.locations import Span

DETECTOR = "places"
_HAN = re.compile("[\u3400-\u9fff]+")
_STATES = (
    r"(?:AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|"
    r"NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY)"
)
_CITY_STATE = gated(
    rf"\b([A-Z][a-z]+(?:[ -][A-Z][a-z]+){{0,2}}, {_STATES})\b", rf"[a-z], {_STATES}", before=80, after=1
)
_LABEL = gated(
    r"(?i:\b(?:city|town|place of birth|birthplace|residence|hometown)\s*[:=]\s*)([A-Z][\w-]+(?: [A-Z][\w-]+){0,2})"
    r"|(?:籍贯|出生地|现居|所在地)\s*[:：]\s*([\u4e00-\u9fff]{2,12})",
    r"(?i:\b(?:city|town|place of birth|birthplace|residence|hometown))\s*[:=]|(?:籍贯|出生地|现居|所在地)\s*[:：]",
    after=96,
)

UPPER = r"A-Z\u00c0-\u00de\u0100-\u017f\u0370-\u03ff\u0410-\u042f"
"""Capital letters that names begin with: Latin, Greek, Cyrillic; the inside of a class of `re`."""
_NAME = rf"[{UPPER}][\w'’-]*\.?"
_INNER = r"(?:(?:of|and|the|de|del|la|di|da|do|upon|sur|am) )?"
_RUN = re.compile(rf"[{UPPER}](?:(?<![\w@#/.-][\s\S])|(?<=\\n[\s\S]))[\w'’-]+(?: {_INNER}{_NAME}){{0,12}}")
_LINE_ABOVE = re.compile(rf"(?:^|\n|\\n)[ \t]*({_NAME}(?: {_INNER}{_NAME}){{0,3}})[ \t]*(?:\n|\\n)[ \t]*$")
_LINE_END = re.compile(r"(?: \([A-Z][a-z]+\))?[ \t]*(?:\d{3,6}[ \t]*)?[.,]?(?:\n|\\n|$)")
_WHERE = (
    r"(?:moved (?:here )?(?:from|to)|"
    r"(?:lives?|lived|living|based|born|grew up|raised|resid(?:es?|ed|ing)|settled|located|arrived) in|"
    r"(?:originally|comes?|came|hails?|am|is|are|was) from|(?:flew|flight|travel(?:l?ed|s)?|trip|return(?:ed|ing)?) to|"
    r"(?:city|town|village) of|home ?(?:city|town)|native of|(?:holiday|vacation) in)"
)
_SAID = gated(
    rf"\b(?i:{_WHERE}) ({_NAME}(?: (?:(?:de|del|la|do|da|di|of|the|upon|am|nad|sur) )?{_NAME}){{0,3}})(?![\w&])",
    rf"(?i:{_WHERE}) \p{{Lu}}",
    before=2,
    after=100,
)
_LETTERS = r"\u0370-\u03ff\u0400-\u04ff"
_FOREIGN = gated(
    rf"\b(?:in|at|from|near|to|of) ([{_LETTERS}][{_LETTERS}'’-]+(?: [{_LETTERS}][{_LETTERS}'’-]+){{0,2}})",
    r"\b(?:in|at|from|near|to|of) [\p{Greek}\p{Cyrillic}]",
    after=100,
)
"""'in ΠΑΦΟΣ', 'from Киева': Greek and Russian words in an English sentence."""
_DATELINE = re.compile(
    r"(?:新华社|中新社|本报|新华网|中新网|人民网)"
    r"([\u4e00-\u9fff·]{2,12}?)(?=[ \u3000]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[月日])"
)
"""'新华社贝尔格莱德4月12日电': where a report was written."""
_LISTED = 0.7
_FAMILIAR = 0.75
"""Score of a country, or a state of the USA."""
_WORD = re.compile(r"[^\s]+")
_NO_TOWNS = frozenset(
    """
    Alot Annex Bama Bush Can Centennial Ceres Commerce Commonwealth Concordia Confederation Dalai Dig Divo Drama Duma
    Eagle Ende Enterprise Evergreen Gap Garcia García Gloria God Gore Hire Hola Hope Hurricane Independence Jian
    Kant Kanye Katō Layla Leo Leon Liberal Liberty Meridian Nokia Normal Obama Olympic Onex Orange Papa Punch
    Pérez Republic Rugby Saga Samba Sana Soma Suarez Suárez Sunnyside Sunrise Tame Temple Toyota Union Uptown
    Usman Xinhua
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Cities of the list whose names say something else more often."""
_TIMES = frozenset(
    """
    January February March April May June July August September October November December Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday Christmas Easter I God
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


@cache
def automaton() -> Any:
    """The divisions as an Aho-Corasick automaton; values are lengths."""
    trie = ahocorasick.Automaton()
    for place in lexicon("places_zh"):
        trie.add_word(place, len(place))
    trie.make_automaton()
    return trie


@cache
def listed() -> frozenset[str]:
    """Countries, states and cities of the lists, as they are written."""
    return frozenset(lines("places_en") + lines("countries_en"))


@cache
def known() -> dict[str, float]:
    """Countries and cities as they are written, also in capitals and without accents, with scores.

    Cities of one word that people are called by too are left to the tagger.
    """
    called = lexicon("given_en") | lexicon("surnames_en") | lexicon("families_en") | _NO_TOWNS
    towns = (one for one in lines("places_en") if " " in one or one not in called)
    made: dict[str, float] = {}
    for score, there in ((_FAMILIAR, lines("countries_en")), (_LISTED, towns)):
        for one in there:
            bare = unicodedata.normalize("NFD", one).encode("ascii", "ignore").decode()
            bare = one if bare.lower() in lexicon("common_en") or bare in called else bare
            for form in {one, bare} | ({one.upper(), bare.upper()} if len(one) > 4 else set()):
                made.setdefault(form, score)
    return made


@cache
def _first_words() -> frozenset[str]:
    return frozenset(one.partition(" ")[0] for one in known())


def _by_list(text: str) -> Iterator[tuple[tuple[int, int], float]]:
    """Places of the list, the longest first, in runs of capitalised words."""
    scores, first = known(), _first_words()
    for run in _RUN.finditer(text):
        if first.isdisjoint(run.group().split(" ")):
            continue
        words = [match.span() for match in _WORD.finditer(text, *run.span())]
        row = 0
        while row < len(words):
            if text[slice(*words[row])] not in first:
                row += 1
                continue
            for last in range(min(len(words), row + 5), row, -1):
                span = words[row][0], words[last - 1][1]
                score = scores.get(text[slice(*span)])
                if score:
                    yield span, score
                    if score == _FAMILIAR and (above := _town_above(text, *span)):
                        yield above, _LISTED
                    row = last
                    break
            else:
                row += 1


def _town_above(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Capitalised words alone on the line above that of a country, as the last lines of an address have them."""
    left = max(0, start - 80)
    if not _LINE_END.match(text, end):
        return None
    above = _LINE_ABOVE.search(text[left:start])
    return (left + above.start(1), left + above.end(1)) if above else None


def find_places(text: str) -> list[Finding]:
    """Places in a text. Overlaps are left to the caller."""
    seen = Bytes(text)
    found = [(match.span(1), 0.75) for match in _CITY_STATE.finditer(*seen)]
    found += [(match.span(1 if match.group(1) else 2), 0.75) for match in _LABEL.finditer(*seen)]
    found += _by_list(text)
    for match in _SAID.finditer(*seen):
        name = match.group(1)
        first = name.split()[0]
        if first.lower() not in lexicon("common_en") and first not in _TIMES:
            found.append(((match.start(1), match.end(1) - name.endswith(".")), _LISTED))
    if not text.isascii():
        found += [(match.span(1), _LISTED) for match in _FOREIGN.finditer(*seen) if match.group(1)[0].isupper()]
        found += [(match.span(1), 0.9) for match in _DATELINE.finditer(text)]
    for run in () if text.isascii() else _HAN.finditer(text):
        start = run.start()
        found += [
            ((start + end + 1 - length, start + end + 1), _LISTED) for end, length in automaton().iter(run.group())
        ]
    return [Finding("LOCATION", Span(*span), score, DETECTOR, text[slice(*span)]) for span, score in found]


POSSIBLE = 0.02
"""Probability of a name from which on a place of the lists is one, where the tagger has read it."""
_PART = 0.3
"""The same where another capitalised word follows, as in 'Los Angeles Times'."""
_SOMEBODY = 0.6
"""Probability of a person from which on it is none: 'A. Ramirez, MD'."""
_WHOLE = 0.6
"""Score of a longer name from which on the tagger is followed: 'Bank of England'."""
_FOLLOWED = re.compile(rf"[ -][{UPPER}][a-z]")


def believed(listed: Iterable[Finding], reading: Reading, text: str) -> list[Finding]:
    """Findings without those of these lists that are no name of their own, after a tagger has read the sentence."""
    starts = [ends(whole)[0] for whole in reading.findings]
    return [one for one in listed if one.detector != DETECTOR or _believed(one, reading, starts, text)]


def _believed(one: Finding, reading: Reading, starts: Sequence[int], text: str) -> bool:
    start, end = ends(one)
    before = bisect_right(starts, start) - 1
    if before >= 0 and (whole := reading.findings[before]).score >= _WHOLE:
        left, right = ends(whole)
        if end <= right and right - left > end - start:
            return False
    if (reading.person(start, end) or 0.0) >= _SOMEBODY:
        return False
    chance = reading.name(start, end)
    return chance is None or chance >= (_PART if _FOLLOWED.match(text, end) else POSSIBLE)


def outside(listed: Iterable[Finding], reading: Reading) -> list[Finding]:
    """Findings without the listed divisions that lie in what a tagger found: it knows where '北京大学' ends."""
    taken = sorted(ends(one) for one in reading.findings)
    kept = []
    for one in listed:
        start, end = ends(one)
        near = taken[max(0, bisect_left(taken, (start, start)) - 1) : bisect_left(taken, (end, end))]
        if (
            one.detector != DETECTOR
            or one.score > _LISTED
            or not any(left < end and start < right for left, right in near)
        ):
            kept.append(one)
    return kept
