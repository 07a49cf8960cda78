"""Accounts that are made of the names of who is named in the same text: `mike.johnson`, `jsmith`, `wangfang`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import ahocorasick

from polyveil.identity.characters import COMPOUND_ZH, READ
from polyveil.identity.initials import folded
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

SCORE = 0.7
DETECTOR = "names:again"
_SURE = 0.75
_MOST = 5000
"""People of one text whose accounts are looked for."""
_SHORTEST = 5
"""Letters of both names."""
_WORD = re.compile(r"[a-z]{2,}(?:[._][a-z]+)*")
_LATIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")


def handles(found: Iterable[Finding], text: str) -> list[Finding]:
    """Where a text holds accounts that are written as its people's names may be, and no address of mail."""
    words = set(_WORD.findall("\n".join(set(text.split())))) - lexicon("common_en")
    if not words:
        return []
    people = dict.fromkeys(
        text[one.location.start : one.location.end]
        for one in found
        if one.entity == "PERSON" and one.score >= _SURE and isinstance(one.location, Span)
    )
    every = "\n".join(words)
    forms = {form for name in list(people)[:_MOST] for form in _forms(name, every)} & words
    if not forms:
        return []
    automaton = ahocorasick.Automaton()
    for form in forms:
        automaton.add_word(form, len(form))
    automaton.make_automaton()
    spans = [(last + 1 - length, last + 1) for last, length in automaton.iter_long(text)]
    return [
        Finding("USERNAME", Span(start, end), SCORE, DETECTOR, text[start:end])
        for start, end in spans
        if not _goes_on(text[max(0, start - 1) : start]) and not _goes_on(text[end : end + 1])
    ]


def _goes_on(letter: str) -> bool:
    return letter in ("-", "/") or (letter.isascii() and letter.isalnum())


def _forms(name: str, every: str) -> Iterator[str]:
    """Accounts of a person; none if the family name is in no word at all."""
    given, family = _given_and_family(name)
    if not given or not family or len(given + family) < _SHORTEST or family not in every:
        return
    for first, second in ((given, family), (family, given)):
        yield from (f"{first}{mark}{second}" for mark in ("", ".", "_"))
    if len(family) > 3:
        yield from (f"{given[0]}{mark}{family}" for mark in ("", ".", "_"))
        yield f"{family}{given[0]}"


def _given_and_family(name: str) -> tuple[str, str]:
    """Both in lower case and Latin letters; '' where it is not seen."""
    if _HAN.fullmatch(name):
        size = 2 if name[:2] in COMPOUND_ZH else 1
        return _read(name[size:]), _read(name[:size])
    words: Sequence[str] = _LATIN.findall(name)
    if len(words) < 2 or not name[0].isascii():
        return "", ""
    plain = [folded(word.casefold()) for word in (words[0], words[-1])]
    return (plain[0], plain[1]) if all(one.isascii() and len(one) > 1 for one in plain) else ("", "")


def _read(letters: str) -> str:
    """In Pinyin; '' if a character is not known."""
    sounds = [READ.get(letter, "") for letter in letters]
    return "".join(sounds) if all(sounds) else ""
