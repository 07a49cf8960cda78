"""Lines of a picture, found and read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.ocr.closer import closer
from polyveil.modalities.image.ocr.detect import detect
from polyveil.modalities.image.ocr.lines import Line
from polyveil.modalities.image.ocr.recognise import recognise
from polyveil.schema.locations import Region


def read(rgb: npt.NDArray[np.uint8], *, near: Sequence[Region] | None = None, longest: int = 1600) -> list[Line]:
    """All lines of text of a picture (h, w, 3) uint8, top to bottom; lines that cannot be read have text ''.

    near: read only lines that touch one of these regions (a check of what was masked).
    longest: the side, in pixels, at which lines are looked for; they are read at full resolution.
    """
    quads = detect(rgb, longest=longest)
    if near is not None:
        quads = [quad for quad in quads if any(_touches(quad, region) for region in near)]
    return closer(rgb, recognise(rgb, quads)) if quads else []


def _touches(quad: npt.NDArray[np.float32], region: Region) -> bool:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return bool(x0 < region.x + region.w and x1 > region.x and y0 < region.y + region.h and y1 > region.y)
