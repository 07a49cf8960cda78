"""English personal names: those that a text tells of, those of the lexicon, and the later parts of both."""

from __future__ import annotations

import re
from itertools import chain

from polyveil.modalities.text.detectors.gate import Bytes
from polyveil.modalities.text.detectors.lexicon import NOT_NAMES
from polyveil.modalities.text.detectors.name_en_listed import find_listed
from polyveil.modalities.text.detectors.name_en_told import find_told
from polyveil.modalities.text.detectors.whole_words import whole_words
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "names:en"
_CAPITAL = re.compile(r"[A-Z]")
_WORD = re.compile(r"[^\W\d_]{3,}")


def find_names(text: str, least: float = 0.0) -> list[Finding]:
    """Names in an English (or mixed) text, with their later parts. Overlaps are left to the caller.

    `least`: score below which a name is not looked for.
    """
    if not _CAPITAL.search(text):
        return []
    found: dict[tuple[int, int], float] = {}
    seen = Bytes(text)
    for span, score in chain(find_told(seen), find_listed(seen, least)):
        found[span] = max(score, found.get(span, 0.0))
    parts = {
        word: min(score, 0.75)
        for (start, end), score in found.items()
        if score >= 0.6
        for word in _WORD.findall(text, start, end)
        if word[0].isupper() and word.capitalize() not in NOT_NAMES
    }
    for start, end in whole_words(parts, text):
        found.setdefault((start, end), parts[text[start:end]])
    return [
        Finding("PERSON", Span(*span), score, DETECTOR, text[slice(*span)]) for span, score in sorted(found.items())
    ]
