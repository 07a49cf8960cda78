"""People and screens as wholes, by NanoDet-g (github.com/RangiLyu/nanodet), a detector of common things.

It is a one-stage detector with generalised focal loss (Li et al., arXiv:2006.04388): each cell of three maps has a
score a class and, for each side of the box, a distribution over distances.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from polyveil import inference
from polyveil.modalities.image.detectors.boxes import Box, Corners, fitted, suppress, within

BODY, SCREEN = "PERSON_BODY", "SCREEN"
CLASSES = ("person", "bicycle", "car", "motorcycle", "bus", "truck", "tv", "laptop", "cell phone")
"""What the network tells apart, in its order."""

ENTITIES = {BODY: ("person",), SCREEN: ("tv", "laptop", "cell phone")}
"""The classes of each entity type."""

VEHICLES = ("car", "motorcycle", "bus", "truck")

_MEAN, _DEVIATION = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)  # blue, green, red, as it was trained
_STRIDES = (8, 16, 32)
_BINS = 11
_OVERLAP = 0.55  # intersection over union from which on two boxes are one thing
SIZES = (416, 800, 1536)
"""Pixels of the longer side in the passes over a still picture; 416 is what the network was trained at."""

_FACE_WIDE, _FACE_TALL, _FACE_ABOVE = 3.2, 7.5, 0.5  # of a standing person, in widths and heights of the face
_HELD = 0.6  # of a face in a body's box


def detect(
    rgb: npt.NDArray[np.uint8],
    classes: Sequence[str],
    *,
    threshold: float,
    sizes: Sequence[int] = SIZES[:1],
    swift: bool = False,
) -> list[Box]:
    """Things of some classes in a picture (h, w, 3) uint8, best first.

    threshold: least score in (0, 1). sizes: one pass at each, those that would enlarge more than twice left out.
    swift: in fewer bits where the processor gains by it, see `inference.load`.
    """
    wanted = [CLASSES.index(name) for name in classes]
    longest = max(rgb.shape[:2])
    used = [size for size in sizes if size <= 2 * longest] or [min(sizes)]
    found = [_pass(rgb, wanted, threshold, size, swift=swift) for size in used]
    return suppress(np.concatenate(found), _OVERLAP)


def with_faces(bodies: Sequence[Box], faces: Collection[Box], shape: tuple[int, ...]) -> list[Box]:
    """The bodies, and for each face that lies in none the place where its body must be: a standing person's."""
    added = []
    for x, y, w, h, score in faces:
        if not any(_part((x, y, w, h), body) > _HELD for body in bodies):
            left, right = max(0.0, x + w / 2 - _FACE_WIDE * w / 2), min(shape[1], x + w / 2 + _FACE_WIDE * w / 2)
            top, bottom = max(0.0, y - _FACE_ABOVE * h), min(shape[0], y + _FACE_TALL * h)
            added.append((left, top, right - left, bottom - top, score))
    return [*bodies, *added]


def _part(box: tuple[float, float, float, float], other: Box) -> float:
    """Of a box's area, what lies in the other."""
    wide = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    tall = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    return max(0.0, wide) * max(0.0, tall) / max(1e-6, box[2] * box[3])


def _pass(rgb: npt.NDArray[np.uint8], wanted: Sequence[int], threshold: float, size: int, *, swift: bool) -> Corners:
    padded, scaled = fitted(rgb, size, _STRIDES[-1])
    blob = np.zeros((1, 3, *padded.shape[:2]), np.float32)
    inside = (padded[: scaled[0], : scaled[1], ::-1].astype(np.float32) - _MEAN) / _DEVIATION
    blob[0, :, : scaled[0], : scaled[1]] = inside.transpose(2, 0, 1)
    maps = inference.load("nanodet", swift=swift).run({"image": blob})
    boxes = [
        _decode(maps[2 * level][0], maps[2 * level + 1][0], stride, wanted, threshold)
        for level, stride in enumerate(_STRIDES)
    ]
    return within(np.concatenate(boxes), scaled, rgb.shape)


def _decode(
    scores: npt.NDArray[np.float32],
    sides: npt.NDArray[np.float32],
    stride: int,
    wanted: Sequence[int],
    threshold: float,
) -> Corners:
    """Boxes of one map: scores (classes, rows, columns); sides (4 x bins, …), logits of left, top, right, bottom."""
    best = scores[list(wanted)].max(axis=0)
    rows, columns = np.nonzero(best > threshold)
    logits = sides[:, rows, columns].reshape(4, _BINS, -1)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    left, top, right, bottom = (shares * np.arange(_BINS)[None, :, None]).sum(axis=1) * stride
    across, down = (columns + 0.5) * stride, (rows + 0.5) * stride
    corners = [across - left, down - top, across + right, down + bottom, best[rows, columns]]
    return np.stack(corners, axis=1).astype(np.float32)
