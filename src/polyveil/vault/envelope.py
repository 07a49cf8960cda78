"""The envelope of one object: commitment, compressed and encrypted segments, sealed header.

    object = commitment (32) | segment 0 | segment 1 | ... | header | header length (4, big-endian)

A segment is up to 1 MiB of the data, compressed with zstd if that helps (first byte 1, else 0), then AES-256-GCM with
the segment's index as nonce: the key serves this one object. Associated data bind format version, vault, compartment,
object, index and the last flag. The header (index 2^32 - 1) is JSON: media type, attributes, size, BLAKE3 of the data,
and the stored length of every segment, which makes range reads possible. The commitment is derived from the key, since
AES-GCM alone does not commit to one.
"""

from __future__ import annotations

import hmac
import io
import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import zstandard
from blake3 import blake3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polyveil.errors import IntegrityError
from polyveil.vault.keys import derive

VERSION = 1
SEGMENT = 1024 * 1024
HEADER = 0xFFFFFFFF
COMMITMENT = 32
TAG = 16


@dataclass(frozen=True, slots=True)
class Place:
    """What an object's key and associated data are bound to."""

    vault: str
    compartment: str
    object_id: str

    def info(self, purpose: str) -> bytes:
        return "\x1f".join(("polyveil", str(VERSION), purpose, self.vault, self.compartment, self.object_id)).encode()


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one object, from the session secret and the object's own erasable secret."""

    data: bytes = field(repr=False)
    commitment: bytes = field(repr=False)

    @classmethod
    def of(cls, session: bytes, shred: bytes, place: Place) -> Keys:
        secret = derive(session + shred, place.info("object"))
        return cls(derive(secret, b"data"), derive(secret, b"commitment"))


@dataclass(frozen=True, slots=True)
class Header:
    """The sealed header of an object."""

    media_type: str
    attributes: Mapping[str, Any]
    size: int
    digest: str
    lengths: tuple[int, ...]


def seal(
    source: BinaryIO, keys: Keys, place: Place, *, media_type: str, attributes: Mapping[str, Any], level: int
) -> Iterator[bytes]:
    """The pieces of an object, one after the other, in bounded memory."""
    yield keys.commitment
    cipher, packer, hasher = AESGCM(keys.data), zstandard.ZstdCompressor(level=level), blake3()
    lengths: list[int] = []
    size, index = 0, 0
    chunk = source.read(SEGMENT)
    while chunk:
        following = source.read(SEGMENT)
        hasher.update(chunk)
        size += len(chunk)
        packed = packer.compress(chunk)
        body = b"\x01" + packed if len(packed) < len(chunk) else b"\x00" + chunk
        piece = cipher.encrypt(_nonce(index), body, _bound(place, index, last=not following))
        lengths.append(len(piece))
        yield piece
        chunk, index = following, index + 1
    header = {
        "media_type": media_type,
        "attributes": dict(attributes),
        "size": size,
        "digest": hasher.hexdigest(),
        "lengths": lengths,
    }
    body = packer.compress(json.dumps(header).encode())
    piece = cipher.encrypt(_nonce(HEADER), body, _bound(place, HEADER, last=True))
    yield piece
    yield struct.pack(">I", len(piece))


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")


def _bound(place: Place, index: int, *, last: bool) -> bytes:
    return place.info("segment") + struct.pack(">IB", index, last)


class Opened(io.RawIOBase):
    """One object, readable and seekable; only the segments that a read touches are decrypted.

    Args:
        stored: the pack file, positioned anywhere; offset, length: the object's place in it.

    Raises:
        IntegrityError: on any byte that does not authenticate.
    """

    def __init__(self, stored: BinaryIO, offset: int, length: int, keys: Keys, place: Place) -> None:
        super().__init__()
        self._stored, self._offset, self._place = stored, offset, place
        self._cipher = AESGCM(keys.data)
        if length < COMMITMENT + 4 + TAG:
            raise IntegrityError(f"object {place.object_id}: truncated")
        if not hmac.compare_digest(self._at(0, COMMITMENT), keys.commitment):
            raise IntegrityError(f"object {place.object_id}: not made with this key")
        (header_length,) = struct.unpack(">I", self._at(length - 4, 4))
        start = length - 4 - header_length
        if start < COMMITMENT:
            raise IntegrityError(f"object {place.object_id}: damaged")
        self.header = self._header(self._at(start, header_length))
        if COMMITMENT + sum(self.header.lengths) != start:
            raise IntegrityError(f"object {place.object_id}: damaged")
        self._position = 0
        self._cached: tuple[int, bytes] = (-1, b"")

    def _at(self, position: int, count: int) -> bytes:
        self._stored.seek(self._offset + position)
        data = self._stored.read(count)
        if len(data) != count:
            raise IntegrityError(f"object {self._place.object_id}: truncated")
        return data

    def _decrypt(self, index: int, piece: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(index), piece, _bound(self._place, index, last=last))
        except InvalidTag:
            raise IntegrityError(f"object {self._place.object_id}: damaged or swapped") from None

    def _header(self, piece: bytes) -> Header:
        body = self._decrypt(HEADER, piece, last=True)
        row = json.loads(zstandard.ZstdDecompressor().decompress(body))
        return Header(row["media_type"], row["attributes"], row["size"], row["digest"], tuple(row["lengths"]))

    def _segment(self, index: int) -> bytes:
        if self._cached[0] != index:
            lengths = self.header.lengths
            piece = self._at(COMMITMENT + sum(lengths[:index]), lengths[index])
            body = self._decrypt(index, piece, last=index == len(lengths) - 1)
            plain = zstandard.ZstdDecompressor().decompress(body[1:], SEGMENT) if body[:1] == b"\x01" else body[1:]
            self._cached = (index, plain)
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
        """Fill a buffer from one segment at most, as raw streams may."""
        if self._position >= self.header.size:
            return 0
        index, start = divmod(self._position, SEGMENT)
        plain = self._segment(index)[start : start + len(buffer)]
        buffer[: len(plain)] = plain
        self._position += len(plain)
        return len(plain)

    def close(self) -> None:
        if not self.closed:
            self._stored.close()
        super().close()
