"""Names and numbers without a label or a sentence around them: on badges, over bubbles of a chat, above an address.

A line, or what is left of it beside a telephone number, that holds nothing but what may be a name: by the lexicons
alone, or, where these do not know it, by a telephone number, an address or the like directly beside or under it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from polyveil.modalities.image.detectors.labels import label
from polyveil.modalities.image.layout import Page, Place, placed
from polyveil.modalities.image.ocr import Line
from polyveil.modalities.text.detectors.lexicon import NOT_NAMES, lexicon
from polyveil.modalities.text.detectors.name_zh import COMPOUND, SINGLE
from polyveil.modalities.text.detectors.tagger_zh import class_of

CONTACTS = frozenset({
    "PHONE_NUMBER", "CN_PHONE_NUMBER", "EMAIL_ADDRESS", "STREET_ADDRESS", "CN_ID_CARD", "CREDIT_CARD", "CN_BANK_CARD",
    "US_SSN", "IBAN_CODE",
})  # fmt: skip
"""Entities beside or under which a name stands."""

_WORD = r"(?:[A-ZÀ-ÖØ-Þ][\w'’-]+|[A-Z]\.?)"
_WORDS = re.compile(rf"{_WORD}(?:,? (?:(?:van|von|der|den|de|del|della|di|la|da|dos|bin|ibn|al) )*{_WORD}){{1,3}}")
_ONE = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’-]{2,}")
_TICKET = re.compile(
    r"([A-Z][A-Z' -]+)/([A-Z][A-Z' -]*[A-Z])"
)  # IATA resolution 722: family name, a stroke, given names
_TRAVEL = re.compile(r"boarding|flight|passenger|gate|seat|登机|航班|座位", re.IGNORECASE)
_CHINESE = re.compile(rf"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(set(SINGLE)))}])[\u4e00-\u9fff]{{1,2}}")
_EDGES = " \t,，;；:：.。<>()（）[]【】|/*·-–—_"
_TITLE = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.?\s+")
_NUMBER = re.compile(r"(?=(?:\D*\d){9})\d[\d -]*\d")
_KNOWN, _GUESSED = 0.65, 0.55
_BELOW = 2.6  # heights

Covered = Mapping[int, Sequence[tuple[int, int, str]]]
"""By the identity of a line: (start, end, entity) of what was found in it."""


def alone(page: Page, covered: Covered) -> Iterator[tuple[str, Line, int, int, float]]:
    """(entity, line, start, end, score) of names, and of numbers of nine digits or more, that stand by themselves."""
    travel = _TRAVEL.search(page.text) is not None
    places = {id(one.line): one for one in placed(page)}
    for row in page.rows:
        for place, line in enumerate(row):
            for start, end in _rests(line.text, covered.get(id(line), ())):
                words = _TITLE.sub("", line.text[start:end])
                if _NUMBER.fullmatch(words):
                    yield "ACCOUNT_NUMBER", line, start, end, _GUESSED
                    continue
                likely = _likely(words, travel=travel)
                if likely and (likely >= _KNOWN or _beside(row, place, covered) or _over(line, places, covered)):
                    yield "PERSON", line, start, end, likely


def _rests(text: str, found: Collection[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    """Ranges of a line that nothing was found in, without punctuation at their ends; none of a label."""
    if label(text) is not None:
        return
    last = 0
    for begin, finish in [*sorted((start, end) for start, end, _entity in found), (len(text), len(text))]:
        start, end = last, begin
        while start < end and text[start] in _EDGES:
            start += 1
        while end > start and text[end - 1] in _EDGES:
            end -= 1
        if end - start >= 2:
            yield start, end
        last = max(last, finish)


def _likely(words: str, *, travel: bool) -> float:
    """How likely it is that these words are a name: 0, `_GUESSED`, which needs a neighbour, or `_KNOWN`."""
    ticket = _TICKET.fullmatch(words)
    if ticket:
        return _KNOWN if travel or any(part.title() in lexicon("given_en") for part in ticket.group(2).split()) else 0.0
    return _chinese(words) if _CHINESE.fullmatch(words) else _latin(words)


def _chinese(words: str) -> float:
    parts = (words, words[:2], words[1:]) if len(words) > 2 else (words,)  # 白细胞 and 方便面 hold a word
    if class_of(words) in {"place", "organisation"} or words[0] == words[1]:
        return 0.0
    return _GUESSED if "word" in map(class_of, parts) else _KNOWN


def _latin(words: str) -> float:
    parts = [part.strip(".,") for part in words.split()]
    plain = [part.title() if part.isupper() and len(part) > 1 else part for part in parts]
    known = [part for part in plain if part in lexicon("given_en") or part in lexicon("surnames_en")]
    common = [
        part for part in plain if part.casefold() in lexicon("common_en") or (part not in known and _plural(part))
    ]
    single = _ONE.fullmatch(words) is not None
    if any(part in NOT_NAMES for part in plain) or not (single or _WORDS.fullmatch(words)):
        return 0.0
    if set(common) - set(known) or (single and common):
        return 0.0
    certain = plain[0] in lexicon("given_en") if single else len(known) > 0 and len(common) < len(plain)
    return _KNOWN if certain else _GUESSED


def _plural(word: str) -> bool:
    """Is it the plural of a word of the language? 'Messages', over the bubbles of a chat."""
    return word.endswith("s") and word[:-1].casefold() in lexicon("common_en")


def _beside(row: Sequence[Line], place: int, covered: Covered) -> bool:
    near = row[max(0, place - 1) : place + 2]
    return any(entity in CONTACTS for line in near for _start, _end, entity in covered.get(id(line), ()))


def _over(line: Line, places: Mapping[int, Place], covered: Covered) -> bool:
    """Does it stand over a contact, or under another name, as a family name on a badge does?"""
    own = places[id(line)]
    for one in places.values():
        steps = (one.middle - own.middle) / max(own.height, one.height)
        if one.way is own.way and 0 < abs(steps) < _BELOW and one.under(own):
            entities = {entity for _start, _end, entity in covered.get(id(one.line), ())}
            if not entities.isdisjoint(CONTACTS) if steps > 0 else "PERSON" in entities and " " not in one.line.text:
                return True
    return False
