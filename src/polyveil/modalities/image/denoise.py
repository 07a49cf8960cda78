"""Noise: how much there is, and less of it. Never before detection."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.picture import Pixels

NOISY = 6.0
"""Standard deviation in 8-bit grey levels from which on a picture is denoised; film and phone noise lies above it."""

_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_FLAT = 0.5  # part of the blocks, the flattest, that are taken to hold noise only
_BLOCK = 16
_SAMPLE = 1_000_000  # pixels
_BAND, _REACH = 1024, 2  # rows


def noise_sigma(grey: npt.NDArray[np.uint8]) -> float:
    """Standard deviation of the noise, in grey levels.

    Immerkaer, "Fast Noise Variance Estimation" (CVIU 1996), over the flatter half of 16 x 16 blocks, since texture and
    print respond to the operator as noise does. A half-tone or very detailed picture is overestimated, so the median
    of those blocks is taken.
    """
    import cv2

    height, width = grey.shape
    if min(height, width) < 2 * _BLOCK:
        return 0.0
    # Every n-th band of a large picture says as much as all of them.
    step = max(1, height * width // _SAMPLE)
    bands = [grey[top : top + _BLOCK] for top in range(0, height - _BLOCK + 1, step * _BLOCK)]
    columns = width // _BLOCK
    blocks = [
        np.abs(cv2.filter2D(band.astype(np.float32), -1, _KERNEL))[:, : columns * _BLOCK]
        .reshape(_BLOCK, columns, _BLOCK)
        .mean(axis=(0, 2))
        for band in bands
    ]
    means = np.sort(np.concatenate(blocks))
    flat = means[: max(1, int(len(means) * _FLAT))]
    return float(np.median(flat) * np.sqrt(np.pi / 2) / 6)


def denoise(pixels: Pixels, sigma: float) -> Pixels:
    """Non-local means (Buades et al., 2005) of strength `sigma`; bilateral above four megapixels. 8 bits only."""
    import cv2

    if pixels.dtype != np.uint8:
        return pixels
    if pixels.shape[0] * pixels.shape[1] > 4_000_000:
        return _bilateral(pixels, 2.5 * sigma)
    if pixels.ndim == 2:
        return np.asarray(cv2.fastNlMeansDenoising(pixels, None, 0.9 * sigma, 5, 15)).astype(np.uint8)
    strength = 0.9 * sigma
    return np.asarray(cv2.fastNlMeansDenoisingColored(pixels, None, strength, strength, 5, 15)).astype(np.uint8)


def _bilateral(pixels: Pixels, strength: float) -> Pixels:
    """In bands that overlap by the filter's reach, so that a large picture is held twice and not more."""
    import cv2

    result = np.empty_like(pixels)
    for top in range(0, pixels.shape[0], _BAND):
        above, bottom = min(top, _REACH), min(pixels.shape[0], top + _BAND)
        band = cv2.bilateralFilter(pixels[top - above : bottom + _REACH], 2 * _REACH + 1, strength, 3)
        result[top:bottom] = np.asarray(band)[above : above + bottom - top]
    return result
