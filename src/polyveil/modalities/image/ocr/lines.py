"""A line of text as it lies in a picture, and where in the picture its characters are."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from polyveil.schema.locations import Region

_LONG = 3.0  # heights of a span from which on it is covered in strips
_WASTE = 1.7  # area of an upright box, relative to that of the line, beyond which it is
_STRIP = 2.0  # heights
_PAD = 0.8  # characters added at both ends of a span: the recogniser's positions are peaks, not edges


Quad = npt.NDArray[np.float32]


def height(quad: Quad) -> float:
    """Of the letters, in pixels."""
    return float(np.linalg.norm(quad[3] - quad[0]))


def begins(quad: Quad) -> tuple[float, float]:
    """Top and left, by which lines are in order."""
    return float(quad[:, 1].min()), float(quad[:, 0].min())


def area(quad: Quad) -> float:
    """In square pixels, of a quad that is nearly a rectangle."""
    return height(quad) * float(np.linalg.norm(quad[1] - quad[0]))


def shared(a: Quad, b: Quad) -> float:
    """Square pixels that two quads share, at whatever slant they lie."""
    import cv2

    if (a.max(axis=0) < b.min(axis=0)).any() or (b.max(axis=0) < a.min(axis=0)).any():
        return 0.0
    return float(cv2.intersectConvexConvex(a, b)[0])


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    quad: (4, 2) float32 corners in pixels, in reading direction: start-top, end-top, end-bottom, start-bottom.
    text: what was read, '' if nothing could be.
    score: mean probability of the characters, in [0, 1].
    centres: one position a character along the line, in [0, 1].
    """

    quad: Quad
    text: str = field(repr=False)
    score: float
    centres: tuple[float, ...]

    @property
    def height(self) -> float:
        """Of the letters, in pixels."""
        return height(self.quad)

    @property
    def width(self) -> float:
        return float(np.linalg.norm(self.quad[1] - self.quad[0]))

    def region(self, shape: tuple[int, ...], start: int = 0, end: int | None = None) -> Region:
        """The upright box around characters [start, end), generous at both ends, within a picture of `shape` (h, w)."""
        left, right = self._extent(start, len(self.text) if end is None else end)
        return _box(self._corners(left, right), shape)

    def strips(self, shape: tuple[int, ...], start: int = 0, end: int | None = None) -> list[Region]:
        """The same in several upright boxes along the line, where one would cover much beside it: at a slant."""
        left, right = self._extent(start, len(self.text) if end is None else end)
        whole = _box(self._corners(left, right), shape)
        long = self.width * (right - left)
        if long < _LONG * self.height or whole.w * whole.h < _WASTE * long * self.height:
            return [whole]
        count = math.ceil(long / (_STRIP * max(self.height, 1.0)))
        ends = np.linspace(left, right, count + 1)
        return [_box(self._corners(first, last), shape) for first, last in itertools.pairwise(ends.tolist())]

    def _corners(self, left: float, right: float) -> Quad:
        """Of a part of the line, from one fraction of its length to another."""
        top_edge, bottom_edge = self.quad[1] - self.quad[0], self.quad[2] - self.quad[3]
        corners = [
            self.quad[0] + left * top_edge,
            self.quad[0] + right * top_edge,
            self.quad[3] + left * bottom_edge,
            self.quad[3] + right * bottom_edge,
        ]
        return np.stack(corners)

    def _extent(self, start: int, end: int) -> tuple[float, float]:
        """Fractions of the line at which a span begins and ends."""
        if len(self.centres) != len(self.text) or not self.centres or (start <= 0 and end >= len(self.text)):
            return 0.0, 1.0
        centres = np.asarray(self.centres)
        step = float(np.median(np.diff(centres))) if len(centres) > 1 else 1.0
        # A full-width character needs as much as it takes; narrow letters at least half of the line's height.
        pad = max(step * _PAD, 0.5 * self.height / max(self.width, 1.0))
        left = 0.0 if start <= 0 else max(0.0, float(centres[min(start, len(centres) - 1)]) - pad)
        right = 1.0 if end >= len(centres) else min(1.0, float(centres[max(end - 1, 0)]) + pad)
        return left, right


def _box(corners: Quad, shape: tuple[int, ...]) -> Region:
    x0, y0 = np.floor(corners.min(axis=0)).astype(int)
    x1, y1 = np.ceil(corners.max(axis=0)).astype(int)
    x0, y0 = min(max(0, x0), shape[1] - 1), min(max(0, y0), shape[0] - 1)
    x1, y1 = min(shape[1], x1), min(shape[0], y1)
    return Region(int(x0), int(y0), max(1, int(x1 - x0)), max(1, int(y1 - y0)))
