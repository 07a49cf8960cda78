"""Number plates, by what is written on them.

Formats: China GA 36-2018 (province, letter, five or six places); Brazil old and Mercosul (CONTRAN resolution
780/2019); Europe and the United States have many, which share five to eight letters and digits, both kinds present.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from polyveil.modalities.image.ocr import Line
from polyveil.schema.locations import Region

_CHINA = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]"
)
_BRAZIL = re.compile(r"^[A-Z]{3}[0-9][A-J0-9][0-9]{2}$")
_WESTERN = re.compile(r"^(?=.*[0-9])(?=.*[A-Z])[A-Z0-9ÄÖÜ]{5,8}$")
_FLAT = (1.6, 8.0)  # width over height of the line
_PHOTO = 12  # lines; a picture with more of them is a document, where codes of letters and digits are everywhere
_NUMBER = re.compile(r"^[0-9]{3}[\s·.•\-–]?[0-9]{3,4}$")  # plates of digits alone, in groups
_NOISE = re.compile(r"[\s·.•\-–_:;=|°*'\"]+")
_CHINA_MISREAD = re.compile(
    r"^[\u4e00-\u9fff][A-HJ-NP-Z][·.•]?[A-HJ-NP-Z0-9]{5,6}$"
)  # the province read as another character
_GROWN = (0.08, 0.25)  # of a line's width and height, to either side, for the plate that it stands on


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
            elif photo and (_WESTERN.match(text) or _NUMBER.match(line.text.strip())):
                yield "LICENSE_PLATE", line, 0.6
