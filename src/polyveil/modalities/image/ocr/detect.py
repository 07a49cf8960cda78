"""Where lines of text lie: differentiable binarisation (Liao et al., arXiv:1911.08947) and its boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.inference import Session
from polyveil.modalities.image.ocr.lines import begins
from polyveil.modalities.image.ocr.models import in_eight_bits, model
from polyveil.schema.locations import Region

_STRIDE = 32
_BINARY = 0.3  # least probability of a text pixel
_MEAN = 0.45  # least mean probability inside a box
_UNCLIP = 1.6  # the network learns shrunken lines; offset = area * ratio / perimeter (section 3.4 of the paper)
_SMALLEST = 3.0  # pixels of the map
_MOST = 2000  # lines a picture
_ROOM = 25  # pixels of the map; the closer look takes in as much on either side by half
_MOST_AT_ONCE = 600_000  # pixels of the map, in films: the network takes 300 bytes for each
_OVERLAP = 64  # pixels of the map that a strip shares with the next one, whole strides
_GRID = 64  # pixels of the map; few sizes of places, since the runtime prepares itself for each

NOTICED = 0.1
"""Probability from which on a place is looked at closely."""

_NOTICED_EIGHT = 0.3
"""The same in 8 bits, which see more in what is no text: of 420 small and faint lines drawn on photographs 329 are
noticed, 325 in 32 bits at `NOTICED`, and about as much of photographs without text is looked at."""

Heat = npt.NDArray[np.float32]
Quads = list[npt.NDArray[np.float32]]


def detect(rgb: npt.NDArray[np.uint8], *, longest: int = 1600, shortest: int = 736, swift: bool = False) -> Quads:
    """Quads (4, 2) of text lines in pixels of `rgb`, top to bottom, as one look at the whole picture shows them.

    The picture is seen at `seen_at` times its size.
    """
    heat = heat_of(rgb, seen_at(rgb, longest, shortest), swift=swift, most=_MOST_AT_ONCE if swift else None)
    return sorted(boxes(heat, rgb.shape), key=begins)


def seen_at(rgb: npt.NDArray[np.uint8], longest: int, shortest: int) -> float:
    """The scale that brings the shorter side to at least `shortest` pixels (small print is enlarged up to twice), but
    the longer side to no more than `longest`.
    """
    height, width = rgb.shape[:2]
    return float(min(max(1.0, shortest / min(height, width)), 2.0, longest / max(height, width)))


def places(rgb: npt.NDArray[np.uint8], *, longest: int) -> list[Region]:
    """Where there may be text, by a quick look at `longest` pixels: regions with room around, which do not overlap.

    Lines of seven pixels' height at that size are noticed, though their boxes would not be good enough to read by.
    The look is made in 8 bits where the processor gains by it.
    """
    import cv2

    height, width = rgb.shape[:2]
    network = in_eight_bits()
    least = NOTICED if network is None else _NOTICED_EIGHT
    ratio = min(1.0, longest / max(height, width))
    heat = _heat(rgb, ratio, network or model("detect", swift=True), _MOST_AT_ONCE)
    scale_x, scale_y = width / heat.shape[1], height / heat.shape[0]
    around = np.asarray(cv2.dilate((heat > least).astype(np.uint8), np.ones((_ROOM, _ROOM), np.uint8)))
    return [
        Region(int(left * scale_x), int(top * scale_y), int((right - left) * scale_x), int((bottom - top) * scale_y))
        for left, top, right, bottom in boxes_around(around.astype(bool), _GRID)
    ]


def boxes_around(marked: npt.NDArray[np.bool_], grid: int) -> list[tuple[int, int, int, int]]:
    """(left, top, right, bottom) of boxes on a grid around the connected parts of a mask; those that touch are one."""
    import cv2

    height, width = marked.shape
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(marked.astype(np.uint8))
    merged: list[tuple[int, int, int, int]] = []
    for x, y, w, h, _area in stats[1:].tolist():
        box = (x // grid * grid, y // grid * grid, -(-(x + w) // grid) * grid, -(-(y + h) // grid) * grid)
        while hit := next((one for one in merged if _touch(one, box)), None):
            merged.remove(hit)
            box = (min(hit[0], box[0]), min(hit[1], box[1]), max(hit[2], box[2]), max(hit[3], box[3]))
        merged.append(box)
    return [(left, top, min(width, right), min(height, bottom)) for left, top, right, bottom in merged]


def _touch(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def heat_of(rgb: npt.NDArray[np.uint8], ratio: float, *, swift: bool = False, most: int | None = None) -> Heat:
    """Probability of text at each pixel of the picture, scaled by `ratio` up to whole strides.

    most: pixels that the network is shown at once; more are shown in strips that overlap.
    """
    return _heat(rgb, ratio, model("detect", swift=swift), most)


def _heat(rgb: npt.NDArray[np.uint8], ratio: float, network: Session, most: int | None = None) -> Heat:
    import cv2

    rows, columns = (max(_STRIDE, -(-round(side * ratio) // _STRIDE) * _STRIDE) for side in rgb.shape[:2])
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    resized = np.asarray(cv2.resize(rgb, (columns, rows), interpolation=method)).astype(np.uint8, copy=False)
    if most is None or rows * columns <= most:
        return _run(resized, network)
    tall = max(2 * _OVERLAP, most // columns // _STRIDE * _STRIDE)
    heat = np.empty((rows, columns), np.float32)
    for top in range(0, rows, tall):
        first, last = max(0, top - _OVERLAP), min(rows, top + tall + _OVERLAP)
        heat[top : top + tall] = _run(resized[first:last], network)[top - first :][:tall]
    return heat


def _run(resized: npt.NDArray[np.uint8], network: Session) -> Heat:
    import cv2

    blob = cv2.dnn.blobFromImage(resized, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
    heat: Heat = network.run({"x": blob})[0][0]
    return heat[0] if len(heat) == 1 else _unfolded(heat)


def _unfolded(cells: Heat) -> Heat:
    """(16, h, w), the 4 x 4 pixels of each cell row by row, as a map (4 h, 4 w)."""
    pixels, rows, columns = cells.shape
    side = round(pixels**0.5)
    folded = cells.reshape(side, side, rows, columns).transpose(2, 0, 3, 1)
    return np.ascontiguousarray(folded).reshape(rows * side, columns * side)


def boxes(heat: Heat, shape: tuple[int, ...]) -> Quads:
    """Quads (4, 2) around what is hot, in pixels of a picture of `shape` (height, width)."""
    import cv2

    scale = np.array([shape[1] / heat.shape[1], shape[0] / heat.shape[0]], np.float32)

    binary = (heat > _BINARY).astype(np.uint8)
    binary = np.asarray(cv2.dilate(binary, np.ones((2, 2), np.uint8))).astype(np.uint8)
    contours, _hierarchy = cv2.findContours(binary, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    quads = []
    for contour in contours[:_MOST]:
        centre, (long, short), angle = cv2.minAreaRect(contour)
        if min(long, short) < _SMALLEST or _mean(heat, np.asarray(contour)) < _MEAN:
            continue
        grow = 2 * long * short * _UNCLIP / (2 * (long + short))
        corners = cv2.boxPoints((centre, (long + grow, short + grow), angle))
        quads.append(_reading_order(corners.astype(np.float32) * scale))
    return quads


def _mean(heat: Heat, contour: npt.NDArray[Any]) -> float:
    import cv2

    x, y, w, h = cv2.boundingRect(contour)
    inside = np.zeros((h, w), np.uint8)
    cv2.fillPoly(inside, [contour.reshape(-1, 2) - (x, y)], 1)
    return float(cv2.mean(heat[y : y + h, x : x + w], inside)[0])


def _reading_order(corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Corners so that the first edge is the line's direction: along the long side, left to right.

    A box clearly taller than wide is read from top to bottom; the recogniser's orientation model finds out if it was
    the other way round.
    """
    edges = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(edges, axis=1)
    long = lengths[0] + lengths[2] >= lengths[1] + lengths[3]
    first = 0 if long else 1
    direction = edges[first]
    backwards = direction[0] < 0 if abs(direction[0]) >= abs(direction[1]) else direction[1] < 0
    start = first + 2 if backwards else first
    quad = np.roll(corners, -start, axis=0)
    # With y growing downwards, corners that run clockwise have a positive turn from the first edge to the second.
    (ax, ay), (bx, by) = quad[1] - quad[0], quad[2] - quad[1]
    if ax * by - ay * bx < 0:
        quad = quad[[1, 0, 3, 2]] if backwards else quad[[3, 2, 1, 0]]
    return np.ascontiguousarray(quad, np.float32)
