"""Places: Chinese divisions by name, and a few English forms ('Springfield, IL')."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from typing import Any

import ahocorasick

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.name_en import lexicon
from polyveil.modalities.text.detectors.network import Reading
from polyveil.schema.finding import Finding
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

_DATELINE = re.compile(
    r"(?:新华社|中新社|本报|新华网|中新网|人民网)"
    r"([\u4e00-\u9fff·]{2,12}?)(?=[ \u3000]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[月日])"
)
"""'新华社贝尔格莱德4月12日电': where a report was written."""
_LISTED = 0.7


@cache
def automaton() -> Any:
    """The divisions as an Aho-Corasick automaton; values are lengths."""
    trie = ahocorasick.Automaton()
    for place in lexicon("places_zh"):
        trie.add_word(place, len(place))
    trie.make_automaton()
    return trie


def find_places(text: str) -> list[Finding]:
    """Places in a text. Overlaps are left to the caller."""
    seen = Bytes(text)
    found = [(match.span(1), 0.75) for match in _CITY_STATE.finditer(*seen)]
    found += [(match.span(1 if match.group(1) else 2), 0.75) for match in _LABEL.finditer(*seen)]
    if not text.isascii():
        found += [(match.span(1), 0.9) for match in _DATELINE.finditer(text)]
    for run in () if text.isascii() else _HAN.finditer(text):
        start = run.start()
        found += [
            ((start + end + 1 - length, start + end + 1), _LISTED) for end, length in automaton().iter(run.group())
        ]
    return [Finding("LOCATION", Span(*span), score, DETECTOR, text[slice(*span)]) for span, score in found]


def outside(listed: Iterable[Finding], reading: Reading) -> list[Finding]:
    """Findings without the listed divisions that lie in what a tagger found: it knows where '北京大学' ends."""
    taken = sorted(_ends(one) for one in reading.findings)
    kept = []
    for one in listed:
        start, end = _ends(one)
        near = taken[max(0, bisect_left(taken, (start, start)) - 1) : bisect_left(taken, (end, end))]
        if (
            one.detector != DETECTOR
            or one.score > _LISTED
            or not any(left < end and start < right for left, right in near)
        ):
            kept.append(one)
    return kept


def _ends(finding: Finding) -> tuple[int, int]:
    location = finding.location
    if not isinstance(location, Span):
        raise TypeError("a text finding has a span")
    return location.start, location.end
