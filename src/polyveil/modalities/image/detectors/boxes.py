"""What detectors of things share: pictures brought to a size, boxes that overlap made one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float, float]
"""x, y, w, h in pixels of the picture that was given, and the score in (0, 1)."""

Corners = npt.NDArray[np.float32]
"""(n, 5): x1, y1, x2, y2, score."""


def fitted(rgb: npt.NDArray[np.uint8], size: int, stride: int) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
    """The picture with its longer side at `size`, padded with black below and at the right to whole strides.

    It keeps its proportions, so that nothing is stretched. Returns it with its (height, width) inside the padding.
    """
    import cv2

    height, width = rgb.shape[:2]
    ratio = size / max(height, width)
    tall, wide = max(1, round(height * ratio)), max(1, round(width * ratio))
    padded = np.zeros((-(-tall // stride) * stride, -(-wide // stride) * stride, 3), np.uint8)
    method = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    padded[:tall, :wide] = cv2.resize(rgb, (wide, tall), interpolation=method)
    return padded, (tall, wide)


def within(boxes: Corners, scaled: tuple[int, int], shape: tuple[int, ...]) -> Corners:
    """Boxes of a fitted picture, in pixels of the one it was made from and inside it."""
    boxes[:, 0:4:2] = np.clip(boxes[:, 0:4:2] * (shape[1] / scaled[1]), 0, shape[1])
    boxes[:, 1:4:2] = np.clip(boxes[:, 1:4:2] * (shape[0] / scaled[0]), 0, shape[0])
    inside = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    kept: Corners = boxes[inside]
    return kept


def suppress(boxes: Corners, overlap: float) -> list[Box]:
    """Greedy non-maximum suppression, best first: of boxes that overlap more (intersection over union), one stays."""
    import cv2

    if not len(boxes):
        return []
    rectangles = np.concatenate([boxes[:, :2], boxes[:, 2:4] - boxes[:, :2]], axis=1)
    places = np.asarray(cv2.dnn.NMSBoxes(rectangles.tolist(), boxes[:, 4].tolist(), 0.0, overlap), int)
    return [
        (x, y, w, h, score)
        for (x, y, w, h), score in zip(rectangles[places].tolist(), boxes[places, 4].tolist(), strict=True)
    ]
