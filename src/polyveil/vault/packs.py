"""Packs: files of about 16 MiB that hold the objects of one compartment, written by one process each.

Before each object stands a record that lets an index be rebuilt from packs alone:

    b"PVO1" | object id (16) | session id (16) | compartment number (1) | length (8, big-endian)

A pack that is being written ends in '.open', a full one in '.pack'. Both are read. Bytes after the last committed
object are garbage that nothing points to.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from polyveil.errors import IntegrityError, VaultError

PACK_BYTES = 16 * 1024 * 1024
MAGIC = b"PVO1"
RECORD = struct.Struct(">4s16s16sBQ")


@dataclass(frozen=True, slots=True)
class Written:
    """Where an object lies: pack id, offset of its first byte after the record, length."""

    pack: str
    offset: int
    length: int


class PackWriter:
    """Appends objects of one compartment. Not shared between threads or processes."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder, self._number = folder, number
        self._pack, self._file = "", None  # type: str, BinaryIO | None
        self._dirty = False

    def write(self, object_id: bytes, session: bytes, pieces: Iterable[bytes]) -> Written:
        """Append one object. Raises VaultError when the disk is full or read-only; what was written is garbage then."""
        try:
            stream = self._stream()
            begin = stream.tell()
            stream.write(RECORD.pack(MAGIC, object_id, session, self._number, 0))
            length = 0
            for piece in pieces:
                stream.write(piece)
                length += len(piece)
            end = stream.tell()
            stream.seek(begin)
            stream.write(RECORD.pack(MAGIC, object_id, session, self._number, length))
            stream.seek(end)
        except OSError as error:
            self._abandon()
            raise VaultError(f"{self._folder}: cannot be written ({error.strerror})") from None
        self._dirty = True
        return Written(self._pack, begin + RECORD.size, length)

    def _abandon(self) -> None:
        """Leave a pack that could not be written: what was committed in it stays readable."""
        broken, self._file, self._dirty = self._file, None, False
        if broken is not None:
            with suppress(OSError):
                broken.close()

    def _stream(self) -> BinaryIO:
        if self._file is not None and self._file.tell() >= PACK_BYTES:
            self.flush()
            self.close()
        if self._file is None:
            self._pack = os.urandom(16).hex()
            folder = self._folder / self._pack[:2]
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / f"{self._pack}.open").open("xb")
            sync_folder(folder)
        return self._file

    def flush(self) -> None:
        """Make everything written durable. Raises VaultError."""
        if self._file is None or not self._dirty:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise VaultError(f"{self._folder}: cannot be written ({error.strerror})") from None
        self._dirty = False

    def close(self) -> None:
        """Finish the pack that is being written."""
        if self._file is None:
            return
        self.flush()
        path = Path(self._file.name)
        self._file.close()
        path.rename(path.with_suffix(".pack"))
        sync_folder(path.parent)
        self._file = None


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_pack(folder: Path, pack: str) -> BinaryIO:
    """The file of a pack. Raises IntegrityError if it is gone."""
    for suffix in (".pack", ".open", ".pack"):  # it may be renamed between two looks
        try:
            return (folder / pack[:2] / f"{pack}{suffix}").open("rb")
        except FileNotFoundError:
            continue
    raise IntegrityError(f"pack {pack} is missing")


def scan(path: Path) -> Iterator[tuple[bytes, bytes, int, Written]]:
    """The records of a pack: object id, session id, compartment number, place. Stops at the first damaged one."""
    pack = path.stem
    size = path.stat().st_size
    with path.open("rb") as stream:
        position = 0
        while position + RECORD.size <= size:
            stream.seek(position)
            magic, object_id, session, number, length = RECORD.unpack(stream.read(RECORD.size))
            start = position + RECORD.size
            if magic != MAGIC or length == 0 or start + length > size:
                return
            yield object_id, session, number, Written(pack, start, length)
            position = start + length
