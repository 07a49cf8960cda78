"""Parts of a frame that hold what changed in it, with little else.

What comes into a frame as the camera moves is often an L or a frame of the frame; the box around it would be all of it.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

_FULL = 0.6  # part of a box that must be marked for it to be taken whole

Tile = tuple[int, int, int, int]
"""left, top, right, bottom in pixels of the mask."""

Cells = npt.NDArray[np.bool_]


def tiles(marked: npt.NDArray[np.bool_], grid: int) -> list[Tile]:
    """Boxes on a grid of `grid` pixels that together hold every marked pixel of a mask (h, w).

    Connected parts that fill most of the box around them are taken with it. Others are taken in the largest boxes that
    lie in them, which overlap, so that hardly a line of text is cut by all of them.
    """
    import cv2

    height, width = marked.shape
    rows, columns = -(-height // grid), -(-width // grid)
    padded = np.zeros((rows * grid, columns * grid), bool)
    padded[:height, :width] = marked
    cells = padded.reshape(rows, grid, columns, grid).any(axis=(1, 3))
    count, labels = cv2.connectedComponents(np.asarray(cells, np.uint8), connectivity=8)
    found: list[Tile] = []
    for number in range(1, count):
        part = np.asarray(labels) == number
        across, down = np.nonzero(part.any(axis=0))[0], np.nonzero(part.any(axis=1))[0]
        box = (int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1)
        full = _area(box) * _FULL <= int(part.sum())
        found += [box] if full else _largest(part)
    chosen = [one for one in found if not any(one != other and _inside(one, other) for other in found)]
    return [
        (left * grid, top * grid, min(width, right * grid), min(height, bottom * grid))
        for left, top, right, bottom in dict.fromkeys(chosen)
    ]


def _largest(part: Cells) -> list[Tile]:
    """The boxes that lie in a part, those first that hold most of what no box holds yet, until all is held."""
    rows, columns = part.shape
    inside = [
        (left, top, right, bottom)
        for left, top in product(range(columns), range(rows))
        for right, bottom in product(range(left + 1, columns + 1), range(top + 1, rows + 1))
        if part[top:bottom, left:right].all()
    ]
    left_over = part.copy()
    chosen: list[Tile] = []
    while left_over.any():
        best = max(inside, key=lambda box: (int(left_over[box[1] : box[3], box[0] : box[2]].sum()), _area(box)))
        left_over[best[1] : best[3], best[0] : best[2]] = False
        chosen.append(best)
    return chosen


def _area(box: Tile) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _inside(one: Tile, other: Tile) -> bool:
    return other[0] <= one[0] and other[1] <= one[1] and one[2] <= other[2] and one[3] <= other[3]
