"""Boxes of a long track, packed: a film of hours may show a thing in each of its frames."""

from __future__ import annotations

import sys
import zlib
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from operator import itemgetter, sub
from typing import overload

Box = tuple[int, int, int, int, int]
"""(frame index from 0, x, y, w, h)."""

_CHUNK = 512  # boxes that are packed together
_SHORT = 256  # boxes up to which a track stays as it is


class Packed(Sequence[Box]):
    """Boxes as differences from one to the next, compressed: some five bytes each instead of a hundred.

    Read in order, or those of some frames; frames ascend.
    """

    __slots__ = ("_chunks", "_firsts", "_length")

    def __init__(self, boxes: Iterable[Box]) -> None:
        """Raises ValueError for a number beyond 32 bits."""
        self._chunks: list[bytes] = []
        self._firsts: list[int] = []  # the first frame of each chunk
        self._length = 0
        rest = iter(boxes)
        while part := list(islice(rest, _CHUNK)):
            self._chunks.append(_pack(part))
            self._firsts.append(part[0][0])
            self._length += len(part)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Box]:
        for chunk in self._chunks:
            yield from _unpack(chunk)

    @overload
    def __getitem__(self, place: int) -> Box: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Box]: ...
    def __getitem__(self, place: int | slice) -> Box | Sequence[Box]:
        if isinstance(place, slice):
            return tuple(self)[place]
        number = range(self._length)[place]
        return next(islice(_unpack(self._chunks[number // _CHUNK]), number % _CHUNK, None))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Packed):
            return self._chunks == other._chunks
        return isinstance(other, tuple) and len(other) == self._length and tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self._chunks))

    def __repr__(self) -> str:
        return f"Packed({tuple(self)!r})"

    def between(self, first: int, end: int | None) -> Iterator[Box]:
        """The boxes of frames [first, end)."""
        start = max(0, bisect_right(self._firsts, first) - 1)
        for begins, chunk in zip(self._firsts[start:], self._chunks[start:], strict=True):
            if end is not None and begins >= end:
                return
            yield from (box for box in _unpack(chunk) if box[0] >= first and (end is None or box[0] < end))

    def to_json(self) -> list[str]:
        """The chunks in base64."""
        return [b64encode(chunk).decode() for chunk in self._chunks]

    @classmethod
    def from_json(cls, chunks: Iterable[str]) -> Packed:
        """Read back what `to_json` wrote. Raises ValueError for anything else."""
        return cls(box for chunk in chunks for box in _unpack(b64decode(chunk)))


def packed(boxes: Iterable[Box]) -> Sequence[Box]:
    """A tuple of few boxes, many of them packed. Raises ValueError as `Packed` does."""
    if isinstance(boxes, Packed):
        return boxes
    rest = iter(boxes)
    head = tuple(islice(rest, _SHORT + 1))
    return head if len(head) <= _SHORT else Packed(_chained(head, rest))


def between(boxes: Sequence[Box], first: int, end: int | None) -> Iterator[Box]:
    """The boxes of frames [first, end), which ascend."""
    if isinstance(boxes, Packed):
        return boxes.between(first, end)
    start = bisect_right(boxes, first - 1, key=itemgetter(0))
    stop = len(boxes) if end is None else bisect_right(boxes, end - 1, key=itemgetter(0))
    return iter(boxes[start:stop])


def _chained(head: Iterable[Box], rest: Iterable[Box]) -> Iterator[Box]:
    yield from head
    yield from rest


def _pack(boxes: Sequence[Box]) -> bytes:
    """Five columns, each its first number and then differences, in 32 bits, little endian."""
    flat = array("i")
    try:
        for column in zip(*boxes, strict=True):
            flat.append(column[0])
            flat.extend(map(sub, column[1:], column))
    except OverflowError:
        raise ValueError("a box beyond 32 bits") from None
    if sys.byteorder == "big":
        flat.byteswap()
    return zlib.compress(flat.tobytes(), 3)


def _unpack(chunk: bytes) -> Iterator[Box]:
    try:
        flat = array("i", zlib.decompressobj().decompress(chunk, _CHUNK * 5 * 4))
    except zlib.error:
        raise ValueError("boxes that are not packed") from None
    if sys.byteorder == "big":
        flat.byteswap()
    count = len(flat) // 5
    if not count or len(flat) % 5:
        raise ValueError("boxes that are not packed")
    columns = (accumulate(flat[start : start + count]) for start in range(0, len(flat), count))
    return zip(*columns, strict=True)
