"""Later mentions of firms without their legal form: 'Northgate' where 'Northgate Corporation' was named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import ahocorasick

from polyveil.identity.accounts import is_word_of_names
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.modalities.text.detectors.whole_words import whole_words
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

SCORE = 0.7
SURE = 0.8
DETECTOR = "firms:again"
_FORM = re.compile(
    r"(?:,? (?:Inc|Incorporated|Corp|Corporation|Co|Company|Ltd|Limited|LLC|LLP|PLC|plc|GmbH|AG|SA|NV|BV)\b\.?)+\Z"
)
_FORM_ZH = re.compile(r"(?:[（(][\u4e00-\u9fff]{2,4}[）)])?(?:股份|有限|责任)*公司\Z")
_PLACED = re.compile(
    r"\A(?:北京|上海|天津|重庆|广州|深圳|南京|苏州|杭州|武汉|成都|西安|[\u4e00-\u9fff]{2,3}[省市])(?=[\u4e00-\u9fff]{4})"
)
"""The place that a firm's full name begins with; the short one is without."""
_SHORTEST, _SHORTEST_ZH = 4, 3


def short_firms(found: Sequence[Finding], text: str) -> list[Finding]:
    """Where a text names firms by what stands before their legal form, unless that is a word or somebody's name too."""
    latin, han = set[str](), set[str]()
    for one in found:
        if one.entity == "ORGANIZATION" and one.score >= SURE and isinstance(one.location, Span):
            value = text[one.location.start : one.location.end]
            name, plain = _FORM.sub("", value), value if value.isascii() else _FORM_ZH.sub("", value)
            if name != value and len(name) >= _SHORTEST and not _says_more(name):
                latin.add(name)
            elif plain != value and len(plain) >= _SHORTEST_ZH:
                han |= {plain, _PLACED.sub("", plain)}
    if latin:
        latin -= {word for one in found if one.entity == "PERSON" for word in (one.value or "").split()}
    spans = list(whole_words(latin, text)) if latin else []
    spans += list(_anywhere(han, text)) if han else []
    firms = [one.location for one in found if one.entity == "ORGANIZATION" and isinstance(one.location, Span)]
    covered = bytearray(len(text) if spans else 0)
    for firm in firms if spans else ():
        covered[firm.start : firm.end] = b"\1" * (firm.end - firm.start)
    spans = [span for span in spans if covered.find(1, *span) < 0]
    return [Finding("ORGANIZATION", Span(*span), SCORE, DETECTOR, text[slice(*span)]) for span in spans]


def _anywhere(names: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(name, len(name))
    automaton.make_automaton()
    return ((last + 1 - length, last + 1) for last, length in automaton.iter_long(text))


def with_firms(found: Sequence[Finding], again: Iterable[Finding]) -> list[Finding]:
    """Findings and later mentions of firms: where exactly a mention stands there is no place and nobody."""
    more = list(again)
    if not more:
        return list(found)
    spans = {one.location for one in more}
    return [*(one for one in found if one.entity not in ("LOCATION", "PERSON") or one.location not in spans), *more]


def _says_more(name: str) -> bool:
    words = name.casefold().split()
    return len(words) == 1 and (words[0] in lexicon("common_en") or is_word_of_names(words[0]))
