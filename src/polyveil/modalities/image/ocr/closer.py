"""A second, enlarged look at what could hardly be read: small plates, far signs, fine print in photographs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.ocr.detect import detect
from polyveil.modalities.image.ocr.fine import inside
from polyveil.modalities.image.ocr.lines import Line, area, begins, shared
from polyveil.modalities.image.ocr.recognise import recognise
from polyveil.schema.locations import Region

_DOUBTFUL = 0.85
_FEW = 2  # characters
_EDGE, _STROKES, _ROWS = 24, 12, 97  # grey levels; changes of light and dark in a row; percentile of the rows
MOST = 6
"""Places that are looked at again, the widest first."""

_SIDE = 640  # pixels to which the surroundings are enlarged, at most four times
_AREA, _TALL = 640 * 320, 64  # pixels of the surroundings, and of a line's height, up to which films are looked at
_ENLARGE = 4.0
_SAME = 0.4  # shared area of two boxes, relative to the smaller
_WHOLE = 0.6  # of a line that is replaced


def closer(rgb: npt.NDArray[np.uint8], lines: Sequence[Line], *, most: int = MOST, swift: bool = False) -> list[Line]:
    """The lines, with doubtful ones replaced by what an enlarged look shows there, and with new ones found beside.

    most: places that are looked at, beside those where there are the strokes of fine print. swift: no larger than it
    takes to read them, in fewer bits where the processor gains by it; and for no fine print.
    """
    doubtful = sorted((line for line in lines if _doubtful(line, swift=swift)), key=lambda line: -line.width)
    result = list(lines)
    for number, line in enumerate(doubtful):
        if all(line is not other for other in result):
            continue  # replaced by a look at its neighbour
        seen = _look(rgb, line, swift=swift) if number < most else []
        for found in seen if swift else [*seen, *_inside(rgb, line)]:
            if found.score < _DOUBTFUL and found.score <= line.score:
                continue
            same = [other for other in result if _overlap(other, found) > _SAME]
            if all(_better(found, other, whole=other is not line) for other in same):
                result = [other for other in result if all(other is not one for one in same)]
                result.append(found)
    return sorted(result, key=lambda line: begins(line.quad))


def _better(found: Line, other: Line, *, whole: bool) -> bool:
    """Does a closer look show more than was read?

    whole: only if it shows the whole line: of a neighbour, the place that was looked at may hold but a clear part.
    """
    if len(other.text) <= _FEW:
        return other.score < found.score or len(found.text) > _FEW
    return other.score < found.score and (not whole or shared(found.quad, other.quad) > _WHOLE * area(other.quad))


def _doubtful(line: Line, *, swift: bool) -> bool:
    """Was it hardly read, or does it say so little that it may be a whole card or label of fine print?"""
    return line.score < _DOUBTFUL or (not swift and len(line.text) <= _FEW)


def _inside(rgb: npt.NDArray[np.uint8], line: Line) -> list[Line]:
    """Lines of fine print inside what was taken for one."""
    x, y, w, h = dataclasses.astuple(line.region(rgb.shape))
    if not _busy(rgb[y : y + h, x : x + w]):
        return []
    x0, y0 = max(0, x - h // 4), max(0, y - h // 4)
    place = Region(x0, y0, min(rgb.shape[1], x + w + h // 4) - x0, min(rgb.shape[0], y + h + h // 4) - y0)
    return [found for found in recognise(rgb, inside(rgb, place)) if len(found.text) > _FEW]


def _busy(crop: npt.NDArray[np.uint8]) -> bool:
    """Are there as many strokes side by side as a line of print has, in some of the rows or of the columns?"""
    import cv2

    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)).astype(np.int16)
    return _striped(grey) or _striped(grey.T)


def _striped(grey: npt.NDArray[np.int16]) -> bool:
    steps = np.diff(grey, axis=1)
    rows, columns = np.nonzero(np.abs(steps) > _EDGE)
    up = steps[rows, columns] > 0
    strokes = np.bincount(rows[1:][(up[1:] != up[:-1]) & (rows[1:] == rows[:-1])], minlength=len(grey))
    return bool(np.percentile(strokes, _ROWS) >= _STROKES)


def _look(rgb: npt.NDArray[np.uint8], line: Line, *, swift: bool) -> list[Line]:
    """Lines within one line's own size around it, in the picture's coordinates."""
    import cv2

    if swift and line.height > _TALL:
        return []
    region = line.region(rgb.shape)
    x0, y0 = max(0, region.x - region.w), max(0, region.y - region.h)
    crop = rgb[y0 : region.y + 2 * region.h, x0 : region.x + 2 * region.w]
    scale = min(_ENLARGE, _SIDE / max(crop.shape[:2]))
    if swift:
        scale = min(scale, (_AREA / (crop.shape[0] * crop.shape[1])) ** 0.5)
    if scale < 1.5:
        return []
    size = (round(crop.shape[1] * scale), round(crop.shape[0] * scale))
    enlarged = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_CUBIC)).astype(np.uint8)
    quads = detect(enlarged, shortest=1 if swift else 320, swift=swift)
    ratio = np.array([crop.shape[1] / size[0], crop.shape[0] / size[1]], np.float32)
    origin = np.array([x0, y0], np.float32)
    return [
        dataclasses.replace(found, quad=found.quad * ratio + origin)
        for found in recognise(enlarged, quads)
        if found.text
    ]


def _overlap(a: Line, b: Line) -> float:
    return shared(a.quad, b.quad) / max(1.0, min(area(a.quad), area(b.quad)))
