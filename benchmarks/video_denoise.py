"""Gain (PSNR, dB) and cost (processor ms a frame of 640 x 360) of the video denoisers on a synthetic film, 8 bits.

python benchmarks/video_denoise.py
"""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from polyveil.modalities.video.denoise import Denoiser, Method
from polyveil.modalities.video.reader import Video

FRAMES, WIDTH, HEIGHT = 12, 640, 360


def main() -> None:
    """Print a row for each camera, noise and method."""
    cv2.setNumThreads(1)
    methods: tuple[Method, ...] = ("hqdn3d", "nlmeans")
    for pan in (0, 4):
        for sigma in (5.0, 8.0, 15.0):
            for method in methods:
                before, after, cost = run(pan, sigma, method)
                print(f"pan {pan}  sigma {sigma:4.1f}  {method:8} {before:5.1f} -> {after:5.1f} dB  {cost:5.1f} ms")


def run(pan: int, sigma: float, method: Method) -> tuple[float, float, float]:
    """PSNR of the last frame's luma before and after, and processor milliseconds a frame."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(60, 190, (HEIGHT // 24 + 2, 40), dtype=np.uint8)
    wide = np.asarray(cv2.resize(coarse, (WIDTH + pan * FRAMES, HEIGHT), interpolation=cv2.INTER_CUBIC))
    for column in range(40, wide.shape[1], 90):
        cv2.rectangle(wide, (column, 100), (column + 40, 180), 235, -1)
        cv2.putText(wide, "edge", (column, 260), 0, 0.8, 10, 2)
    denoiser = Denoiser(cast("Video", SimpleNamespace(depth=8)), method)
    cost = 0.0
    for number in range(FRAMES):
        clean = wide[:, pan * number : pan * number + WIDTH]
        planes = [
            (plane + rng.normal(0, sigma, plane.shape)).clip(0, 255).astype(np.uint8)
            for plane in (clean, np.full((HEIGHT // 2, WIDTH // 2), 128), np.full((HEIGHT // 2, WIDTH // 2), 128))
        ]
        began = time.process_time()
        cleaned = denoiser.clean((planes[0], planes[1], planes[2]))
        cost += time.process_time() - began
    return psnr(planes[0], clean), psnr(cleaned[0], clean), 1000 * cost / FRAMES


def psnr(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> float:
    """Of 8-bit planes, in dB."""
    return float(10 * np.log10(255**2 / np.mean((a.astype(np.float64) - b) ** 2)))


if __name__ == "__main__":
    main()
