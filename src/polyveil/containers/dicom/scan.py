"""Search header text for values that the header gave away and for what the text detectors know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from polyveil.modalities import text as text_room
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_WORD = re.compile(r"\w")


class KnownPattern:
    """One pattern over all known values: whole words where a value is in a spaced script, case-insensitive."""

    __slots__ = ("_entities", "_forms", "_pattern")

    def __init__(self, known: Sequence[Known]) -> None:
        self._entities = {value.value.casefold(): value.entity for value in reversed(known)}
        parts = [_bounded(value.value) for value in sorted(known, key=lambda k: -len(k.value))]
        encodings = ("utf-8", "utf-16-le", "gb18030")
        forms = {value.value.lower().encode(name, "ignore") for value in known for name in encodings}
        self._forms = tuple(form for form in forms if len(form) >= 4)
        self._pattern = re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """(start, end, entity) of every known value in the text."""
        if self._pattern is None:
            return []
        return [
            (match.start(), match.end(), self._entities.get(match.group().casefold(), "PERSON"))
            for match in self._pattern.finditer(text)
        ]

    def within(self, raw: bytes) -> bool:
        """Does a binary value hold a known value of four bytes or more, in UTF-8, UTF-16 or GB 18030?"""
        low = raw.lower()
        return any(form in low for form in self._forms)


def _bounded(value: str) -> str:
    escaped = re.escape(value)
    if not value.isascii():
        return escaped
    before = r"(?<![A-Za-z0-9])" if _WORD.match(value[0]) else ""
    return before + escaped + (r"(?![A-Za-z0-9])" if _WORD.match(value[-1]) else "")


@lru_cache(maxsize=32)
def pattern_for(known: tuple[Known, ...]) -> KnownPattern:
    """The pattern of these values, built once for the parts of one file."""
    return KnownPattern(known)


def search(text: str, policy: Policy, known: tuple[Known, ...], context: str) -> list[Finding]:
    """Findings in one value, spans in it, known values first. Overlaps are left to the caller."""
    if not _WORD.search(text):
        return []
    found = [
        Finding(entity, Span(start, end), 1.0, "dicom-known", text[start:end])
        for start, end, entity in pattern_for(known).spans(text)
    ]
    return found + text_room.find(text, policy, context=context)
