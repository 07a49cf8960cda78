"""Which words of a text layer can be seen: those that are read at their place in the picture of the page.

A text layer may say anything: white on white, under a picture, outside the page, in a font whose letters mean others.
What OCR reads in the drawn page is what a person sees.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from polyveil.containers.pdf.layer import Unit
from polyveil.modalities.image.ocr import Line
from polyveil.schema.locations import Region

_INK = 6  # levels between paper and ink, from which on there is something to see
_READ = 0.75  # of a word's letters that are read as they are written, for it to be the same word
_SHARED = 0.3  # of a word's box that lies in a line
_ALIKE = str.maketrans("01i|528", "olllszb")
"""Letters and digits that readers take for one another."""


def inked(unit: Unit, rgb: npt.NDArray[np.uint8]) -> bool:
    """Is anything drawn at its place? Outside the picture nothing is."""
    window = unit.window(rgb.shape)
    return window is not None and int(np.ptp(rgb[window].reshape(-1, 3), axis=0).max()) > _INK


def seen(units: Sequence[Unit], lines: Sequence[Line], rgb: npt.NDArray[np.uint8]) -> set[int]:
    """Indices of the units that can be seen in the picture (h, w, 3) uint8 of which these lines were read.

    A mark without a letter or digit says nothing by itself: for it, ink is enough.
    """
    drawn = {number: folded(unit.text) for number, unit in enumerate(units) if inked(unit, rgb)}
    read: dict[int, set[int]] = {number: set() for number in drawn}
    for line in lines:
        if line.text:
            for number, place in _letters_in(line, line.region(rgb.shape), drawn, units):
                read[number].add(place)
    return {number for number, letters in drawn.items() if len(read[number]) >= _needed(len(letters))}


def folded(text: str) -> str:
    """Letters and digits, without case, width and what readers confuse."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in plain if one.isalnum()).translate(_ALIKE)


def _needed(length: int) -> int:
    return length if length <= 3 else int(np.ceil(_READ * length))


def _letters_in(line: Line, box: Region, drawn: Mapping[int, str], units: Sequence[Unit]) -> Iterator[tuple[int, int]]:
    """(unit, letter) of each letter of the units in a line's box that is read in the line, in the order of both."""
    edge = line.quad[1] - line.quad[0]
    inside = [number for number, letters in drawn.items() if letters and units[number].within(box) >= _SHARED]
    inside.sort(key=lambda number: _along(units[number], edge))
    owners = [(number, place) for number in inside for place in range(len(drawn[number]))]
    matcher = SequenceMatcher(None, "".join(drawn[number] for number in inside), folded(line.text), autojunk=False)
    for first, _second, length in matcher.get_matching_blocks():
        yield from owners[first : first + length]


def _along(unit: Unit, edge: npt.NDArray[np.float32]) -> float:
    x, y, *_ = unit.place
    return float(x * edge[0] + y * edge[1])


def touched(unit: Unit, changed: npt.NDArray[np.bool_]) -> bool:
    """Did any pixel at its place change? Outside the picture that cannot be told, so: yes."""
    window = unit.window(changed.shape)
    return window is None or bool(changed[window].any())


def covered(unit: Unit, region: Region) -> bool:
    """Does a finding's region speak of this unit?"""
    x, y, *_ = unit.place
    middle = region.x <= x < region.x + region.w and region.y <= y < region.y + region.h
    return middle or unit.within(region) >= _SHARED
