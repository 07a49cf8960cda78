"""Epochs: the erasable secret of every object, kept apart from catalog and packs.

    epochs/<id>.key    32 random bytes
    epochs/<id>.log    rows of object id (16) | nonce (12) | AES-256-GCM of the object's secret (48)

Without its row an object does not open, whoever holds whatever grant. To erase objects, the rows that stay are written
under a fresh epoch and key, and the old key and log are destroyed. Neither the catalog, its WAL nor a copy of either
ever held what is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polyveil.errors import IntegrityError
from polyveil.vault.packs import sync_folder

ROW = 16 + 12 + 32 + 16
ROWS = 4096
"""Rows an epoch takes: what an erasure rewrites at most, times the epochs it touches."""


class EpochWriter:
    """One epoch that one vault handle writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.epoch = os.urandom(8).hex()
        self._key = os.urandom(32)
        self._rows = 0
        folder.mkdir(exist_ok=True)
        _durable(folder / f"{self.epoch}.key", self._key)

    @property
    def full(self) -> bool:
        return self._rows >= ROWS

    def add(self, secrets: Iterable[tuple[str, bytes]]) -> None:
        """Append (object id, secret) rows and make them durable."""
        rows = [_row(self._key, bytes.fromhex(object_id), secret) for object_id, secret in secrets]
        with (self._folder / f"{self.epoch}.log").open("ab") as log:
            log.write(b"".join(rows))
            log.flush()
            os.fsync(log.fileno())
        self._rows += len(rows)


def _row(key: bytes, object_id: bytes, secret: bytes) -> bytes:
    nonce = os.urandom(12)
    return object_id + nonce + AESGCM(key).encrypt(nonce, secret, object_id)


def secrets_of(folder: Path, epoch: str) -> dict[str, bytes]:
    """Secrets by object id. A torn last row (a killed writer) is ignored. Raises IntegrityError on a damaged one."""
    try:
        key = (folder / f"{epoch}.key").read_bytes()
        data = (folder / f"{epoch}.log").read_bytes()
    except FileNotFoundError:
        return {}
    cipher = AESGCM(key)
    found = {}
    for start in range(0, len(data) - ROW + 1, ROW):
        row = data[start : start + ROW]
        try:
            found[row[:16].hex()] = cipher.decrypt(row[16:28], row[28:], row[:16])
        except InvalidTag:
            raise IntegrityError(f"epoch {epoch}: damaged at row {start // ROW}") from None
    return found


def rewrite(folder: Path, epoch: str, erased: set[str]) -> str | None:
    """Write what stays of an epoch under a new one; the old one is still there. None if nothing stays."""
    stays = {object_id: secret for object_id, secret in secrets_of(folder, epoch).items() if object_id not in erased}
    if not stays:
        return None
    writer = EpochWriter(folder)
    writer.add(stays.items())
    return writer.epoch


def destroy(folder: Path, epoch: str) -> None:
    """Overwrite and remove an epoch's key, then its log."""
    for suffix, size in ((".key", 32), (".log", 0)):
        path = folder / f"{epoch}{suffix}"
        if not path.exists():
            continue
        with path.open("r+b") as stream:
            stream.write(os.urandom(size or path.stat().st_size))
            stream.flush()
            os.fsync(stream.fileno())
        path.unlink()
    sync_folder(folder)


def _durable(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)


def all_epochs(folder: Path) -> Iterator[str]:
    """The ids of all epochs."""
    return (path.stem for path in sorted(folder.glob("*.key")))
