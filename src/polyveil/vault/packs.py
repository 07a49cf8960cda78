"""Packs: files of about 16 MiB that hold the units of one compartment, each written by one process.

Before each unit stands a record that lets an index be rebuilt from packs alone:

    b"PVU1" | unit id (16) | session id (16) | compartment number (1) | role (1) | length (8, big-endian)

Units are held back for a moment and then written in random order into one of two packs at random: the order in which
lengths stand in a pack would tell a stranger what was stored. A finished pack ends in a digest of all before it:

    b"PVE1" | BLAKE3 (32)

It shows damage where no unit's own authentication looks: in garbage, that nothing points to any more.
"""

from __future__ import annotations

import os
import random
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from blake3 import blake3

from polyveil.errors import VaultError
from polyveil.vault.store import PackFile, PackStore

PACK_BYTES = 16 * 1024 * 1024
HELD_BYTES = 8 * 1024 * 1024
HELD_UNITS = 512
SLOTS = 2
MAGIC = b"PVU1"
RECORD = struct.Struct(">4s16s16sBBQ")
END = b"PVE1"
TRAILER = len(END) + 32


@dataclass(slots=True)
class Written:
    """Where a unit lies: pack id (32 hexadecimal digits), offset of its first byte after the record, length.

    The place is known once the writer was flushed; until then `pack` is ''.
    """

    length: int
    pack: str = ""
    offset: int = 0


@dataclass(slots=True)
class _Slot:
    pack: str
    file: PackFile
    size: int = 0
    digest: Any = field(default_factory=blake3)

    def finish(self) -> None:
        self.file.append(END + self.digest.digest())
        self.file.finish()


@dataclass(slots=True)
class PackWriter:
    """Writes units of one compartment; threads may share it."""

    store: PackStore
    number: int
    _held: list[tuple[bytes, bytes, Written]] = field(default_factory=list, repr=False)
    _bytes: int = 0
    _slots: list[_Slot | None] = field(default_factory=lambda: [None] * SLOTS, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, unit: bytes, session: bytes, role: int, stored: bytes) -> Written:
        """Take one unit. Raises VaultError when the disk is full or read-only; what was written is garbage then."""
        written = Written(len(stored))
        record = RECORD.pack(MAGIC, unit, session, self.number, role, len(stored))
        with self._lock:
            self._held.append((record, stored, written))
            self._bytes += len(stored)
            if self._bytes >= HELD_BYTES or len(self._held) >= HELD_UNITS:
                self._spill()
        return written

    def _spill(self) -> None:
        held, self._held, self._bytes = self._held, [], 0
        random.SystemRandom().shuffle(held)
        shares: list[list[tuple[bytes, bytes, Written]]] = [[] for _ in range(SLOTS)]
        for one, choice in zip(held, os.urandom(len(held)), strict=True):
            shares[choice % SLOTS].append(one)
        for index, share in enumerate(shares):
            if share:
                self._write(index, share)

    def _write(self, index: int, share: list[tuple[bytes, bytes, Written]]) -> None:
        batch: list[bytes] = []
        slot = self._slot(index)
        for record, stored, written in share:
            if slot.size >= PACK_BYTES:
                self._append(index, slot, batch)
                batch = []
                slot = self._slot(index)
            written.pack, written.offset = slot.pack, slot.size + RECORD.size
            slot.size += RECORD.size + len(stored)
            batch += (record, stored)
        self._append(index, slot, batch)

    def _slot(self, index: int) -> _Slot:
        slot = self._slots[index]
        if slot is not None and slot.size >= PACK_BYTES:
            slot.finish()
            slot = None
        if slot is None:
            pack = os.urandom(16).hex()
            slot = self._slots[index] = _Slot(pack, self.store.begin(pack))
        return slot

    def _append(self, index: int, slot: _Slot, batch: list[bytes]) -> None:
        data = b"".join(batch)
        slot.digest.update(data)
        try:
            slot.file.append(data)
        except VaultError:
            self._slots[index] = None  # what was committed in that pack stays readable
            slot.file.abandon()
            raise

    def flush(self) -> None:
        """Make everything durable and every place known. Raises VaultError."""
        with self._lock:
            self._spill()
            for index, slot in enumerate(self._slots):
                if slot is not None and slot.file.grows:
                    slot.file.sync()
                elif slot is not None:
                    slot.finish()
                    self._slots[index] = None

    def close(self) -> None:
        """Finish the packs that are being written. Raises VaultError."""
        self.flush()
        with self._lock:
            for slot in self._slots:
                if slot is not None:
                    slot.finish()
            self._slots = [None] * SLOTS


@dataclass(frozen=True, slots=True)
class Found:
    """A unit that a pack holds, as its record says."""

    unit: bytes
    session: bytes
    compartment: int
    role: int
    pack: str
    offset: int
    length: int


def whole(store: PackStore, pack: str, size: int) -> bool:
    """Is a finished pack what was written? Raises IntegrityError if it cannot be read."""
    if size < TRAILER:
        return False
    digest, position = blake3(), 0
    while position < size - TRAILER:
        step = min(4 * 1024 * 1024, size - TRAILER - position)
        digest.update(store.read(pack, position, step))
        position += step
    return store.read(pack, size - TRAILER, TRAILER) == END + digest.digest()


def scan(store: PackStore, pack: str, size: int) -> Iterator[Found]:
    """The records of a pack, in order. Stops at the first that is damaged or cut short."""
    position = 0
    while position + RECORD.size <= size:
        magic, unit, session, number, role, length = RECORD.unpack(store.read(pack, position, RECORD.size))
        start = position + RECORD.size
        if magic != MAGIC or start + length > size:
            return
        yield Found(unit, session, number, role, pack, start, length)
        position = start + length
