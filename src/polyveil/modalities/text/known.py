"""Values that are known to be personal from elsewhere, and the words of known names, in any case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import ahocorasick

from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.part import Known

SCORE = 0.95
_FEW = 64
"""Values up to which each is looked for by itself."""
_HAN = re.compile(r"[\u3400-\u9fff]")


def find_known(text: str, known: Sequence[Known]) -> list[Finding]:
    """Known values in a text; time grows with the text, and not with its product with many values."""
    if len(known) > _FEW:
        return list(_many(text, tuple(known)))
    return [
        Finding(item.entity, Span(*match.span()), SCORE, "known", match.group())
        for item in known
        for form in _forms(item)
        for match in re.finditer(_bordered(form), text, re.IGNORECASE)
    ]


def _forms(item: Known) -> set[str]:
    forms = {item.value}
    if item.entity == "PERSON":
        forms |= {word for word in re.split(r"[\s,^]+", item.value) if len(word) >= (2 if _HAN.search(word) else 3)}
    return {form for form in forms if len(form) >= 2}


def _bordered(form: str) -> str:
    before = r"(?<![A-Za-z0-9])" if form[0].isascii() else ""
    return before + re.escape(form) + (r"(?![A-Za-z0-9])" if form[-1].isascii() else "")


def _many(text: str, known: tuple[Known, ...]) -> Iterator[Finding]:
    for end, (size, entity) in _automaton(known).iter(_lower(text)):
        start, stop = end + 1 - size, end + 1
        before, after = text[start - 1 : start], text[stop : stop + 1]
        if (text[start].isascii() and _latin(before)) or (text[end].isascii() and _latin(after)):
            continue
        yield Finding(entity, Span(start, stop), SCORE, "known", text[start:stop])


@lru_cache(maxsize=4)
def _automaton(known: tuple[Known, ...]) -> Any:
    made = ahocorasick.Automaton()
    for item in known:
        for form in _forms(item):
            made.add_word(_lower(form), (len(form), item.entity))
    made.make_automaton()
    return made


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _lower(text: str) -> str:
    """In lower case, with as many characters: 'İ' would become two; it is an 'i' where case is ignored."""
    return text.replace("İ", "i").lower()
