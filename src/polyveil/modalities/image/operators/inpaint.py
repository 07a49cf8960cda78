"""Inpainting: the region is made up from what surrounds it (Telea, "An Image Inpainting Technique Based on the Fast
Marching Method", 2004). Nothing from inside the region is read.
"""

from __future__ import annotations

import numpy as np

from polyveil.modalities.image.operators.fill import fill
from polyveil.modalities.image.operators.interface import Patch, Window

_RING = 8  # pixels of surroundings that are read
_LARGEST = 160  # pixels along the longer side at which the region is made up; it is smooth anyway


def inpaint(pixels: Patch, window: Window, *, radius: float = 3.0) -> Patch:
    """The window made up from its surroundings; solid in pictures deeper than 8 bits, or where there are none."""
    import cv2

    height, width = pixels.shape[:2]
    whole = window.height >= height and window.width >= width
    if pixels.dtype != np.uint8 or whole:
        return fill(pixels, window)
    scale = min(1.0, _LARGEST / max(window.height, window.width))
    ring = max(_RING, round(_RING / scale))
    top, left = max(0, window.top - ring), max(0, window.left - ring)
    bottom, right = min(height, window.bottom + ring), min(width, window.right + ring)
    around = pixels[top:bottom, left:right].copy()
    inside = np.zeros(around.shape[:2], np.uint8)
    inner = (
        slice(window.top - top, window.bottom - top),
        slice(window.left - left, window.right - left),
    )
    inside[inner] = 255
    around[inner] = 0
    size = (max(4, round(around.shape[1] * scale)), max(4, round(around.shape[0] * scale)))
    small = cv2.resize(around, size, interpolation=cv2.INTER_NEAREST)
    # Any touched cell counts as inside, so that no pixel of the region seeps into its own replacement.
    small_inside = (cv2.resize(inside, size, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    painted = cv2.inpaint(small, small_inside, radius, cv2.INPAINT_TELEA)
    grown = cv2.resize(painted, (around.shape[1], around.shape[0]), interpolation=cv2.INTER_CUBIC)
    result: Patch = np.asarray(grown).reshape(around.shape)[inner].astype(np.uint8)
    return result
