"""The ledger: the durable record of which asset is at which stage, and the index of fingerprints.

It holds keyed ids and sealed rows only: neither a name nor a finding can be read from it without the identity key.
Losing it costs time, never data: the vault itself refuses an asset that it already holds.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polyveil.errors import VaultError
from polyveil.identity import Identity
from polyveil.pipeline.job import Inspected
from polyveil.schema.inspection import Fingerprint
from polyveil.schema.modality import Modality

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    key TEXT PRIMARY KEY,      -- keyed id of the place, content state and policy
    stage TEXT NOT NULL,       -- started, inspected, protected, skipped, quarantined
    asset TEXT NOT NULL DEFAULT '',
    sealed BLOB                -- the inspection, until the asset is done
);
CREATE TABLE IF NOT EXISTS exact (mark BLOB PRIMARY KEY, asset TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (id INTEGER PRIMARY KEY, asset TEXT NOT NULL, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bands (band BLOB NOT NULL, mark INTEGER NOT NULL, PRIMARY KEY (band, mark)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS marks_by_asset ON marks (asset);
"""

FINAL = ("protected", "skipped", "quarantined")


class Ledger:
    """One SQLite file in WAL mode. Not shared between processes: only the coordinator writes it.

    Raises:
        VaultError: the file cannot be opened or written.
    """

    def __init__(self, path: Path, identity: Identity) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise VaultError(f"{path}: the ledger cannot be opened ({error}). Is the folder writable?") from None
        self._identity = identity
        self._aead = AESGCM(identity.digest("ledger-seal", "v1"))

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # -- stages ---------------------------------------------------------------------------------------------------

    def stages(self) -> dict[str, str]:
        """Stage by job key, of all runs."""
        return dict(self._db.execute("SELECT key, stage FROM jobs"))

    def unfinished(self) -> bool:
        """Did an earlier run stop half-way?"""
        marks = ",".join("?" * len(FINAL))
        row = self._db.execute(f"SELECT 1 FROM jobs WHERE stage NOT IN ({marks}) LIMIT 1", FINAL).fetchone()  # noqa: S608 - only question marks are inserted
        return row is not None

    def start(self, keys: Iterable[str]) -> None:
        """Write down that these jobs are about to be done."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO jobs (key, stage) VALUES (?, 'started')", ((key,) for key in keys))
        self._db.execute("COMMIT")

    def inspected(self, key: str, result: Inspected) -> None:
        """Keep an inspection, sealed, so that a killed run need not do it again."""
        self._db.execute(
            "INSERT OR REPLACE INTO jobs (key, stage, asset, sealed) VALUES (?, 'inspected', ?, ?)",
            (key, result.asset, self._seal(result.to_json())),
        )

    def inspections(self) -> Iterator[tuple[str, Inspected]]:
        """Inspections of jobs that are not done."""
        for key, sealed in self._db.execute("SELECT key, sealed FROM jobs WHERE stage = 'inspected'"):
            row = self._unseal(sealed)
            if row is not None:
                yield key, Inspected.from_json(row)

    def finish(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Write down (key, stage, asset) of jobs that are done and drop their inspections."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO jobs (key, stage, asset, sealed) VALUES (?, ?, ?, NULL)", rows)
        self._db.execute("COMMIT")

    def forget_quarantined(self, keys: Iterable[str]) -> set[str]:
        """Let quarantined jobs among these run again (`--retry`). Returns their asset ids."""
        rows = dict(self._db.execute("SELECT key, asset FROM jobs WHERE stage = 'quarantined'"))
        again = {key: rows[key] for key in keys if key in rows}
        self._db.executemany("DELETE FROM jobs WHERE key = ?", ((key,) for key in again))
        return set(again.values())

    # -- fingerprints ---------------------------------------------------------------------------------------------

    def exact(self, mark: bytes) -> str | None:
        """The asset that claimed this exact mark, if one did."""
        row = self._db.execute("SELECT asset FROM exact WHERE mark = ?", (self._keyed(mark),)).fetchone()
        return str(row[0]) if row else None

    def sharing(self, modality: Modality, bands: Iterable[bytes]) -> dict[str, list[Fingerprint]]:
        """Fingerprints by asset that share at least one band."""
        found: dict[str, list[Fingerprint]] = {}
        seen: set[int] = set()
        for band in bands:
            rows = self._db.execute(
                "SELECT marks.id, marks.asset, marks.sealed FROM bands JOIN marks ON marks.id = bands.mark"
                " WHERE bands.band = ?",
                (self._keyed(modality.value.encode() + band),),
            )
            for number, asset, sealed in rows:
                row = None if number in seen else self._unseal(sealed)
                seen.add(number)
                if row is not None:
                    mark = Fingerprint(bytes.fromhex(row["exact"]), bytes.fromhex(row["near"]))
                    found.setdefault(asset, []).append(mark)
        return found

    def claim(self, asset: str, mark: bytes, parts: Iterable[tuple[Modality, Fingerprint]]) -> None:
        """Enter an asset that is to be kept, so that later ones are compared with it."""
        self._db.execute("BEGIN")
        self._db.execute("INSERT OR IGNORE INTO exact (mark, asset) VALUES (?, ?)", (self._keyed(mark), asset))
        for modality, part in parts:
            if not part.bands:
                continue
            sealed = self._seal({"exact": part.exact.hex(), "near": part.near.hex()})
            number = self._db.execute("INSERT INTO marks (asset, sealed) VALUES (?, ?)", (asset, sealed)).lastrowid
            rows = {(self._keyed(modality.value.encode() + band), number) for band in part.bands}
            self._db.executemany("INSERT OR IGNORE INTO bands (band, mark) VALUES (?, ?)", rows)
        self._db.execute("COMMIT")

    def release(self, asset: str) -> None:
        """Take an asset's claim back: it was quarantined, so a duplicate of it must get its own chance."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM exact WHERE asset = ?", (asset,))
        self._db.execute("DELETE FROM bands WHERE mark IN (SELECT id FROM marks WHERE asset = ?)", (asset,))
        self._db.execute("DELETE FROM marks WHERE asset = ?", (asset,))
        self._db.execute("COMMIT")

    def rename(self, asset: str, to: str) -> None:
        """An asset was corrected and has another id now: duplicates of it are still duplicates."""
        self._db.execute("BEGIN")
        for table in ("exact", "marks", "jobs"):
            self._db.execute(f"UPDATE {table} SET asset = ? WHERE asset = ?", (to, asset))  # noqa: S608 - our own names
        self._db.execute("COMMIT")

    def _keyed(self, mark: bytes) -> bytes:
        return self._identity.digest("ledger-mark", mark.hex())

    def _seal(self, row: dict[str, Any]) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._aead.encrypt(nonce, json.dumps(row).encode(), b"polyveil-ledger-1")

    def _unseal(self, sealed: bytes) -> dict[str, Any] | None:
        """None for a row of another key or a damaged one: it is done again."""
        try:
            row: dict[str, Any] = json.loads(self._aead.decrypt(sealed[:12], sealed[12:], b"polyveil-ledger-1"))
        except (InvalidTag, ValueError):
            return None
        return row
