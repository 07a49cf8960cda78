"""The catalog's digest: a database file that nobody has open must be the one that was closed.

    catalog.sum    {"version": transactions so far, "mac": keyed BLAKE3 of catalog.sqlite}

Only the last to close a catalog writes it, and the first to write into the catalog removes it; between the two, and
after a kill, the database's own check is all there is.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from blake3 import blake3

from polyveil.errors import IntegrityError
from polyveil.vault import files
from polyveil.vault.catalog import Catalog
from polyveil.vault.principals import read_json


@dataclass(slots=True)
class CatalogDigest:
    """The digest of one vault's catalog; does nothing for a server's. key: 32 bytes, b'' without the identity key."""

    folder: Path
    catalog: Catalog
    key: bytes = field(default=b"", repr=False)
    _lock: int = -1

    @property
    def path(self) -> Path:
        return self.folder / "catalog.sum"

    def writing(self) -> None:
        """Say that the catalog is about to change. Raises VaultError."""
        if self.catalog.path is None or self._lock >= 0:
            return
        with files.reported(self.folder):
            self._lock = os.open(self.folder / "catalog.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            files.remove(self.path)

    def close(self) -> None:
        """Settle the catalog and write its digest, if this was the last to write."""
        if self._lock < 0:
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._write()
        except BlockingIOError:
            pass  # another process writes: it will do it
        finally:
            os.close(self._lock)
            self._lock = -1

    def _write(self) -> None:
        if not self.key or self.catalog.path is None:
            return
        self.catalog.settle()
        if self._unsettled():
            return  # a reader elsewhere keeps the WAL; the next one who writes and closes will do it
        version = self.catalog.version()
        self.catalog.close()
        files.write(self.path, json.dumps({"version": version, "mac": self._mac()}).encode())

    def _unsettled(self) -> bool:
        """Does the WAL hold something that the database file does not?"""
        path = self.catalog.path
        wal = path.with_name(path.name + "-wal") if path is not None else None
        return wal is not None and wal.exists() and wal.stat().st_size > 0

    def _mac(self) -> str:
        path = self.catalog.path
        if path is None:
            return ""
        return blake3(path.read_bytes(), key=self.key).hexdigest()

    def check(self) -> str:
        """What is wrong with the catalog's file; '' if nothing, or if nobody can tell.

        Nobody can tell while somebody writes, after a kill, or without the identity key.
        """
        if not self.path.exists() or not self.key or self.catalog.path is None or self._lock >= 0:
            return ""
        if self._unsettled():
            return "somebody wrote into it after it was closed"
        try:
            row = read_json(self.path)
        except IntegrityError:
            return "its digest is damaged"
        if row.get("version") != self.catalog.version() or not hmac.compare_digest(str(row.get("mac")), self._mac()):
            return "is not the file that was closed last: damaged, or changed by somebody else"
        return ""
