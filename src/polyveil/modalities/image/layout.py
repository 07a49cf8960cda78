"""Lines of a picture put into reading order, as one text whose characters lead back to places in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from polyveil.modalities.image.ocr import Line

_SAME_DIRECTION = 0.94  # cosine: lines within 20 degrees belong together
_SAME_ROW = 0.5  # shared height, relative to the lower of two lines
_WIDE_GAP = 2.5  # heights; beyond it two lines of a row are columns


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
