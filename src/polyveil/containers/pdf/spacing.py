"""Letters that stand apart: in the cells of a form, in headings, in fonts of one width.

PDFium guesses spaces from gaps, and parts such letters into words of one or two. A guessed space is none where the
letters of its line keep the same distance across it as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

GUESSED = "\t"
"""A space that stands for a gap; one that the document holds is ' '."""

_FEWEST = 5  # glyphs of a line that show how it is spaced
_MORE = 0.1  # heights that a gap may be wider than the usual one; the narrowest space is twice that
_ALIKE = 0.12  # of the usual distance, by which one may differ in a line of cells
_MOST = 0.8  # of a line's distances are alike if it stands in cells


@dataclass(slots=True)
class Glyph:
    """A letter. ink, loose: left, top, right, bottom of it and of its room in its line (pixels); turn: degrees."""

    text: str = field(repr=False)
    ink: tuple[float, float, float, float]
    loose: tuple[float, float, float, float]
    turn: float
    broken: bool = False


def closed(glyphs: Sequence[Glyph | str]) -> Iterator[Glyph | str]:
    """The same, with a guessed space as a true one or as ''."""
    line: list[Glyph | str] = []
    for one in glyphs:
        last = next((it for it in reversed(line) if isinstance(it, Glyph)), None)
        if one == "\n" or (isinstance(one, Glyph) and last is not None and one.turn != last.turn):
            yield from _closed(line)
            line = []
        line.append(one)
    yield from _closed(line)


def _closed(line: list[Glyph | str]) -> Iterator[Glyph | str]:
    if GUESSED not in line:
        yield from line
        return
    letters = [one for one in line if isinstance(one, Glyph)]
    none = _no_spaces(letters) if len(letters) >= _FEWEST else set()
    number = -1
    for one in line:
        number += isinstance(one, Glyph)
        yield ("" if number in none else " ") if one == GUESSED else one


def _no_spaces(letters: list[Glyph]) -> set[int]:
    """Indices of the letters after which no space stands."""
    edges = [_edges(one) for one in letters]
    high = median(max(1.0, end) for _start, _stop, end in edges)
    gaps = [start - stop for (_, stop, _), (start, _, _) in pairwise(edges)]
    usual = median(gaps)
    found = {number for number, gap in enumerate(gaps) if gap <= usual + _MORE * high}
    for places in ([start for start, _, _ in edges], [(start + stop) / 2 for start, stop, _ in edges]):
        steps = [after - before for before, after in pairwise(places)]
        step = median(steps)
        if sum(abs(one - step) <= _ALIKE * step for one in steps) >= _MOST * len(steps):
            found |= {number for number, one in enumerate(steps) if one <= (1 + 2 * _ALIKE) * step}
    return found


def _edges(glyph: Glyph) -> tuple[float, float, float]:
    """Where its room begins and ends along its line, and how high it is."""
    left, top, right, bottom = glyph.loose
    match round(glyph.turn / 90) % 4:
        case 1:
            return top, bottom, right - left
        case 2:
            return -right, -left, bottom - top
        case 3:
            return -bottom, -top, right - left
    return left, right, bottom - top
