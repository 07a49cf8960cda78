"""QR codes and bar codes, by ZXing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polyveil.errors import MissingExtraError
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region

_LONGEST = 2400  # pixels; larger pictures are searched reduced first, then in full


def detect(rgb: npt.NDArray[np.uint8]) -> list[Finding]:
    """Every readable code, and those that were found but do not decode, as QR_CODE. `rgb` is (h, w, 3) uint8."""
    try:
        import zxingcpp
    except ImportError as error:
        raise MissingExtraError("Finding QR codes and bar codes", "visual") from error
    import cv2

    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
    shrink = max(1.0, max(grey.shape) / _LONGEST)
    if shrink > 1:
        size = (round(grey.shape[1] / shrink), round(grey.shape[0] / shrink))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))
    found = []
    for code in zxingcpp.read_barcodes(grey, return_errors=True):
        corners = code.position
        points = [corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left]
        region = _region([(point.x * shrink, point.y * shrink) for point in points], rgb.shape)
        if region is not None:
            found.append(Finding("QR_CODE", region, 1.0 if code.valid else 0.5, "zxing", value=code.text or None))
    return found


def _region(points: list[tuple[float, float]], shape: tuple[int, ...]) -> Region | None:
    """The upright box around a code, with a border; a linear code is given height: only one scan line is known."""
    x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
    y0, y1 = min(y for _, y in points), max(y for _, y in points)
    wide, tall = x1 - x0, y1 - y0
    if max(wide, tall) < 8:
        return None
    if tall < 0.15 * wide:
        y0, y1 = y0 - 0.2 * wide, y1 + 0.2 * wide
    elif wide < 0.15 * tall:
        x0, x1 = x0 - 0.2 * tall, x1 + 0.2 * tall
    border = 0.04 * max(wide, tall) + 2
    left, top = max(0, int(x0 - border)), max(0, int(y0 - border))
    right, bottom = min(shape[1], int(x1 + border) + 1), min(shape[0], int(y1 + border) + 1)
    if right <= left or bottom <= top:
        return None
    return Region(left, top, right - left, bottom - top)
