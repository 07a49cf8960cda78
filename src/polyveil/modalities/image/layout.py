"""Lines of a picture put into reading order, as one text whose characters lead back to places in the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from polyveil.modalities.image.ocr import Line

_SAME_DIRECTION = 0.94  # cosine: lines within 20 degrees belong together
_SAME_ROW = 0.5  # shared height, relative to the lower of two lines
_WIDE_GAP = 2.5  # heights; beyond it two lines of a row are columns
_NEXT = 2.3  # heights from a line to the next of a paragraph
_ALIKE = 1.4  # of their heights
_FULL = 0.8  # of a paragraph's width, for a line that runs on
_PROSE = 10  # characters of a line of prose; half as many Chinese ones
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of lines in reading order, and their text: lines of a row joined by spaces, rows by line breaks."""

    rows: tuple[tuple[Line, ...], ...]
    text: str = field(repr=False)
    starts: tuple[tuple[int, Line], ...]  # where in `text` each line begins

    def pieces(self, start: int, end: int) -> list[tuple[Line, int, int]]:
        """The lines that characters [start, end) of the text lie in, with the range inside each."""
        found = []
        for at, line in self.starts:
            first, last = max(start, at), min(end, at + len(line.text))
            if first < last:
                found.append((line, first - at, last - at))
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line lies in the coordinates of its own direction, in pixels.

    way: the direction, one object for all lines that share it. start, end: along it. middle, height: across it, growing
    downwards as the line reads.
    """

    line: Line
    way: np.ndarray
    start: float
    end: float
    middle: float
    height: float

    def under(self, other: Place) -> bool:
        """Do they begin at about the same place, or is one centred under the other?"""
        room = 1.5 * max(self.height, other.height)
        return abs(self.start - other.start) < room or abs(self.start + self.end - other.start - other.end) < room


def placed(page: Page) -> list[Place]:
    """Every line of a page in the coordinates of its direction, from the top down."""
    ways: list[np.ndarray] = []
    found = []
    for line in (line for row in page.rows for line in row):
        own = _direction(line)
        way = next((one for one in ways if float(one @ own) > _SAME_DIRECTION), None)
        if way is None:
            way = own
            ways.append(way)
        ends = line.quad @ way
        middle = float((line.quad @ np.array([-way[1], way[0]])).mean())
        start, end = float(ends[[0, 3]].mean()), float(ends[[1, 2]].mean())
        found.append(Place(line, way, start, end, middle, line.height))
    return sorted(found, key=lambda one: one.middle)


def page(lines: Sequence[Line]) -> Page:
    """Reading order of lines that may run in several directions (a rotated page, a card beside a poster)."""
    rows: list[tuple[Line, ...]] = []
    left = [line for line in lines if line.text]
    while left:
        lead = max(left, key=lambda line: line.width)
        along = _direction(lead)
        same = [line for line in left if float(_direction(line) @ along) > _SAME_DIRECTION]
        left = [line for line in left if not any(line is other for other in same)]
        rows += _rows(same, along)
    text, starts = "", []
    for row in rows:
        for index, line in enumerate(row):
            if index:
                wide = _gap(row[index - 1], line) > _WIDE_GAP * line.height
                text += "   " if wide else " "
            starts.append((len(text), line))
            text += line.text
        text += "\n"
    return Page(tuple(rows), text, tuple(starts))


def _direction(line: Line) -> np.ndarray:
    edge = line.quad[1] - line.quad[0]
    return np.asarray(edge / max(float(np.linalg.norm(edge)), 1e-6))


def _gap(a: Line, b: Line) -> float:
    return float(np.linalg.norm(b.quad[0] - a.quad[1]))


def _rows(lines: list[Line], along: np.ndarray) -> list[tuple[Line, ...]]:
    """Lines of one direction, grouped by their place across it and ordered along it."""
    across = np.array([-along[1], along[0]])
    spans = {id(line): (float((line.quad @ across).min()), float((line.quad @ across).max())) for line in lines}
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda item: sum(spans[id(item)])):
        low, high = spans[id(line)]
        for row in reversed(rows[-3:]):
            other_low, other_high = spans[id(row[-1])]
            shared = min(high, other_high) - max(low, other_low)
            if shared > _SAME_ROW * min(high - low, other_high - other_low):
                row.append(line)
                break
        else:
            rows.append([line])
    return [tuple(sorted(row, key=lambda item: float(item.quad[0] @ along))) for row in rows]


def paragraphs(whole: Page) -> Iterator[Page]:
    """Lines that run on from one to the next, each paragraph a page of its own whose lines are joined as words are.

    A page's own text goes row by row, over columns, and breaks where a line ends. Single lines are not given.
    """
    places = placed(whole)
    taken: set[int] = set()
    for number, first in enumerate(places):
        if id(first.line) in taken:
            continue
        chain = [first]
        for one in places[number + 1 :]:
            if id(one.line) not in taken and _follows(one, chain[-1]):
                chain.append(one)
        if len(chain) > 1 and any(_is_prose(one.line.text) for one in chain):
            taken |= {id(one.line) for one in chain}
            yield _joined(chain)


def _follows(one: Place, above: Place) -> bool:
    tall = max(one.height, above.height)
    return (
        one.way is above.way
        and 0.5 * tall < one.middle - above.middle < _NEXT * tall
        and tall < _ALIKE * min(one.height, above.height)
        and abs(one.start - above.start) < 1.5 * tall
    )


def _is_prose(text: str) -> bool:
    return len(text) + len(_HAN.findall(text)) >= _PROSE


def _joined(chain: Sequence[Place]) -> Page:
    """A line that fills the paragraph runs on into the next: with a space, or, in Chinese, with nothing between."""
    wide = max(one.end - one.start for one in chain)
    text, starts = "", []
    for one in chain:
        starts.append((len(text), one.line))
        text += one.line.text
        if one.end - one.start < _FULL * wide:
            text += "\n"
        elif not _HAN.match(text[-1]):
            text += " "
    return Page(tuple((one.line,) for one in chain), text, tuple(starts))
