"""What the display was on which an HDR film was graded (SMPTE ST 2086), and how bright it gets (CTA-861.3)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

_MASTERING, _LIGHT = "MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"
_FRACTIONS = 10  # red, green, blue and white, each x and y; least and greatest luminance (AVMasteringDisplayMetadata)
_STEP, _DIM = 50_000, 10_000  # units of chromaticity and of luminance in H.265 (ITU-T H.265, D.3.28)


@dataclass(frozen=True, slots=True)
class Mastering:
    """chromaticity: x and y of red, green, blue and white. luminance: least and greatest, in candela a square metre.

    light: greatest of a pixel and of a frame's mean, in candela a square metre, or None.
    """

    chromaticity: tuple[tuple[float, float], ...]
    luminance: tuple[float, float]
    light: tuple[int, int] | None = None

    def options(self, codec: str) -> str:
        """The same as parameters of SVT-AV1 or x265, with a colon before each; '' for other encoders."""
        red, green, blue, white = self.chromaticity
        least, most = self.luminance
        light = "" if self.light is None else f"{self.light[0]},{self.light[1]}"
        points = (("G", green), ("B", blue), ("R", red), ("WP", white))
        if codec == "av1":
            shown = "".join(f"{name}({x:.5f},{y:.5f})" for name, (x, y) in points)
            return f":mastering-display={shown}L({most:.4f},{least:.4f})" + (f":content-light={light}" if light else "")
        if codec == "h265":
            shown = "".join(f"{name}({round(x * _STEP)},{round(y * _STEP)})" for name, (x, y) in points)
            levels = f"L({round(most * _DIM)},{round(least * _DIM)})"
            return f":master-display={shown}{levels}" + (f":max-cll={light}" if light else "")
        return ""


def mastering(frame: Any) -> Mastering | None:
    """What a decoded frame (av.VideoFrame) says of it; None if it says nothing, or no sense."""
    said = {one.type.name: bytes(one) for one in frame.side_data}
    raw = said.get(_MASTERING, b"")
    if len(raw) < 8 * _FRACTIONS + 8:
        return None
    numbers = struct.unpack_from(f"<{2 * _FRACTIONS + 2}i", raw)
    above, below = numbers[: 2 * _FRACTIONS : 2], numbers[1 : 2 * _FRACTIONS : 2]
    if not all(numbers[-2:]) or min(below) <= 0 or min(above) < 0:
        return None
    values = [upper / lower for upper, lower in zip(above, below, strict=True)]
    points = tuple((values[at], values[at + 1]) for at in range(0, 8, 2))
    if any(side > 1 for point in points for side in point) or not values[8] < values[9] <= 10_000:
        return None
    light = said.get(_LIGHT, b"")
    levels = struct.unpack_from("<2I", light) if len(light) >= 8 else (0, 0)
    return Mastering(points, (values[8], values[9]), levels if 0 < max(levels) <= 10_000 else None)
