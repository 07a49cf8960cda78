"""Values that another part of the asset gave away (a DICOM header, a form), searched for in what was read.

Reading makes mistakes, so a few wrong letters still count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from polyveil.modalities.image.layout import Page
from polyveil.schema.part import Known

_ERRORS = 0.22  # edits a character of the value that still count as the same value
_SHORTEST = 3  # letters or digits of a Latin piece; two Han characters are enough


def spotted(page: Page, known: Sequence[Known]) -> Iterator[tuple[str, int, int, float]]:
    """(entity, start, end, score) in the page's text, for each value and each of its words."""
    letters, places = _fold(page.text)
    for item in known:
        for piece in _pieces(item.value):
            for start, end, errors in _occurrences(letters, piece):
                yield item.entity, places[start], places[end - 1] + 1, 1 - errors / len(piece) / 2


def _pieces(value: str) -> list[str]:
    """The value itself and, where it has several words, each of them ('DOE^JANE', 'Jane Doe')."""
    words = [word for word in re.split(r"[\s^=,;·]+", value) if word]
    candidates = {_fold(value)[0], *(_fold(word)[0] for word in words)}
    return sorted((piece for piece in candidates if _long_enough(piece)), key=len, reverse=True)


def _long_enough(piece: str) -> bool:
    han = sum("\u4e00" <= letter <= "\u9fff" for letter in piece)
    return len(piece) >= _SHORTEST or han >= 2


def _fold(text: str) -> tuple[str, list[int]]:
    """Letters and digits only, case and width folded, with each one's place in `text`."""
    letters, places = [], []
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character).casefold():
            if letter.isalnum():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def _occurrences(text: str, piece: str) -> Iterator[tuple[int, int, int]]:
    """Non-overlapping places where `piece` occurs with few edits (Sellers' algorithm), as (start, end, edits)."""
    allowed = int(len(piece) * _ERRORS)
    if allowed == 0:
        for match in re.finditer(re.escape(piece), text):
            yield match.start(), match.end(), 0
        return
    best: tuple[int, int, int] | None = None
    for start, end, edits in _sellers(text, piece, allowed):
        if best is not None and start < best[1]:
            best = min(best, (start, end, edits), key=lambda hit: (hit[2], hit[0] - hit[1]))
            continue
        if best is not None:
            yield best
        best = (start, end, edits)
    if best is not None:
        yield best


def _sellers(text: str, piece: str, allowed: int) -> Iterator[tuple[int, int, int]]:
    column = list(range(len(piece) + 1))
    begins = [0] * (len(piece) + 1)
    for end, letter in enumerate(text, 1):
        previous, column[0], old_begin, begins[0] = column[0], 0, begins[0], end
        old_begin = end - 1
        for row, wanted in enumerate(piece, 1):
            choices = (
                (previous + (letter != wanted), old_begin),
                (column[row] + 1, begins[row]),
                (column[row - 1] + 1, begins[row - 1]),
            )
            previous, old_begin = column[row], begins[row]
            column[row], begins[row] = min(choices)
        if column[-1] <= allowed and begins[-1] < end:
            yield begins[-1], end, column[-1]
