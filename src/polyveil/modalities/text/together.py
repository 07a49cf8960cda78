"""Findings of two searches of the same text as one list, and values found once wherever else they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter

import ahocorasick

from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

AGAIN_SCORE = 0.95


def together(first: Sequence[Finding], second: Sequence[Finding], text: str) -> list[Finding]:
    """All of the first and what of the second they do not cover; sorted, not overlapping."""
    kept: list[tuple[int, int, Finding]] = []
    for start, end, one in sorted(_placed(first), key=itemgetter(0, 1)):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, one))
    starts = [start for start, _, _ in kept]
    more = []
    for start, end, one in _placed(second):
        number = max(0, bisect_right(starts, start) - 1)
        position = start
        while number < len(kept) and kept[number][0] < end:
            left, right, _ = kept[number]
            if right > position and left > position:
                more.append(_cut(one, position, left, text))
            position = max(position, right)
            number += 1
        if position < end:
            more.append((start, end, one) if position == start else _cut(one, position, end, text))
    rest = [(start, end, one) for start, end, one in more if any(char.isalnum() for char in text[start:end])]
    return [one for _, _, one in sorted(kept + rest, key=itemgetter(0, 1))]


def again(text: str, found: Iterable[Finding]) -> list[Finding]:
    """Other places of found values: a chart or a tooltip repeats a name where no sentence gives it away."""
    forms: dict[str, str] = {}
    for one in sorted(found, key=lambda one: one.entity != "PERSON"):  # 'Okonjo' is hers before it is a place
        value = one.value or ""
        words = value.split() if one.entity == "PERSON" else []
        for form in (value, *(words if len(words) > 1 else ())):
            if len(form) >= (2 if form[:1] > "\u2e80" else 4) and form.strip() == form:
                forms.setdefault(form, one.entity)
    if not forms:
        return []
    automaton = ahocorasick.Automaton()
    for form, entity in forms.items():
        automaton.add_word(form, (form, entity))
    automaton.make_automaton()
    hits = []
    for end, (form, entity) in automaton.iter_long(text):
        start, stop = end + 1 - len(form), end + 1
        before = text[start - 1 : start] if _latin(form[0]) else ""
        after = text[stop : stop + 1] if _latin(form[-1]) else ""
        if not any(_latin(one) for one in before + after):
            hits.append(Finding(entity, Span(start, stop), AGAIN_SCORE, "known", form))
    return hits


def _placed(found: Iterable[Finding]) -> list[tuple[int, int, Finding]]:
    return [(one.location.start, one.location.end, one) for one in found if isinstance(one.location, Span)]


def _cut(one: Finding, start: int, end: int, text: str) -> tuple[int, int, Finding]:
    return start, end, replace(one, location=Span(start, end), value=text[start:end])


def _latin(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"
