"""Figures for the catalogue: sharpness and exposure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_SIDE = 512


def quality(grey: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Content-free figures of a grey picture (h, w) uint8.

    sharpness: variance of the Laplacian at 512 pixels (Pech-Pacheco et al., 2000); below about 50 a photo is blurred.
    brightness: mean level in [0, 1]. clipped: the part of pixels that are black or white, in [0, 1].
    """
    import cv2

    shrink = max(grey.shape) / _SIDE
    if shrink > 1:
        size = (max(1, round(grey.shape[1] / shrink)), max(1, round(grey.shape[0] / shrink)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA)).astype(np.uint8)
    return {
        "sharpness": round(float(cv2.Laplacian(grey, cv2.CV_64F).var()), 2),
        "brightness": round(float(grey.mean()) / 255, 4),
        "clipped": round(float(((grey <= 2) | (grey >= 253)).mean()), 4),
    }
