"""Lines of a picture, found and read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.ocr.closer import MOST, closer
from polyveil.modalities.image.ocr.detect import detect
from polyveil.modalities.image.ocr.fine import search
from polyveil.modalities.image.ocr.lines import Line
from polyveil.modalities.image.ocr.recognise import recognise
from polyveil.schema.locations import Region


def read(
    rgb: npt.NDArray[np.uint8],
    *,
    near: Sequence[Region] | None = None,
    beside: Sequence[Region] = (),
    longest: int = 1600,
    shortest: int = 736,
    doubts: int = MOST,
    swift: bool = False,
) -> list[Line]:
    """All lines of text of a picture (h, w, 3) uint8, top to bottom; lines that cannot be read have text ''.

    near: read only lines that touch one of these regions (a check of what was masked).
    beside: leave out lines whose middle lies in one of these regions (they were read before).
    longest, shortest: the sides, in pixels, at which lines are looked for; they are read at full resolution.
    doubts: places that are looked at again, enlarged, because they could hardly be read.
    swift: lines are looked for once, without closer looks at fine print, and in fewer bits where the processor gains by
    it, see `inference.load`.
    """
    if swift:
        quads = detect(rgb, longest=longest, shortest=shortest, swift=True)
    else:
        quads = search(rgb, longest=longest, shortest=shortest, near=near)
    if near is not None:
        quads = [quad for quad in quads if any(_touches(quad, region) for region in near)]
    quads = [quad for quad in quads if not any(_inside(quad, region) for region in beside)]
    return closer(rgb, recognise(rgb, quads), most=doubts, swift=swift) if quads else []


def _inside(quad: npt.NDArray[np.float32], region: Region) -> bool:
    x, y = (float(value) for value in quad.mean(axis=0))
    return region.x <= x < region.x + region.w and region.y <= y < region.y + region.h


def _touches(quad: npt.NDArray[np.float32], region: Region) -> bool:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return bool(x0 < region.x + region.w and x1 > region.x and y0 < region.y + region.h and y1 > region.y)
