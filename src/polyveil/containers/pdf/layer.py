"""The words of a page, and where they stand on its picture."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from polyveil.schema.locations import Region

_NEAR = 1.5  # heights; a wider gap in a line parts two regions
_LINES = 2.2  # heights between the middles of a line and the next of the same paragraph, at most
_PAD = 1.0  # pixels around ink: its edges are smoothed


@dataclass(frozen=True, slots=True)
class Unit:
    r"""What is kept or left out as a whole: a word of letters, a Han character, a punctuation mark.

    after: '' before what touches it, ' ' before what follows in its line, '\n' at the end of a line.
    ink: left, top, right, bottom of its glyphs, in pixels of the picture.
    place: centre x and y, width along the line, height across it (pixels), and the line's turn (degrees, clockwise).
    """

    text: str = field(repr=False)
    after: str
    ink: tuple[float, float, float, float]
    place: tuple[float, float, float, float, float]

    def window(self, shape: tuple[int, ...], pad: float = _PAD) -> tuple[slice, slice] | None:
        """Rows and columns of its pixels in a picture of `shape`; None if any of it lies outside."""
        left, top, right, bottom = self.ink
        if left < 0 or top < 0 or right > shape[1] or bottom > shape[0] or right <= left or bottom <= top:
            return None
        rows = slice(max(0, int(top - pad)), min(shape[0], int(bottom + pad) + 1))
        return rows, slice(max(0, int(left - pad)), min(shape[1], int(right + pad) + 1))

    def within(self, region: Region) -> float:
        """The part of its ink's box that lies in a region, in [0, 1]."""
        left, top, right, bottom = self.ink
        wide = min(right, region.x + region.w) - max(left, region.x)
        high = min(bottom, region.y + region.h) - max(top, region.y)
        return max(0.0, wide) * max(0.0, high) / max(1e-6, (right - left) * (bottom - top))


