"""Faces, by CenterFace (arXiv:1911.03599) at one scale (video) or several (pictures)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil import inference

Box = tuple[float, float, float, float, float]
"""x, y, w, h in pixels of the picture that was given, and the score in (0, 1)."""

_STRIDE = 32  # the network halves the picture five times
_CELL = 4  # pixels of input a cell of the heat map stands for
_OVERLAP = 0.3  # boxes that overlap more than this (intersection over union) are one face


def detect(rgb: npt.NDArray[np.uint8], *, threshold: float = 0.2, size: int = 640) -> list[Box]:
    """Faces of one picture, in one pass.

    Args:
        rgb: (height, width, 3) uint8.
        threshold: least score in (0, 1). 0.2 misses little; 0.05 to 0.1 serves to continue a track.
        size: the longer side is brought to this many pixels. Faces under about 8 pixels at that size are missed.

    Returns:
        Boxes within the picture, best first.
    """
    return _suppress(_pass(rgb, threshold, size))


def detect_multiscale(
    rgb: npt.NDArray[np.uint8], *, threshold: float = 0.2, sizes: tuple[int, ...] = (480, 960, 1600)
) -> list[Box]:
    """Faces of a still picture, from tiny to frame-filling: passes at several sizes, merged.

    A size that would enlarge the picture more than twice, or that is within a quarter of one already done, is left out.
    """
    longest = max(rgb.shape[:2])
    found: list[npt.NDArray[np.float32]] = []
    done: list[int] = []
    for size in sizes:
        capped = min(size, 2 * longest)
        if all(capped > 1.25 * other for other in done):
            done.append(capped)
            found.append(_pass(rgb, threshold, capped))
    return _suppress(np.concatenate(found))


def _pass(rgb: npt.NDArray[np.uint8], threshold: float, size: int) -> npt.NDArray[np.float32]:
    """Raw boxes (n, 5) as x1, y1, x2, y2, score."""
    import cv2

    height, width = rgb.shape[:2]
    ratio = size / max(height, width)
    # The picture keeps its proportions and is padded below and at the right, so that nothing is stretched.
    scaled_h, scaled_w = max(1, round(height * ratio)), max(1, round(width * ratio))
    padded_h, padded_w = -(-scaled_h // _STRIDE) * _STRIDE, -(-scaled_w // _STRIDE) * _STRIDE
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(rgb, (scaled_w, scaled_h), interpolation=method)
    blob = np.zeros((1, 3, padded_h, padded_w), np.float32)
    blob[0, :, :scaled_h, :scaled_w] = resized.transpose(2, 0, 1)
    heat, scale, offset = inference.load("centerface").run({"image": blob})
    boxes = _decode(heat[0, 0], scale[0], offset[0], threshold)
    boxes[:, 0:4:2] = np.clip(boxes[:, 0:4:2] * (width / scaled_w), 0, width)
    boxes[:, 1:4:2] = np.clip(boxes[:, 1:4:2] * (height / scaled_h), 0, height)
    inside = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    kept: npt.NDArray[np.float32] = boxes[inside]
    return kept


def _decode(
    heat: npt.NDArray[np.float32], scale: npt.NDArray[np.float32], offset: npt.NDArray[np.float32], threshold: float
) -> npt.NDArray[np.float32]:
    """Boxes of the cells above the threshold: centre = cell + offset + 1/2, side = exp(scale), both in cells."""
    rows, columns = np.nonzero(heat > threshold)
    tall, wide = np.exp(scale[:, rows, columns]) * _CELL
    centre_y = (rows + offset[0, rows, columns] + 0.5) * _CELL
    centre_x = (columns + offset[1, rows, columns] + 0.5) * _CELL
    corners = [centre_x - wide / 2, centre_y - tall / 2, centre_x + wide / 2, centre_y + tall / 2]
    return np.stack([*corners, heat[rows, columns]], axis=1).astype(np.float32)


def _suppress(boxes: npt.NDArray[np.float32]) -> list[Box]:
    """Greedy non-maximum suppression, best first; boxes come back as x, y, w, h, score."""
    boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[Box] = []
    alive = np.arange(len(boxes))
    while alive.size:
        first, rest = alive[0], alive[1:]
        x1, y1, x2, y2, score = (float(value) for value in boxes[first])
        kept.append((x1, y1, x2 - x1, y2 - y1, score))
        wide = np.minimum(boxes[rest, 2], x2) - np.maximum(boxes[rest, 0], x1)
        tall = np.minimum(boxes[rest, 3], y2) - np.maximum(boxes[rest, 1], y1)
        shared: npt.NDArray[Any] = np.clip(wide, 0, None) * np.clip(tall, 0, None)
        alive = rest[shared / (area[first] + area[rest] - shared) < _OVERLAP]
    return kept
