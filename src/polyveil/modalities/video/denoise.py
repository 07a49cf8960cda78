"""Less noise before encoding, straight in the planes of 8 to 12 bits. Never before detection.

FFmpeg's hqdn3d is in no permissive build, so `hqdn3d` is its idea in a few lines: a recursive mean over time that gives
way where the picture changes by more than the noise explains, so that nothing leaves a trail. `nlmeans` is non-local
means (Buades et al., "A non-local algorithm for image denoising", 2005) within each frame: cleaner where things move,
at some 25 times the cost. FFmpeg's filter of that name would bring 10 bits down to 8; OpenCV's does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.denoise import noise_sigma
from polyveil.modalities.video.reader import Planes, Video

NOISY = 6.0
"""Standard deviation in 8-bit grey levels from which on a video is denoised by `auto`."""

_CLEAN = 1.0  # the same below which there is nothing to do, whatever the policy asks for
_MEMORY = 0.7  # weight of the past where nothing changed
_EVERY = 50  # frames between estimates of the noise
_TEMPLATE, _SEARCH = 5, 9  # pixels, of non-local means

Method = Literal["auto", "off", "hqdn3d", "nlmeans"]
Plane = npt.NDArray[Any]


class Denoiser:
    """Cleans the frames of one video in order, by the noise that it estimates now and then.

    method: 'auto' is hqdn3d from `NOISY` on, and nothing below.
    """

    def __init__(self, video: Video, method: Method = "auto") -> None:
        self._depth = video.depth
        self._least = NOISY if method == "auto" else _CLEAN
        self._clean: Callable[[Planes], Planes] = self._within if method == "nlmeans" else self._over_time
        self._off = method == "off"
        self._past: list[npt.NDArray[np.float32]] | None = None
        self._count = 0
        self._sigmas: tuple[float, ...] = ()  # of the planes, in 8-bit grey levels
        self.active = False

    def clean(self, planes: Planes) -> Planes:
        """The planes with less noise; the same ones where there is little."""
        if self._off:
            return planes
        if self._count % _EVERY == 0:
            self._sigmas = tuple(noise_sigma((plane >> (self._depth - 8)).astype(np.uint8)) for plane in planes)
        self._count += 1
        if self._sigmas[0] <= self._least:
            self._past = None
            return planes
        self.active = True
        return self._clean(planes)

    def _over_time(self, planes: Planes) -> Planes:
        if self._past is None or self._past[0].shape != planes[0].shape:
            self._past = [plane.astype(np.float32) for plane in planes]
            return planes
        # Three deviations of a difference of two noisy values: beyond it something moved.
        reach = 3 * self._sigmas[0] * 2**0.5 * 2 ** (self._depth - 8)
        self._past = [_mean(past, plane, reach) for past, plane in zip(self._past, planes, strict=True)]
        y, u, v = (np.rint(past).astype(planes[0].dtype) for past in self._past)
        return y, u, v

    def _within(self, planes: Planes) -> Planes:
        pairs = zip(planes, self._sigmas, strict=True)
        y, u, v = (_alike(plane, sigma, self._depth) if sigma > _CLEAN else plane for plane, sigma in pairs)
        return y, u, v


def _mean(past: npt.NDArray[np.float32], plane: Plane, reach: float) -> npt.NDArray[np.float32]:
    """Recursive mean whose memory fades to nothing at a change of `reach`, smoothed over 5 x 5 pixels."""
    import cv2

    now = plane.astype(np.float32)
    change = np.asarray(cv2.blur(np.abs(now - past), (5, 5)))
    weight = _MEMORY * np.clip(2 - 3 * change / reach, 0, 1)
    mean: npt.NDArray[np.float32] = (now + weight * (past - now)).astype(np.float32)
    return mean


def _alike(plane: Plane, sigma: float, depth: int) -> Plane:
    """Non-local means of strength `sigma`, counted in at least 10 bits: the 16-bit form weighs by absolute distance."""
    import cv2

    more = max(0, 10 - depth)
    deep = plane.astype(np.uint16) << more
    mean = np.asarray(
        cv2.fastNlMeansDenoising(deep, [sigma * 2 ** (depth + more - 8)], None, _TEMPLATE, _SEARCH, cv2.NORM_L1)
    )
    rounded = (mean.astype(np.uint32) + (1 << more >> 1)) >> more
    result: Plane = np.minimum(rounded, 2**depth - 1).astype(plane.dtype)
    return result
