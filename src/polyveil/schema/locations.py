"""Where a finding lies in its modality, and the JSON form of each location."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from polyveil.schema.boxes import Box, Packed, between, packed


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points of a part's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is not a range")

    def to_json(self) -> dict[str, Any]:
        return {"span": [self.start, self.end]}


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """Axis-aligned box in pixels of the upright picture (EXIF orientation applied)."""

    x: int
    y: int
    w: int
    h: int

    def to_json(self) -> dict[str, Any]:
        return {"region": [self.x, self.y, self.w, self.h]}


@dataclass(frozen=True, slots=True)
class Track:
    """Boxes of one thing over video time: (frame index from 0, x, y, w, h) in displayed pixels, frames ascending."""

    boxes: Sequence[Box]
    """A tuple, or packed where they are many: any iterable is taken."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", packed(self.boxes))

    def between(self, first: int, end: int | None) -> Iterator[Box]:
        """The boxes of frames [first, end)."""
        return between(self.boxes, first, end)

    def to_json(self) -> dict[str, Any]:
        return {"track": [list(box) for box in self.boxes]}

    def to_compact_json(self) -> dict[str, Any]:
        """For records: a long track in a hundredth of the memory."""
        return {"track": {"packed": self.boxes.to_json()}} if isinstance(self.boxes, Packed) else self.to_json()


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Half-open range of seconds of a sound."""

    start_s: float
    end_s: float

    def to_json(self) -> dict[str, Any]:
        return {"interval": [self.start_s, self.end_s]}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a table or header, whole or a span of its text.

    `path` is `row/column` for a cell (row from 0), `*/column` for a whole column, a dotted tag path for DICOM.
    """

    path: str
    span: Span | None = None

    def to_json(self) -> dict[str, Any]:
        if self.span is None:
            return {"field": self.path}
        return {"field": self.path, "span": [self.span.start, self.span.end]}


Location = Span | Region | Track | Interval | Field


def inside(location: Location, ranges: Sequence[tuple[int, int]]) -> bool:
    """Does a span lie in one of the ranges (start, end), which are apart and ascending?"""
    if not isinstance(location, Span):
        return False
    near = bisect_right(ranges, location.start, key=itemgetter(0)) - 1
    return near >= 0 and location.end <= ranges[near][1]


def location_from_json(data: Mapping[str, Any]) -> Location:
    """Read back what `to_json` and `to_compact_json` wrote. Raises ValueError on an unknown shape."""
    match data:
        case {"field": str(path), "span": [int(start), int(end)]}:
            return Field(path, Span(start, end))
        case {"field": str(path)}:
            return Field(path)
        case {"span": [int(start), int(end)]}:
            return Span(start, end)
        case {"region": [x, y, w, h]}:
            return Region(int(x), int(y), int(w), int(h))
        case {"track": boxes}:
            return Track(_boxes_from_json(boxes))
        case {"interval": [start, end]}:
            return Interval(float(start), float(end))
    raise ValueError("a location is one of span, region, track, interval, field")


def _boxes_from_json(data: Any) -> Sequence[Box]:
    match data:
        case [*boxes]:
            return tuple((int(f), int(x), int(y), int(w), int(h)) for f, x, y, w, h in boxes)
        case {"packed": [*chunks]}:
            return Packed.from_json(map(str, chunks))
    raise ValueError("a track is a list of boxes")
