"""A decoded picture: upright frames in their own depth, and what is needed to write them again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Picture:
    """One still or animated picture, upright.

    frames: one array a frame, (h, w) for grey and (h, w, 3) for RGB, uint8, uint16, int16, int32 or float32. Frames of
        one picture have one size, save the pages of a document.
    alpha: one (h, w) uint8 array a frame (0 transparent), or empty when the picture has no transparency.
    format: Pillow's name of the format that was read ('JPEG').
    icc: the colour profile as it was in the file, not yet cleaned, or None.
    durations: milliseconds a frame, empty for a still picture. loop: times an animation plays, 0 for ever.
    notes: (field name, text) of the EXIF that was in the file. It is never written.
    bits: a sample in the file; deeper ones than 8 fill 16. colour: primaries, transfer and matrix (ISO/IEC 23091-2)
    where the file gave them by number, as high dynamic range does.
    left_out: what of the file is no picture and is not carried ('sensor data'), or ''.
    """

    frames: tuple[Pixels, ...]
    format: str
    alpha: tuple[npt.NDArray[np.uint8], ...] = ()
    icc: bytes | None = field(default=None, repr=False)
    durations: tuple[int, ...] = ()
    loop: int = 0
    notes: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    bits: int = 8
    colour: tuple[int, int, int] | None = None
    left_out: str = ""

    def with_frames(self, frames: tuple[Pixels, ...]) -> Picture:
        return replace(self, frames=frames)


def view(pixels: Pixels, alpha: npt.NDArray[np.uint8] | None = None) -> npt.NDArray[np.uint8]:
    """What a viewer would see, (h, w, 3) uint8: stretched to 8 bits, transparency laid on a contrasting ground."""
    if pixels.dtype == np.uint16 and pixels.ndim == 3:
        pixels = (pixels >> 8).astype(np.uint8)  # a deep photograph fills its range
    grey: npt.NDArray[np.uint8] = pixels if pixels.dtype == np.uint8 else window(pixels)
    rgb = np.repeat(grey[..., None], 3, axis=2) if grey.ndim == 2 else grey
    if alpha is None or bool((alpha == 255).all()):
        return np.ascontiguousarray(rgb)
    weight = alpha[..., None].astype(np.float32) / 255
    seen = float((rgb.mean(axis=2) * weight[..., 0]).sum() / max(1.0, float(weight.sum())))
    ground = 255.0 if seen < 128 else 0.0  # dark ink is laid on white, bright ink on black
    blended: npt.NDArray[np.uint8] = (rgb * weight + ground * (1 - weight)).astype(np.uint8)
    return blended


def window(pixels: Pixels) -> npt.NDArray[np.uint8]:
    """Any range to 8 bits, between the 0.5th and the 99.5th percentile, but never so that bright overlays vanish."""
    values = pixels.astype(np.float32)
    sample = values[:: max(1, values.shape[0] // 512), :: max(1, values.shape[1] // 512)]
    finite = sample[np.isfinite(sample)]
    low, high = (float(value) for value in np.percentile(finite, (0.5, 99.5))) if finite.size else (0.0, 1.0)
    if high <= low:
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    within = np.clip(np.nan_to_num(values, nan=low, posinf=high, neginf=low), low, high)
    scaled = (within - low) * (255 / max(high - low, 1e-6))
    levels: npt.NDArray[np.uint8] = np.clip(scaled, 0, 255).astype(np.uint8)
    return levels
