"""JPEG files without a change to their picture: nothing but what decoding needs is copied (ITU-T T.81, annex B).

So a photograph in which nothing was found loses its metadata and no quality. Of a JPEG stream the tables, the frame and
the scans stay; comments and application data go, but for Adobe's colour transform (APP14) and a cleaned colour profile
(ICC.1, annex B.4). What follows the end of the image (a motion photo's film, depth maps, further pictures) goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_MARKER, _SOS, _COM = 0xFF, 0xDA, 0xFE
_APP0, _APP14, _APP15 = 0xE0, 0xEE, 0xEF
_TABLES = frozenset({0xC4, 0xDB, 0xDD})  # Huffman and quantisation tables, restart interval
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what every decoder reads
_ADOBE = b"Adobe"
_ICC = b"ICC_PROFILE\0"
_PIECE = 65_519  # bytes of a profile in one segment


@dataclass(frozen=True, slots=True)
class Header:
    """Bits a sample, width and height in pixels."""

    bits: int
    width: int
    height: int


def frame(data: bytes) -> Header | None:
    """What the frame header says, or None if `data` does not reach so far."""
    for kind, body in _segments(data):
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC} and len(body) >= 6:
            return Header(body[0], int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
    return None


def application(data: bytes, number: int, start: bytes) -> bytes:
    """What follows `start` in the first application segment APP`number` that begins so; b'' if there is none."""
    found = (body for kind, body in _segments(data) if kind == _APP0 + number and body.startswith(start))
    return next((body[len(start) :] for body in found), b"")


def profile(data: bytes) -> bytes | None:
    """The colour profile, put together from its segments (ICC.1, annex B.4)."""
    pieces = [body[len(_ICC) :] for kind, body in _segments(data) if kind == _APP0 + 2 and body.startswith(_ICC)]
    return b"".join(piece[2:] for piece in sorted(pieces, key=lambda piece: piece[:1])) or None


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(kind, content) of the segments before the first scan."""
    at = 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        if data[at + 1] == _MARKER:  # a fill byte
            at += 1
            continue
        if data[at + 1] == _SOS:
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], data[at + 4 : at + 2 + length]
        at += 2 + max(2, length)


def stripped(data: bytes, icc: bytes | None) -> bytes | None:
    """The file with its picture alone and `icc`; None if it holds anything that is not plainly a JPEG picture."""
    if data[:2] != b"\xff\xd8":
        return None
    parts = [b"\xff\xd8", *_profile(icc)]
    at, scans = 2, 0
    while data[at : at + 2] != b"\xff\xd9":
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at : at + 2 + length]
        part = _copied(segment) if length >= 2 and len(segment) == 2 + length else None
        if part is None:
            return None
        at += len(segment)
        parts.append(part)
        if segment[1] == _SOS:
            end = _scan_end(data, at)
            if end is None:
                return None
            parts.append(data[at:end])
            at, scans = end, scans + 1
    return b"".join([*parts, b"\xff\xd9"]) if scans else None


def _copied(segment: bytes) -> bytes | None:
    """What of a segment goes on: all of it, its colour transform, or nothing; None if it has no place in a picture."""
    kind = segment[1]
    if segment[0] != _MARKER:
        return None
    if kind == _SOS or kind in _TABLES or kind in _FRAMES:
        return segment
    if kind == _APP14 and segment[4:9] == _ADOBE:
        return b"\xff\xee\x00\x0e" + segment[4:16].ljust(12, b"\0")
    return b"" if _APP0 <= kind <= _APP15 or kind == _COM else None


def _scan_end(data: bytes, at: int) -> int | None:
    """Where the next marker after entropy-coded data stands; stuffed bytes and restart markers belong to the data."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        following = data[at + 1]
        if following == 0x00 or 0xD0 <= following <= 0xD7:
            at += 2
        elif following == 0xFF:
            at += 1
        else:
            return at
    return None


def _profile(icc: bytes | None) -> list[bytes]:
    if not icc:
        return []
    pieces = [icc[start : start + _PIECE] for start in range(0, len(icc), _PIECE)]
    if len(pieces) > 255:
        return []
    return [
        b"\xff\xe2" + (len(piece) + 16).to_bytes(2, "big") + _ICC + bytes([number, len(pieces)]) + piece
        for number, piece in enumerate(pieces, 1)
    ]
