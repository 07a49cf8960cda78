"""Number plates, by what is written on them.

Formats: China GA 36-2018 (province, letter, five or six places); Brazil old and Mercosul (CONTRAN resolution
780/2019); Europe and the United States have many, which share five to eight letters and digits, both kinds present.
On a vehicle less is asked: a short mark of capitals and digits there is a plate, however much of it was misread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image import ocr
from polyveil.modalities.image.detectors.boxes import Box
from polyveil.modalities.image.ocr import Line
from polyveil.schema.locations import Region

PLATES = ("LICENSE_PLATE", "CN_LICENSE_PLATE")
"""Entities of number plates."""

_CHINA = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]"
)
_BRAZIL = re.compile(r"^[A-Z]{3}[0-9][A-J0-9][0-9]{2}$")
_WESTERN = re.compile(r"^(?=.*[0-9])(?=.*[A-Z])[A-Z0-9ÄÖÜ]{5,8}$")
_WORD = re.compile(r"[a-z]{3}|[A-Za-z]{3} *[$€£¥]? ?[0-9]{1,4}[.,][0-9]{2}$")
"""What a plate has not: a word in small letters, or a price behind letters ('Bread 2.50', 'TOTAL 3.70')."""
_FLAT = (1.6, 8.0)  # width over height of the line
_PHOTO = 12  # lines; a picture with more of them is a document, where codes of letters and digits are everywhere
_NUMBER = re.compile(r"^[0-9]{3}[\s·.•\-–]?[0-9]{3,4}$")  # plates of digits alone, in groups
_NOISE = re.compile(r"[\s·.•\-–_:;=|°*'\"]+")
_CHINA_MISREAD = re.compile(
    r"^[\u4e00-\u9fff][A-HJ-NP-Z][·.•]?[A-HJ-NP-Z0-9]{5,6}$"
)  # the province read as another character
_GROWN = (0.08, 0.25)  # of a line's width and height, to either side, for the plate that it stands on

_MARK = re.compile(r"(?=.*[0-9])[A-Z0-9]{3,9}")  # what is left of a plate that was read badly
_LETTERS = re.compile(r"[A-Z]{5,7}")  # words of the keeper's choice
_FAINT = 0.6  # score of a line below which two capitals or digits are enough
_ANY = re.compile(r"[A-Z0-9\u4e00-\u9fff]{2,}")
_NOT_SAID = re.compile(r"[^A-Z0-9\u4e00-\u9fff]")
_MARK_SIDES = (1.2, 8.0)
_LOW = 0.25  # of a vehicle's height, above which there is the roof, and no plate
_WIDE = 0.6  # of a vehicle's width; what is wider is an advertisement
_ROOM = 0.05  # of a vehicle's sides, outside its box
_VEHICLES = 4  # that are looked at, the surest first
_LOOK = 960  # pixels to which a vehicle is enlarged, at most four times
_ENLARGE = (1.25, 4.0)
_LEAST = 12  # pixels of a vehicle's shorter side
_SCORE = 0.5
_SAME = 0.5  # of the smaller of two boxes, shared: one plate


def whole(line: Line, shape: tuple[int, ...]) -> Region:
    """The plate around a line of characters, within a picture of `shape` (h, w)."""
    region = line.region(shape)
    across, down = (round(share * side) for share, side in zip(_GROWN, (region.w, region.h), strict=True))
    left, top = max(0, region.x - across), max(0, region.y - down)
    right, bottom = min(shape[1], region.x + region.w + across), min(shape[0], region.y + region.h + down)
    return Region(left, top, right - left, bottom - top)


def plates(lines: Sequence[Line]) -> Iterator[tuple[str, Line, float]]:
    """(entity, line, score) of lines that read like a number plate."""
    photo = sum(bool(line.text) for line in lines) <= _PHOTO
    for line in lines:
        text = _NOISE.sub("", unicodedata.normalize("NFKC", line.text).upper())
        if _CHINA.search(text):
            yield "CN_LICENSE_PLATE", line, 0.95
        elif _FLAT[0] <= line.width / max(line.height, 1.0) <= _FLAT[1]:
            if _BRAZIL.match(text):
                yield "LICENSE_PLATE", line, 0.85
            elif photo and _CHINA_MISREAD.match(text):
                yield "CN_LICENSE_PLATE", line, 0.7
            elif photo and (_NUMBER.match(line.text.strip()) or (_WESTERN.match(text) and not _WORD.search(line.text))):
                yield "LICENSE_PLATE", line, 0.6


def on_vehicles(
    rgb: npt.NDArray[np.uint8], lines: Sequence[Line], vehicles: Sequence[Box], known: Sequence[Region]
) -> Iterator[tuple[str, Region, float, str]]:
    """(entity, region, score, text) of plates on vehicles that their patterns did not show.

    A vehicle shows one plate: on one that has it nothing more is sought. Else a mark with digits is its plate; without
    one, in a second, enlarged reading either, a word of capitals or what could hardly be read.

    Args:
        rgb: the picture (h, w, 3) uint8.
        lines: all that was read in it.
        vehicles: their boxes, the surest first.
        known: plates that were found already.
    """
    taken = list(known)
    for vehicle in vehicles[:_VEHICLES]:
        if any(_rides(_middle(one), vehicle) for one in taken):
            continue
        marks = [line for line in lines if _rides(_centre(line), vehicle) and line.width <= _WIDE * vehicle[2]]
        if not any(map(_numbered, marks)):
            marks += [line for line in _enlarged(rgb, vehicle) if line.width <= _WIDE * vehicle[2]]
        chosen = [line for line in marks if _numbered(line)] or [line for line in marks if _worded(line)]
        for line in chosen:
            region = whole(line, rgb.shape)
            if not any(_shared(region, one) > _SAME for one in taken):
                taken.append(region)
                yield "CN_LICENSE_PLATE" if _CHINA_MISREAD.match(_said(line)) else PLATES[0], region, _SCORE, line.text


def _said(line: Line) -> str:
    return _NOT_SAID.sub("", unicodedata.normalize("NFKC", line.text).upper())


def _flat(line: Line) -> bool:
    return _MARK_SIDES[0] <= line.width / max(line.height, 1.0) <= _MARK_SIDES[1]


def _numbered(line: Line) -> bool:
    """Does a line on a vehicle read like a plate, or what is left of one?"""
    text = _said(line)
    return _flat(line) and bool(_MARK.fullmatch(text) or _CHINA_MISREAD.match(text))


def _worded(line: Line) -> bool:
    """Might it be one all the same: a word of capitals, or faint ones?"""
    text = _said(line)
    faint = line.score < _FAINT and _ANY.fullmatch(text)
    return _flat(line) and line.text.upper() == line.text and bool(faint or _LETTERS.fullmatch(text))


def _enlarged(rgb: npt.NDArray[np.uint8], vehicle: Box) -> list[Line]:
    """The lines on one vehicle, read at a larger size, in pixels of the picture."""
    import cv2

    x, y, w, h, _score = vehicle
    left, top = max(0, int(x - _ROOM * w)), max(0, int(y - _ROOM * h))
    crop = rgb[top : int(y + (1 + _ROOM) * h), left : int(x + (1 + _ROOM) * w)]
    scale = min(_ENLARGE[1], _LOOK / max(1, *crop.shape[:2]))
    if scale < _ENLARGE[0] or min(crop.shape[:2]) < _LEAST:
        return []
    size = (round(crop.shape[1] * scale), round(crop.shape[0] * scale))
    large = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_CUBIC)).astype(np.uint8)
    ratio = np.array([crop.shape[1] / size[0], crop.shape[0] / size[1]], np.float32)
    origin = np.array([left, top], np.float32)
    read = ocr.read(large, longest=_LOOK, shortest=320, doubts=2)
    lines = [replace(line, quad=line.quad * ratio + origin) for line in read]
    return [line for line in lines if _rides(_centre(line), vehicle)]


def _centre(line: Line) -> tuple[float, float]:
    across, down = (float(value) for value in line.quad.mean(axis=0))
    return across, down


def _middle(region: Region) -> tuple[float, float]:
    return region.x + region.w / 2, region.y + region.h / 2


def _rides(point: tuple[float, float], vehicle: Box) -> bool:
    """Does a point lie on a vehicle, below its roof?"""
    x, y, w, h, _score = vehicle
    across = x - _ROOM * w <= point[0] <= x + (1 + _ROOM) * w
    return across and y + _LOW * h <= point[1] <= y + (1 + _ROOM) * h


def _shared(one: Region, other: Region) -> float:
    wide = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    tall = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return max(0, wide) * max(0, tall) / max(1, min(one.w * one.h, other.w * other.h))
