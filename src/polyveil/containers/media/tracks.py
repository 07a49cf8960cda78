"""What kinds of tracks an mp4 or QuickTime file says it has, as far as FFmpeg does not tell."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from polyveil.modalities.image.heif import boxes

_LARGEST = 64 * 1024**2  # of the box that describes all tracks
_AUXILIARY = b"auxv"


def auxiliary(data: bytes | Path) -> frozenset[int]:
    """Places of the tracks that only serve another one, such as a map of distances (ISO/IEC 14496-12, 12.1.1)."""
    with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as source:
        tracks = [body for kind, body in boxes(_moov(source)) if kind == b"trak"]
    return frozenset(place for place, track in enumerate(tracks) if _AUXILIARY in _handlers(track))


def _handlers(track: bytes) -> Iterator[bytes]:
    for kind, media in boxes(track):
        if kind == b"mdia":
            yield from (body[8:12] for name, body in boxes(media) if name == b"hdlr")


def _moov(source: BinaryIO) -> bytes:
    """The body of the box 'moov'; b'' if there is none."""
    while len(head := source.read(8)) == 8:
        size, taken = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, taken = int.from_bytes(source.read(8), "big"), 16
        if head[4:] == b"moov":
            return source.read(min(size - taken, _LARGEST) if size else _LARGEST)
        if size < taken:
            return b""
        source.seek(size - taken, io.SEEK_CUR)
    return b""
