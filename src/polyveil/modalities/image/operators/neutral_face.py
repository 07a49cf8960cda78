"""A drawn face in place of the real one: always the same, so that a picture still shows that somebody is there.

Nothing of the window is read. Each drawing is of grey tones, which a video draws into its luma alone.
"""

from __future__ import annotations

import numpy as np

from polyveil.modalities.image.operators.interface import Patch, Window

_GROUND, _SKIN, _DARK, _LIP = 0.42, 0.72, 0.25, 0.5  # grey levels in [0, 1]
_SHIFT = 4  # bits of a pixel's fraction


def neutral_face(pixels: Patch, window: Window) -> Patch:
    """An oval with eyes, brows, nose and mouth on grey, filling the window."""
    import cv2

    drawn = np.full((window.height, window.width), _GROUND, np.float32)

    def oval(x: float, y: float, w: float, h: float, level: float, *, arc: tuple[int, int] = (0, 360)) -> None:
        """Centre and radii in parts of the window."""
        centre = (round(x * window.width * 16), round(y * window.height * 16))
        radii = (max(1, round(w * window.width * 16)), max(1, round(h * window.height * 16)))
        thick = cv2.FILLED if arc == (0, 360) else max(1, round(min(window.height, window.width) / 40))
        cv2.ellipse(drawn, centre, radii, 0, *arc, level, thick, cv2.LINE_8, _SHIFT)

    oval(0.5, 0.52, 0.36, 0.45, _SKIN)
    for side in (-1, 1):
        oval(0.5 + side * 0.15, 0.44, 0.055, 0.028, _DARK)
        oval(0.5 + side * 0.15, 0.40, 0.085, 0.05, _DARK, arc=(200, 340))
    oval(0.5, 0.56, 0.045, 0.05, _LIP, arc=(20, 160))
    oval(0.5, 0.74, 0.11, 0.022, _LIP)
    low, high = (0.0, 1.0) if pixels.dtype.kind == "f" else (0.0, float(np.iinfo(pixels.dtype).max))
    if pixels.dtype.kind != "u" and pixels.size:
        low, high = float(pixels.min()), float(pixels.max())
    patch = (low + drawn * (high - low)).astype(pixels.dtype)
    return np.repeat(patch[..., None], pixels.shape[2], axis=2) if pixels.ndim == 3 else patch
