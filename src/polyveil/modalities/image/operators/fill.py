"""Solid fill: nothing of the region is left, not even its mean colour."""

from __future__ import annotations

import numpy as np

from polyveil.modalities.image.operators.interface import Patch, Window


def fill(pixels: Patch, window: Window, *, colour: tuple[int, int, int] | list[int] | None = None) -> Patch:
    """Replace the window by one colour: black, or `colour` as 8-bit RGB."""
    rows, columns = window.slices
    patch = np.empty_like(pixels[rows, columns])
    if colour is None or pixels.ndim == 2:
        patch[...] = _least(pixels)
    else:
        scale = np.iinfo(pixels.dtype).max / 255 if pixels.dtype.kind == "u" else 1.0
        patch[...] = (np.asarray(colour[:3], np.float64) * scale).astype(pixels.dtype)
    return patch


def _least(pixels: Patch) -> float:
    """Black: 0, or the least value that is one where values may lie anywhere."""
    if pixels.dtype.kind == "u":
        return 0
    finite = pixels[np.isfinite(pixels)]
    return float(finite.min()) if finite.size else 0
