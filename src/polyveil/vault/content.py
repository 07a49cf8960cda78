"""Content: cut into pieces on the way in, put together from a manifest on the way out.

    manifest = header length (4, big-endian) | header | pieces | inline content
    piece    = unit id (16) | content id (24) | length (4)

The header is JSON: media type, attributes, size, number of pieces. Content of up to 8 KiB stands in the manifest.
"""

from __future__ import annotations

import io
import json
import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pyfastcdc import FastCDC

from polyveil.errors import IntegrityError

PIECE_BYTES = 1024 * 1024
INLINE_BYTES = 8 * 1024
_LENGTH = struct.Struct(">I")
_PIECE = struct.Struct(">16s24sI")


class Readable(Protocol):
    """What content is read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of content: where it was first sealed, what it is, how long (bytes)."""

    unit: bytes
    content: bytes
    length: int

    def packed(self) -> bytes:
        """44 bytes."""
        return _PIECE.pack(self.unit, self.content, self.length)


def pieces_of(raw: bytes) -> tuple[Piece, ...]:
    """Pieces from their packed forms."""
    return tuple(Piece(*row) for row in _PIECE.iter_unpack(raw))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an object is made of."""

    media_type: str
    attributes: Mapping[str, Any]
    size: int
    pieces: tuple[Piece, ...]
    inline: bytes = b""

    def packed(self) -> bytes:
        header = json.dumps(
            {
                "attributes": dict(self.attributes),
                "media_type": self.media_type,
                "pieces": len(self.pieces),
                "size": self.size,
            }
        ).encode()
        return b"".join((_LENGTH.pack(len(header)), header, *(one.packed() for one in self.pieces), self.inline))

    @classmethod
    def parse(cls, raw: bytes) -> Manifest:
        """Raises IntegrityError when it is none."""
        try:
            (length,) = _LENGTH.unpack_from(raw)
            row = json.loads(raw[4 : 4 + length])
            start, count = 4 + length, int(row["pieces"])
            pieces = pieces_of(raw[start : start + count * _PIECE.size])
            inline = raw[start + count * _PIECE.size :]
            made = cls(row["media_type"], row["attributes"], row["size"], pieces, inline)
        except (struct.error, ValueError, KeyError, TypeError):
            raise IntegrityError("a manifest is damaged") from None
        if len(pieces) != count or sum(one.length for one in pieces) + len(inline) != made.size:
            raise IntegrityError("a manifest does not add up")
        return made


def cut(source: Readable, *, shifting: bool, seed: int) -> Iterator[bytes]:
    """Cut a stream into pieces, in bounded memory.

    Args:
        source: read to its end.
        shifting: an edit shifts the bytes after it (text, tables, archives of them): cut where the content says
            (FastCDC, Xia et al. 2020). Media are cut at fixed places: their sizes tell less of them.
        seed: secret of the vault, so that the places of the cuts tell no stranger what was cut.
    """
    if shifting:
        cutter = FastCDC(PIECE_BYTES // 2, min_size=PIECE_BYTES // 4, max_size=PIECE_BYTES * 2, seed=seed)
        for chunk in cutter.cut_stream(source):
            yield bytes(chunk.data)
        return
    while piece := source.read(PIECE_BYTES):
        while len(piece) < PIECE_BYTES and (more := source.read(PIECE_BYTES - len(piece))):
            piece += more
        yield piece


class Opened(io.RawIOBase):
    """One object, readable and seekable; a read decrypts only the pieces that it touches.

    Args:
        manifest: what the object is made of; fetch: gives the bytes of one of its pieces.

    Raises:
        IntegrityError: on reading, for any byte that does not authenticate.
    """

    def __init__(self, manifest: Manifest, fetch: Callable[[Piece], bytes]) -> None:
        super().__init__()
        self.header = manifest
        self._fetch = fetch
        self._starts = _starts(manifest.pieces)
        self._position = 0
        self._cached: tuple[int, bytes] = (-1, b"")

    def _piece(self, index: int) -> bytes:
        if self._cached[0] != index:
            wanted = self.header.pieces[index]
            data = self._fetch(wanted)
            if len(data) != wanted.length:
                raise IntegrityError(f"unit {wanted.unit.hex()}: is not what its object says")
            self._cached = (index, data)
        return self._cached[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.header.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from one piece at most, as raw streams may."""
        if self._position >= self.header.size:
            return 0
        if self.header.pieces:
            index = bisect_right(self._starts, self._position) - 1
            plain, start = self._piece(index), self._position - self._starts[index]
        else:
            plain, start = self.header.inline, self._position
        part = memoryview(plain)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)


def _starts(pieces: Sequence[Piece]) -> list[int]:
    starts, total = [], 0
    for one in pieces:
        starts.append(total)
        total += one.length
    return starts
