"""Where lines of text lie: differentiable binarisation (Liao et al., arXiv:1911.08947) and its boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.ocr.models import model

_STRIDE = 32
_BINARY = 0.3  # least probability of a text pixel
_MEAN = 0.45  # least mean probability inside a box
_UNCLIP = 1.6  # the network learns shrunken lines; offset = area * ratio / perimeter (section 3.4 of the paper)
_SMALLEST = 3.0  # pixels of the map
_MOST = 2000  # lines a picture

Quads = list[npt.NDArray[np.float32]]


def detect(rgb: npt.NDArray[np.uint8], *, longest: int = 1600, shortest: int = 736) -> Quads:
    """Quads (4, 2) of text lines in pixels of `rgb`, top to bottom.

    The picture is brought to a shorter side of at least `shortest` pixels (small print is enlarged up to twice), but to
    no more than `longest` on the longer side.
    """
    import cv2

    height, width = rgb.shape[:2]
    ratio = min(max(1.0, shortest / min(height, width)), 2.0, longest / max(height, width))
    rows, columns = (max(_STRIDE, -(-round(side * ratio) // _STRIDE) * _STRIDE) for side in (height, width))
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
    resized = cv2.resize(rgb, (columns, rows), interpolation=method)
    blob = (resized[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255 - 0.5) / 0.5
    heat = model("detect").run({"x": blob})[0][0, 0]
    scale = np.array([width / columns, height / rows], np.float32)
    quads = [quad * scale for quad in _boxes(heat)]
    return sorted(quads, key=lambda quad: (float(quad[:, 1].min()), float(quad[:, 0].min())))


def _boxes(heat: npt.NDArray[np.float32]) -> Quads:
    import cv2

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
        quads.append(_reading_order(corners.astype(np.float32)))
    return quads


def _mean(heat: npt.NDArray[np.float32], contour: npt.NDArray[Any]) -> float:
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
