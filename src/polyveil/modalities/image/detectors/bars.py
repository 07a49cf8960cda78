"""Where a picture has bars side by side: bar codes and stacked codes at any slant, made straight for a reader.

The reader follows lines across a picture and reads a linear code at some ten degrees' slant, a PDF417 symbol at five.
Inside such a code nearly all edges run one way, which the structure tensor shows (Bigun and Granlund, "Optimal
Orientation Detection of Linear Symmetry", ICCV 1987): places with strong edges of one direction are cut out along it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

_CELL = 4  # pixels of a side over which edges are averaged
_SPREAD = 2.0  # cells
_STRONG = 14.0  # least root mean square of edges, in grey levels a pixel
_ONE_WAY = 0.4  # least coherence, of 1
_LEAST = 30  # cells of a place
_PLACES = 12  # that are cut out, the largest first
_QUIET = 0.25  # of a place's sides, added around it
_SMALL, _LARGE = 192, 1400  # pixels of a cut's longer side: small ones are enlarged thrice, others twice at most

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]


def places(grey: Grey, whole: Grey) -> Iterator[tuple[Grey, Matrix, npt.NDArray[np.float64]]]:
    """(straight cut, (2, 3) matrix from it to the picture, (4, 3) corners in the cut of what is striped).

    grey: (h, w) uint8, the picture as large as it is searched. whole: the same in full, which is cut.
    """
    import cv2

    tall, wide = (side // _CELL for side in grey.shape)
    if min(tall, wide) < 4:
        return
    xx, yy, xy = (_averaged(one, wide, tall) for one in _edges(grey))
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / np.maximum(energy, 1.0)
    striped = ((energy > _STRONG**2) & (coherence > _ONE_WAY)).astype(np.uint8)
    striped = np.asarray(cv2.morphologyEx(striped, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))).astype(np.uint8)
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(striped)
    cell = _CELL * whole.shape[1] / grey.shape[1]
    largest = sorted(range(1, count), key=lambda one: -int(stats[one, cv2.CC_STAT_AREA]))[:_PLACES]
    for one in largest:
        if stats[one, cv2.CC_STAT_AREA] < _LEAST:
            return
        inside = labels == one
        rows, columns = np.nonzero(inside)
        slant = 0.5 * np.arctan2(2 * xy[inside].sum(), (xx - yy)[inside].sum())  # across the bars
        yield _cut(whole, (np.stack([columns, rows], axis=1) + 0.5) * cell, float(slant), cell)


def _edges(grey: Grey) -> Iterator[npt.NDArray[np.float32]]:
    """Products of the slopes: across, down, and both."""
    import cv2

    across = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 1, 0, scale=1 / 32))
    down = np.asarray(cv2.Scharr(grey, cv2.CV_32F, 0, 1, scale=1 / 32))
    yield across * across
    yield down * down
    yield across * down


def _averaged(product: npt.NDArray[np.float32], wide: int, tall: int) -> npt.NDArray[np.float32]:
    import cv2

    cells = cv2.resize(product[: tall * _CELL, : wide * _CELL], (wide, tall), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(cells, (0, 0), _SPREAD)).astype(np.float32)


def _cut(
    grey: Grey, points: npt.NDArray[Any], slant: float, cell: float
) -> tuple[Grey, Matrix, npt.NDArray[np.float64]]:
    """The upright cut around points (n, 2) of one place, whose bars are crossed in direction `slant`."""
    import cv2

    turn = np.array([[np.cos(slant), np.sin(slant)], [-np.sin(slant), np.cos(slant)]])
    along = points @ turn.T
    low, high = along.min(axis=0) - cell, along.max(axis=0) + cell
    room = _QUIET * (high - low).max() * np.array([1.0, 0.4]) + 4
    size = high - low + 2 * room
    scale = min(_LARGE / size.max(), float(np.clip(2 * _SMALL / size.max(), 2.0, 3.0)))
    columns, rows = (max(8, round(float(side) * scale)) for side in size)
    # from the picture to the cut: turned, moved, enlarged
    there = np.concatenate([turn * scale, -((low - room) * scale)[:, None]], axis=1)
    flags = cv2.INTER_CUBIC if scale >= 1 else cv2.INTER_AREA
    cut = cv2.warpAffine(grey, there, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    (x0, y0), (x1, y1) = room * scale, (room + high - low) * scale
    corners = np.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]], np.float64)
    return np.asarray(cut).astype(np.uint8), np.asarray(cv2.invertAffineTransform(there), np.float64), corners
