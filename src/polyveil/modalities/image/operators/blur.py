"""Blur that cannot be sharpened back: the region is reduced to a few noisy samples before it is smoothed."""

from __future__ import annotations

from polyveil.modalities.image.operators.interface import Patch, Window
from polyveil.modalities.image.operators.mosaic import reduced, spread


def blur(pixels: Patch, window: Window, *, samples: int = 4, noise: float = 0.12, contrast: float = 0.3) -> Patch:
    """At most `samples` colours along the longer side, weakened and with noise as in a mosaic, joined smoothly."""
    import cv2

    small = reduced(pixels, window, min(int(samples), 10))
    return spread(small, pixels, window, noise=noise, contrast=contrast, method=cv2.INTER_CUBIC)