@dataclass(frozen=True, slots=True)
class Layer:
    """All units of a page in the order of the document, and the text that is searched.

    A hyphen that only breaks a word at a line's end is shown and not searched. Where a line ends because it is full,
    the text goes on: between Han characters at once, between other words after a space.
    """

    units: tuple[Unit, ...] = ()
    hyphens: frozenset[int] = frozenset()
    text: str = field(init=False, repr=False, default="")
    starts: tuple[int, ...] = field(init=False, repr=False, default=())

    def __post_init__(self) -> None:
        pieces, starts, length = [], [], 0
        for number, unit in enumerate(self.units):
            starts.append(length)
            pieces.append("" if number in self.hyphens else unit.text + self._after(number))
            length += len(pieces[-1])
        object.__setattr__(self, "text", "".join(pieces))
        object.__setattr__(self, "starts", tuple(starts))

    def _after(self, number: int) -> str:
        unit = self.units[number]
        if unit.after != "\n" or not self._full(number):
            return unit.after
        return "" if _han(unit.text[-1]) or _han(self.units[number + 1].text[0]) else " "

    def _full(self, number: int) -> bool:
        """Did the line that ends with this unit have no room for the next one?"""
        if number + 1 >= len(self.units):
            return False
        last, first = self.units[number], self.units[number + 1]
        high, turn = last.place[3], last.place[4]
        if turn % 90 != 0 or first.place[4] != turn:
            return False
        (_, full, line), (start, end, following) = _in_line(last), _in_line(first)
        if not 0 < following - line < _LINES * max(high, first.place[3]):
            return False
        room, wide = max(end, full), end - start
        for unit in self.units[number + 1 : number + 400]:
            _, end, place = _in_line(unit)
            if unit.place[4] != turn or abs(place - following) > high / 2:
                break
            room = max(room, end)
        return full + wide > room - high / 4

    def between(self, start: int, end: int) -> list[int]:
        """Indices of the units that characters [start, end) of the text lie in."""
        first = max(0, bisect_right(self.starts, start) - 1)
        found = []
        for number in range(first, len(self.units)):
            begin = self.starts[number]
            if begin >= end:
                break
            if begin + len(self.units[number].text) > start or number in self.hyphens:
                found.append(number)
        return found

    def to_json(self) -> bytes:
        """UTF-8, with coordinates to a tenth of a pixel."""
        rows = [
            [one.text, one.after, [round(at, 1) for at in one.ink], [round(at, 1) for at in one.place]]
            for one in self.units
        ]
        return json.dumps({"units": rows, "hyphens": sorted(self.hyphens)}, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Layer:
        """Read back what `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
        content = json.loads(data)
        units = []
        for text, after, (left, top, right, bottom), (x, y, wide, high, turn) in content["units"]:
            ink = (float(left), float(top), float(right), float(bottom))
            units.append(Unit(str(text), str(after), ink, (float(x), float(y), float(wide), float(high), float(turn))))
        return cls(tuple(units), frozenset(int(one) for one in content["hyphens"]))


def regions(units: Sequence[Unit], shape: tuple[int, ...]) -> list[Region]:
    """Boxes around units that follow one another, one a line or column, within a picture of `shape`."""
    groups: list[list[Unit]] = []
    for before, unit in pairwise([None, *units]):
        if unit is None:
            continue
        if before is not None and before.after != "\n" and _together(before, unit):
            groups[-1].append(unit)
        else:
            groups.append([unit])
    found = []
    for group in groups:
        boxes = [_box(unit) for unit in group]
        left, top = max(0, int(min(box[0] for box in boxes))), max(0, int(min(box[1] for box in boxes)))
        right = min(shape[1], int(max(box[2] for box in boxes)) + 1)
        bottom = min(shape[0], int(max(box[3] for box in boxes)) + 1)
        if right > left and bottom > top:
            found.append(Region(left, top, right - left, bottom - top))
    return found


def around(units: Sequence[Unit], text: str) -> Unit:
    """One unit of another text in the place of several of one line."""
    first, last = units[0], units[-1]
    x, y, wide, high, turn = first.place
    boxes = [unit.ink for unit in units]
    ink = (min(one[0] for one in boxes), min(one[1] for one in boxes), max(one[2] for one in boxes),
           max(one[3] for one in boxes))  # fmt: skip
    if turn % 180 == 0:
        wide = max(wide, ink[2] - ink[0])
        x = (ink[0] + ink[2]) / 2
    elif turn % 90 == 0:
        wide = max(wide, ink[3] - ink[1])
        y = (ink[1] + ink[3]) / 2
    return replace(first, text=text, after=last.after, ink=ink, place=(x, y, wide, high, turn))


def _in_line(unit: Unit) -> tuple[float, float, float]:
    """Where a unit begins and ends along a line of its turn, a whole number of quarters, and how far down that is."""
    left, top, right, bottom = unit.ink
    x, y, *_ = unit.place
    match unit.place[4]:
        case 90:
            return top, bottom, -x
        case 180:
            return -right, -left, -y
        case 270:
            return -bottom, -top, x
    return left, right, y


def _han(letter: str) -> bool:
    return "\u2e80" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or letter >= "\U00020000"


def _together(before: Unit, unit: Unit) -> bool:
    if before.place[4] != unit.place[4]:
        return False
    high = max(before.place[3], unit.place[3])
    gap_x = max(unit.ink[0] - before.ink[2], before.ink[0] - unit.ink[2])
    gap_y = max(unit.ink[1] - before.ink[3], before.ink[1] - unit.ink[3])
    along, across = (gap_x, gap_y) if unit.place[4] % 180 == 0 else (gap_y, gap_x)
    return along < _NEAR * high and across < 0


def _box(unit: Unit) -> tuple[float, float, float, float]:
    """Its ink, and of an upright line the height that letters may take: 'ace' gives the same box as 'Alf'."""
    left, top, right, bottom = unit.ink
    _x, y, _wide, high, turn = unit.place
    if turn % 180 == 0:
        top, bottom = min(top, y - high / 2), max(bottom, y + high / 2)
    return left, top, right, bottom
