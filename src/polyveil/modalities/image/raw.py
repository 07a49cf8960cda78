"""Previews of camera raw files (DNG, CR2, NEF, ARW and others built on TIFF 6.0): the picture that the camera made.

The sensor's data are not carried: they would have to be developed, masked and written as sensor data again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_NEXT_IFDS = (330, 34665)  # SubIFDs, Exif
_COMPRESSION, _PHOTOMETRIC, _STRIPS, _STRIP_SIZES = 259, 262, 273, 279
_JPEG, _JPEG_SIZE, _ORIENTATION, _DNG_VERSION = 513, 514, 274, 50706
_FILTER_ARRAY, _LINEAR_RAW = 32803, 34892  # photometric interpretations of sensor data
_RAW_COMPRESSIONS = frozenset({34713, 32767, 65535, 34892})  # Nikon, Sony, Pentax, lossy DNG
_PICTURES = frozenset({b"\xff\xc0", b"\xff\xc1", b"\xff\xc2"})  # not lossless, which holds sensor data
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 13: 4}
_SHAPE = (256, 257, 258, 277, 284, 339)  # width, height, bits, samples, planes, kind of samples
_READ = frozenset(
    {*_NEXT_IFDS, *_SHAPE, _COMPRESSION, _PHOTOMETRIC, _STRIPS, _STRIP_SIZES, _JPEG, _JPEG_SIZE, _ORIENTATION}
)
_MOST = 64  # directories
_MOST_NUMBERS = 64  # of an entry; no field that is read here has as many

Order = Literal["little", "big"]


@dataclass(frozen=True, slots=True)
class Preview:
    """A JPEG file inside a raw file, its size in pixels, and the EXIF orientation that applies to it."""

    start: int
    length: int
    width: int
    height: int
    orientation: int


def recognised(data: bytes) -> bool:
    """Is this TIFF structure a raw file?"""
    directories = list(_directories(data))
    return bool(directories) and _is_raw(data, directories)


def preview(data: bytes) -> Preview | None:
    """The largest preview of a raw file; None if it holds none that a viewer could show."""
    directories = list(_directories(data))
    orientation = next((one[_ORIENTATION][0] for one in directories if _ORIENTATION in one), 1)
    found = []
    for directory in directories:
        for start, length in _jpegs(directory):
            size = _size(data, start, length)
            if size is not None:
                found.append(Preview(start, length, *size, orientation if 1 <= orientation <= 8 else 1))
    return max(found, key=lambda one: one.width * one.height, default=None)


def chain(data: bytes) -> list[dict[int, list[int]]]:
    """The whole numbers of the pages' directories by tag, without what hangs on them; 0 where a tag has none."""
    order: Order = "little" if data[:2] == b"II" else "big"
    found: list[dict[int, list[int]]] = []
    done = set[int]()
    at = int.from_bytes(data[4:8], order)
    while at not in done and 8 <= at <= len(data) - 2 and len(found) < _MOST:
        done.add(at)
        entries, following = _directory(data, at, order)
        found.append(entries)
        at = int.from_bytes(data[following : following + 4], order)
    return found


def value(data: bytes, tag: int) -> bytes | None:
    """The bytes of a field of the first directory, of one byte each."""
    order: Order = "little" if data[:2] == b"II" else "big"
    at = int.from_bytes(data[4:8], order)
    for index in range(int.from_bytes(data[at : at + 2], order)):
        entry = data[at + 2 + 12 * index : at + 14 + 12 * index]
        if len(entry) == 12 and int.from_bytes(entry[:2], order) == tag:
            count, start = int.from_bytes(entry[4:8], order), int.from_bytes(entry[8:12], order)
            return data[start : start + count] if count > 4 else None
    return None


def _directories(data: bytes) -> Iterator[dict[int, list[int]]]:
    """Every directory's whole numbers by tag; the first one first."""
    order: Order = "little" if data[:2] == b"II" else "big"
    waiting, done = [int.from_bytes(data[4:8], order)], set[int]()
    while waiting and len(done) < _MOST:
        at = waiting.pop(0)
        if at in done or not 8 <= at <= len(data) - 2:
            continue
        done.add(at)
        entries, following = _directory(data, at, order)
        yield entries
        waiting += [int.from_bytes(data[following : following + 4], order)]
        waiting += [place for tag in _NEXT_IFDS for place in entries.get(tag, ())]


def _directory(data: bytes, at: int, order: Order) -> tuple[dict[int, list[int]], int]:
    """(fields, where the offset of the next directory stands)."""
    count = int.from_bytes(data[at : at + 2], order)
    entries = {}
    for index in range(count):
        entry = data[at + 2 + 12 * index : at + 14 + 12 * index]
        if len(entry) == 12:
            tag = int.from_bytes(entry[:2], order)
            if tag not in entries:
                entries[tag] = _numbers(data, entry, order) if tag in _READ else [0]
    return entries, at + 2 + 12 * count


def _numbers(data: bytes, entry: bytes, order: Order) -> list[int]:
    """The whole numbers of an entry, [0] for what is none or too many: entries may all point to one place."""

    def number(raw: bytes) -> int:
        return int.from_bytes(raw, order)

    kind, count = number(entry[2:4]), number(entry[4:8])
    size = _SIZES.get(kind, 0)
    if not size or count > _MOST_NUMBERS:
        return [0]
    start = number(entry[8:12])
    raw = entry[8 : 8 + size * count] if size * count <= 4 else data[start : start + size * count]
    return [number(raw[place : place + size]) for place in range(0, len(raw), size)] or [0]


def _is_raw(data: bytes, directories: list[dict[int, list[int]]]) -> bool:
    if data[8:10] == b"CR" or _DNG_VERSION in directories[0]:
        return True
    return any(
        one.get(_PHOTOMETRIC, [0])[0] in {_FILTER_ARRAY, _LINEAR_RAW}
        or one.get(_COMPRESSION, [0])[0] in _RAW_COMPRESSIONS
        for one in directories
    )


def _jpegs(directory: dict[int, list[int]]) -> Iterator[tuple[int, int]]:
    if _JPEG in directory and _JPEG_SIZE in directory:
        yield directory[_JPEG][0], directory[_JPEG_SIZE][0]
    strips, sizes = directory.get(_STRIPS, []), directory.get(_STRIP_SIZES, [])
    if directory.get(_COMPRESSION, [0])[0] in {6, 7} and len(strips) == len(sizes) == 1:
        yield strips[0], sizes[0]


def _size(data: bytes, start: int, length: int) -> tuple[int, int] | None:
    """Width and height of a JPEG picture, or None if it is none that a viewer shows."""
    end = start + length
    if end > len(data) or data[start : start + 2] != b"\xff\xd8":
        return None
    at = start + 2
    while at + 9 < end and data[at] == 0xFF:
        if data[at : at + 2] in _PICTURES:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in {0xC4, 0xC8, 0xCC}:
            return None
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
