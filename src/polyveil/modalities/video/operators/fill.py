"""Solid fill in Y, U and V."""

from __future__ import annotations

from functools import cache

BLACK = (0, 0, 0)


@cache
def colour_in_yuv(rgb: tuple[int, ...], depth: int, *, full_range: bool) -> tuple[int, int, int]:
    """8-bit RGB as Y, U, V of `depth` bits (ITU-R BT.709, limited range unless `full_range`)."""
    red, green, blue = (min(255, max(0, int(value))) / 255 for value in rgb[:3])
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    u, v = (blue - luma) / 1.8556, (red - luma) / 1.5748
    levels = (
        (luma * 255, 128 + u * 255, 128 + v * 255) if full_range else (16 + 219 * luma, 128 + 224 * u, 128 + 224 * v)
    )
    y, cb, cr = (round(level) << (depth - 8) for level in levels)
    return y, cb, cr
