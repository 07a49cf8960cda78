"""Blur that cannot be sharpened back: the region is reduced to a few noisy samples before it is smoothed."""

from __future__ import annotations

import numpy as np

from polyveil.modalities.image.operators.interface import Patch, Window
from polyveil.modalities.image.operators.mosaic import spread


def blur(pixels: Patch, window: Window, *, samples: int = 5, noise: float = 0.06) -> Patch:
    """At most `samples` colours along the longer side, each with noise (relative deviation), joined smoothly."""
    import cv2

    rows, columns = window.slices
    source = pixels[rows, columns].astype(np.float32)
    step = max(window.height, window.width) / max(1, min(int(samples), 10))
    shape = (max(1, round(window.width / step)), max(1, round(window.height / step)))
    small = np.asarray(cv2.resize(source, shape, interpolation=cv2.INTER_AREA))
    return spread(small, pixels, window, noise=noise, method=cv2.INTER_CUBIC)
