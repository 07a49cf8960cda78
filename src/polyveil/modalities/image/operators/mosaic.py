"""Mosaic of few, pale, noisy tiles.

Plain mosaics of text and faces are reversed by trying candidates (Hill et al., "On the (In)effectiveness of Mosaicing
and Blurring as Tools for Document Redaction", PoPETs 2016). Four things stand against that here: at most `tiles` tiles
along the longer side, a part of their contrast only, the mean of the surroundings instead of the region's own, and
noise on every tile. Tiles differ in brightness alone: their colour is that of the surroundings, as in films.
`benchmarks/attacks.py` tries candidates.
"""

from __future__ import annotations

import numpy as np

from polyveil.modalities.image.operators.interface import Patch, Window, kept_steady

_RING = 8  # pixels of surroundings whose mean the region gets
_LEAST_NOISE, _MOST_CONTRAST = 0.05, 0.6
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def mosaic(pixels: Patch, window: Window, *, tiles: int = 4, noise: float = 0.12, contrast: float = 0.3) -> Patch:
    """Tiles of weakened mean brightness, in the colour of the surroundings.

    noise: standard deviation added to each, relative to the full range. contrast: the part that is kept of what tells
    the tiles apart.
    """
    import cv2

    small = reduced(pixels, window, min(int(tiles), 12))
    return spread(small, pixels, window, noise=noise, contrast=contrast, method=cv2.INTER_NEAREST)


def reduced(pixels: Patch, window: Window, count: int) -> Patch:
    """Mean colours of at most `count` cells along the longer side, float32."""
    import cv2

    source = pixels[window.slices].astype(np.float32)
    cell = max(window.height, window.width) / max(1, count)
    shape = (max(1, round(window.width / cell)), max(1, round(window.height / cell)))
    small = np.asarray(cv2.resize(source, shape, interpolation=cv2.INTER_AREA))
    return small.reshape(shape[1], shape[0], *pixels.shape[2:])


def spread(small: Patch, pixels: Patch, window: Window, *, noise: float, contrast: float, method: int) -> Patch:
    """A reduced patch's brightness, weakened and with noise, at the window's size and in the picture's type."""
    import cv2

    if small.ndim == 3:
        # Noise of its own in each channel would be red, green and blue tiles, and three looks at the region.
        small = small[..., :3] @ _LUMA if small.shape[2] >= 3 else small[..., 0]
    if pixels.dtype.kind == "u":
        low, high = 0.0, float(np.iinfo(pixels.dtype).max)
    else:
        low, high = float(pixels.min()), float(pixels.max())
    part = min(_MOST_CONTRAST, max(0.0, float(contrast)))
    sigma = max(_LEAST_NOISE, float(noise)) * (high - low)

    def weakened(source: np.random.Generator) -> Patch:
        return np.asarray(part * (small - small.mean(axis=(0, 1))) + source.normal(0.0, sigma, small.shape))

    ground = np.broadcast_to(surroundings(pixels, window, (low + high) / 2), pixels.shape[2:])
    offset = kept_steady(small.shape, weakened)
    noisy = (ground + (offset[..., None] if pixels.ndim == 3 else offset)).astype(np.float32)
    grown = np.asarray(cv2.resize(noisy, (window.width, window.height), interpolation=method))
    result: Patch = np.clip(grown.reshape(pixels[window.slices].shape), low, high).astype(pixels.dtype)
    return result


def surroundings(pixels: Patch, window: Window, middle: float) -> Patch | float:
    """Mean colour of the window's surroundings; `middle` where there are none."""
    top, left = max(0, window.top - _RING), max(0, window.left - _RING)
    near = pixels[top : window.bottom + _RING, left : window.right + _RING]
    outside = np.ones(near.shape[:2], bool)
    outside[window.top - top : window.bottom - top, window.left - left : window.right - left] = False
    return np.asarray(near[outside].mean(axis=0, dtype=np.float64)) if bool(outside.any()) else middle
