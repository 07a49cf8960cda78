"""Mosaic of few, noisy tiles.

Plain mosaics of text and faces are reversed by trying candidates (Hill et al., "On the (In)effectiveness of Mosaicing
and Blurring as Tools for Document Redaction", PoPETs 2016). Two things stand against that here: at most `tiles` tiles
along the longer side, and noise on every tile.
"""

from __future__ import annotations

import numpy as np

from polyveil.modalities.image.operators.interface import Patch, Window, random_source


def mosaic(pixels: Patch, window: Window, *, tiles: int = 6, noise: float = 0.08) -> Patch:
    """Tiles of mean colour. `noise` is the standard deviation added to each, relative to the full range."""
    import cv2

    rows, columns = window.slices
    source = pixels[rows, columns].astype(np.float32)
    tile = max(window.height, window.width) / max(1, min(int(tiles), 12))
    shape = (max(1, round(window.width / tile)), max(1, round(window.height / tile)))
    small = np.asarray(cv2.resize(source, shape, interpolation=cv2.INTER_AREA))
    return spread(small, pixels, window, noise=noise, method=cv2.INTER_NEAREST)


def spread(small: Patch, pixels: Patch, window: Window, *, noise: float, method: int) -> Patch:
    """Noise on a reduced patch, then back to the window's size and the picture's type."""
    import cv2

    if pixels.dtype.kind == "u":
        low, high = 0.0, float(np.iinfo(pixels.dtype).max)
    else:
        low, high = float(pixels.min()), float(pixels.max())
    noisy = small + random_source().normal(0.0, max(0.02, float(noise)) * (high - low), small.shape)
    grown = np.asarray(cv2.resize(noisy.astype(np.float32), (window.width, window.height), interpolation=method))
    return np.clip(grown.reshape(pixels[window.slices].shape), low, high).astype(pixels.dtype)
