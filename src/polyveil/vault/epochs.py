"""Epochs: the erasable secret of every unit, kept apart from catalog and packs.

    epochs/<compartment>/<id>.key    32 random bytes
    epochs/<compartment>/<id>.log    batches: number of rows (4) | nonce (12) | AES-256-GCM of the rows
    row = unit id (16) | secret (32) | content id (24)

Without its row a unit does not open, whoever holds whatever grant. To erase, the rows that stay are written under a
fresh epoch and key, and the old key and log are destroyed. Neither the catalog, its WAL nor a copy of either ever held
what is needed; nor did they hold content ids, by which somebody could test whether a guessed content had been there.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polyveil.errors import IntegrityError
from polyveil.vault import files

ROWS = 8192
"""Rows an epoch takes: what an erasure rewrites at most, times the epochs it touches."""

_ROW = struct.Struct(">16s32s24s")
_HEAD = struct.Struct(">I12s")
_TAG = 16


@dataclass(frozen=True, slots=True)
class Secret:
    """The erasable secret of one unit. unit: 16 bytes; shred: 32; content: 24, zeros for a manifest."""

    unit: bytes
    shred: bytes = field(repr=False)
    content: bytes = field(repr=False)


class EpochWriter:
    """One epoch of one compartment that one vault handle writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.epoch = os.urandom(8).hex()
        self._key = os.urandom(32)
        self._rows = 0
        folder.mkdir(exist_ok=True, mode=0o700)
        files.append(folder / f"{self.epoch}.key", self._key)
        files.append(folder / f"{self.epoch}.log", b"")
        files.sync_folder(folder)

    @property
    def usable(self) -> bool:
        """Is there room, and has nobody erased something in it meanwhile?"""
        return self._rows < ROWS and (self._folder / f"{self.epoch}.key").exists()

    def add(self, secrets: Sequence[Secret]) -> None:
        """Append rows as one batch and make it durable. Raises OSError."""
        files.append(self._folder / f"{self.epoch}.log", _batch(self._key, self.epoch, secrets))
        self._rows += len(secrets)


def _batch(key: bytes, epoch: str, secrets: Sequence[Secret]) -> bytes:
    rows = b"".join(_ROW.pack(one.unit, one.shred, one.content) for one in secrets)
    head = _HEAD.pack(len(secrets), os.urandom(12))
    return head + AESGCM(key).encrypt(head[4:], rows, bytes.fromhex(epoch) + head[:4])


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep others from writing or erasing epochs of a compartment: between a batch and the catalog's word on it."""
    folder.mkdir(exist_ok=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read(folder: Path, epoch: str) -> dict[bytes, Secret]:
    """Secrets by unit id; nothing for an epoch that is gone.

    A batch cut short at the end (a killed writer) was never acknowledged and is no batch.

    Raises:
        IntegrityError: a damaged batch or key.
    """
    try:
        key = (folder / f"{epoch}.key").read_bytes()
        data = (folder / f"{epoch}.log").read_bytes()
    except FileNotFoundError:
        return {}
    if len(key) != 32:
        return {}  # its writer was killed before the key was whole, and wrote nothing with it
    cipher, found, position = AESGCM(key), dict[bytes, Secret](), 0
    while position + _HEAD.size <= len(data):
        count, nonce = _HEAD.unpack_from(data, position)
        start = position + _HEAD.size
        end = start + count * _ROW.size + _TAG
        if end > len(data):
            break
        try:
            rows = cipher.decrypt(nonce, data[start:end], bytes.fromhex(epoch) + data[position : position + 4])
        except InvalidTag:
            raise IntegrityError(f"epoch {epoch}: damaged") from None
        found.update((row[0], Secret(*row)) for row in _ROW.iter_unpack(rows))
        position = end
    return found


def rewrite(folder: Path, secrets: Sequence[Secret]) -> str:
    """Write what stays under a new epoch. Returns its id."""
    writer = EpochWriter(folder)
    writer.add(secrets)
    return writer.epoch


def destroy(folder: Path, epoch: str) -> None:
    """Overwrite and remove an epoch's key, then its log."""
    for suffix in (".key", ".log"):
        files.shred(folder / f"{epoch}{suffix}")


def all_epochs(folder: Path) -> Collection[str]:
    """The ids of a compartment's epochs."""
    return sorted(path.stem for path in folder.glob("*.key"))
