"""Less noise before encoding, over time and place, straight in the planes. Never before detection.

FFmpeg's hqdn3d is in no permissive build, so this is its idea in a few lines: a recursive mean over time that gives way
where the picture changes by more than the noise explains, so that nothing leaves a trail.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.denoise import noise_sigma
from polyveil.modalities.video.reader import Planes, Video

NOISY = 6.0
"""Standard deviation in 8-bit grey levels from which on a video is denoised."""

_MEMORY = 0.7  # weight of the past where nothing changed
_EVERY = 50  # frames between estimates of the noise


class Denoiser:
    """Cleans the frames of one video in order. Does nothing while the noise is low."""

    def __init__(self, video: Video) -> None:
        self._depth = video.depth
        self._past: list[npt.NDArray[np.float32]] | None = None
        self._count = 0
        self._sigma = 0.0
        self.active = False

    def clean(self, planes: Planes) -> Planes:
        """The planes with less noise; the same ones where there is little."""
        if self._count % _EVERY == 0:
            luma: npt.NDArray[Any] = planes[0]
            self._sigma = noise_sigma(np.ascontiguousarray(luma >> (self._depth - 8)).astype(np.uint8))
        self._count += 1
        if self._sigma <= NOISY:
            self._past = None
            return planes
        self.active = True
        if self._past is None or self._past[0].shape != planes[0].shape:
            self._past = [plane.astype(np.float32) for plane in planes]
            return planes
        # Three deviations of a difference of two noisy values: beyond it something moved.
        reach = 3 * self._sigma * 2**0.5 * 2 ** (self._depth - 8)
        self._past = [_mean(past, plane, reach) for past, plane in zip(self._past, planes, strict=True)]
        y, u, v = (np.rint(past).astype(planes[0].dtype) for past in self._past)
        return y, u, v


def _mean(past: npt.NDArray[np.float32], plane: npt.NDArray[Any], reach: float) -> npt.NDArray[np.float32]:
    """Recursive mean whose memory fades to nothing at a change of `reach`, smoothed over 5 x 5 pixels."""
    import cv2

    now = plane.astype(np.float32)
    change = np.asarray(cv2.blur(np.abs(now - past), (5, 5)))
    weight = _MEMORY * np.clip(2 - 3 * change / reach, 0, 1)
    mean: npt.NDArray[np.float32] = (now + weight * (past - now)).astype(np.float32)
    return mean
