"""Motion of the camera between frames, and cuts.

Corners (Shi and Tomasi, 1994) are followed by pyramidal Lucas-Kanade flow and a similarity (shift, turn, zoom) is
fitted to them robustly, on luma reduced to 320 pixels. Corners on the found things do not take part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

SIDE = 320  # pixels of the longer side
_CORNERS = 80
_WINDOW = 11  # reduced pixels around a corner that are compared; 15 cost half as much again and cover no more faces
_STILL = 0.6  # mean difference in grey levels below which nothing moved
_FEWEST = 8  # corners that a fit needs
_SAME = 8  # largest difference in grey levels of reduced frames that count as one
_THUMB = (32, 18)
_CUT = 18.0  # mean difference of thumbnails in grey levels that no motion makes from frame to frame
_CUT_RATIO = 3.0  # times the usual difference of the frames before
_RESIDUAL = 0.55  # part of the thumbnails' difference that motion compensation leaves at a cut

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
"""3 x 3, homogeneous, in pixels of the reduced picture."""


def reduced(luma: npt.NDArray[Any], depth: int) -> Grey:
    """Luma (h, w) at no more than `SIDE` pixels, 8 bits."""
    import cv2

    ratio = min(1.0, SIDE / max(luma.shape))
    size = (max(16, round(luma.shape[1] * ratio)), max(16, round(luma.shape[0] * ratio)))
    small = luma
    while min(small.shape[0] // size[1], small.shape[1] // size[0]) >= 2:  # means of four pixels are quick
        small = np.asarray(cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA))
    small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA))
    if depth > 8:
        small = (small >> (depth - 8)).astype(np.uint8)
    return np.ascontiguousarray(small).astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True)
class Step:
    """From the frame before to this one: how the camera moved, and whether the scene is another."""

    matrix: Matrix
    cut: bool
    change: float  # mean difference in grey levels


@dataclass(slots=True)
class Motion:
    """Follows the camera frame by frame."""

    _last: Grey | None = field(default=None, repr=False)
    _thumb: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    _corners: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    _usual: float = 2.0
    _hidden: tuple[tuple[float, float, float, float], ...] = ()

    def step(self, small: Grey) -> Step:
        """`small` is the next frame as `reduced` gives it. The first frame is a cut."""
        import cv2

        thumb = np.asarray(cv2.resize(small, _THUMB, interpolation=cv2.INTER_AREA)).astype(np.float32)
        last, before = self._last, self._thumb
        self._last, self._thumb = small, thumb
        if last is None or before is None or last.shape != small.shape:
            return Step(np.eye(3), cut=True, change=255.0)
        change = float(np.abs(thumb - before).mean())
        if change < _STILL and float(np.abs(thumb - before).max()) < 4 * _STILL:
            return Step(np.eye(3), cut=False, change=change)
        matrix = self._fit(last, small)
        if change > _CUT or change > max(6.0, _CUT_RATIO * self._usual):
            moved = cv2.warpAffine(
                last, matrix[:2].astype(np.float32), small.shape[::-1], borderMode=cv2.BORDER_REPLICATE
            )
            thumb_moved = np.asarray(cv2.resize(moved, _THUMB, interpolation=cv2.INTER_AREA)).astype(np.float32)
            left = float(np.abs(thumb - thumb_moved).mean())
            if left > max(5.0, _RESIDUAL * change) and _unlike(last, small):
                self._usual, self._corners = 2.0, None
                return Step(np.eye(3), cut=True, change=change)
        self._usual = 0.8 * self._usual + 0.2 * change
        return Step(matrix, cut=False, change=change)

    def anew(self, hidden: Sequence[tuple[float, float, float, float]]) -> None:
        """Choose corners again from the last frame, outside these boxes (x, y, w, h in reduced pixels)."""
        self._corners, self._hidden = None, tuple(hidden)

    def _fit(self, last: Grey, small: Grey) -> Matrix:
        import cv2

        if self._corners is None or len(self._corners) < _CORNERS // 3:
            self._corners = _choose(last, self._hidden)
        matrix = np.eye(3)
        if self._corners is None or len(self._corners) < _FEWEST:
            return matrix
        criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.03)
        moved, found, _error = cv2.calcOpticalFlowPyrLK(
            last, small, self._corners, self._corners.copy(), winSize=(_WINDOW, _WINDOW), maxLevel=3, criteria=criteria
        )
        good = np.asarray(found).ravel() == 1
        source, target = self._corners[good], np.asarray(moved, np.float32)[good]
        self._corners = target
        if len(source) < _FEWEST:
            return matrix
        fitted, inside = cv2.estimateAffinePartial2D(source, target, ransacReprojThreshold=1.0, maxIters=300)
        if fitted is None or inside is None or inside.sum() < max(_FEWEST, 0.3 * len(source)):
            return matrix
        zoom = float(np.hypot(fitted[0, 0], fitted[1, 0]))
        if not 0.7 < zoom < 1.4:
            return matrix
        matrix[:2] = fitted
        return matrix


def _choose(grey: Grey, hidden: Sequence[tuple[float, float, float, float]]) -> npt.NDArray[np.float32] | None:
    import cv2

    mask = np.full(grey.shape, 255, np.uint8)
    for x, y, w, h in hidden:
        mask[max(0, int(y)) : max(0, int(y + h) + 1), max(0, int(x)) : max(0, int(x + w) + 1)] = 0
    corners = cv2.goodFeaturesToTrack(grey, _CORNERS, 0.01, 8, mask=mask)
    return None if corners is None else np.asarray(corners, np.float32)


def _unlike(a: Grey, b: Grey) -> bool:
    """Do the grey levels of two frames come from different scenes? Intersection of their histograms."""
    import cv2

    first, second = (cv2.calcHist([one], [0], None, [32], [0, 256]).ravel() / one.size for one in (a, b))
    return float(np.minimum(first, second).sum()) < 0.85


def beside(now: Grey, before: Grey, matrix: Matrix, level: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Where `now` differs from `before` by other than the camera's motion, and where `before` showed nothing.

    Args:
        now: a reduced frame.
        before: an earlier one of the same size.
        matrix: motion from `before` to `now` in their pixels.
        level: grey levels, of means over 5 x 5 pixels, which the encoder's noise hardly touches.
    """
    import cv2

    size = now.shape[::-1]
    moved = cv2.warpAffine(before, matrix[:2].astype(np.float32), size, borderMode=cv2.BORDER_REPLICATE)
    shown = cv2.warpAffine(np.full_like(before, 255), matrix[:2].astype(np.float32), size)
    fresh: npt.NDArray[np.bool_] = np.asarray(shown) < 128
    difference = np.asarray(cv2.absdiff(cv2.blur(now, (5, 5)), cv2.blur(moved, (5, 5))))
    changed: npt.NDArray[np.bool_] = (difference > level) & ~fresh
    return changed, fresh


def same(a: Grey, b: Grey) -> bool:
    """Do two reduced frames show the same to the last detail?"""
    import cv2

    return a.shape == b.shape and float(cv2.absdiff(a, b).max()) <= _SAME
