"""Collecting garbage: packs, secrets and sessions that nothing points to any more."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from polyveil.errors import VaultError
from polyveil.vault import epochs, files, sessions
from polyveil.vault.erase import finish
from polyveil.vault.packs import RECORD, PackWriter
from polyveil.vault.ring import COMPARTMENTS
from polyveil.vault.store import Stored
from polyveil.vault.vault import Vault

GRACE = 24 * 3600.0
"""Seconds that what nothing points to is left alone: a run that is under way may be about to point to it."""

_SPARSE = 0.5
"""A pack is written anew when less than this share of it lives."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was reclaimed. packs: removed; rewritten: among them those of which a part lives on; bytes_freed: net."""

    packs: int
    rewritten: int
    bytes_freed: int
    secrets: int
    sessions: int


def gc(
    vault: Vault, *, grace: float = GRACE, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> Collected:
    """Reclaim what is garbage for longer than `grace` seconds.

    Raises:
        UnlockError: the caller does not administer the vault. VaultError: another collection is under way.
    """
    vault.signer()
    with _only(vault.folder):
        live = vault.catalog.pack_sums()
        packs = rewritten = freed = 0
        found = list(vault.store.packs())
        for number, stored in enumerate(found, 1):
            if not stored.busy and stored.age >= grace:
                units, size = live.get(bytes.fromhex(stored.pack), (0, 0))
                lives = size + units * RECORD.size
                if not units or lives < _SPARSE * stored.size:
                    freed += stored.size - _replace(vault, stored)
                    packs += 1
                    rewritten += units > 0
            tell(number, len(found))
        secrets = sum(_secrets(vault, compartment, grace) for compartment in COMPARTMENTS)
        ended = sum(_sessions(vault, compartment, grace) for compartment in COMPARTMENTS)
        vault.reader.forget()
    vault.audit("gc", packs=packs, bytes=freed)
    return Collected(packs, rewritten, freed, secrets, ended)


@contextmanager
def _only(folder: Path) -> Iterator[None]:
    handle = os.open(folder / "gc.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise VaultError(f"{folder}: its garbage is being collected already") from None
    finally:
        os.close(handle)


def _replace(vault: Vault, stored: Stored) -> int:
    """Copy what lives of a pack into others, as it is, then remove it. Returns the bytes copied."""
    with vault.alone():
        rows = vault.catalog.rows_in(bytes.fromhex(stored.pack))
        if rows:
            vault.committer.digest.writing()
            writer = PackWriter(vault.store, rows[0].compartment)
            places = []
            for row in rows:
                raw = vault.store.read(stored.pack, row.offset, row.length)
                places.append((row, writer.add(row.id, row.session, row.role, raw)))
            writer.close()
            vault.catalog.move(
                [replace(row, pack=bytes.fromhex(place.pack), offset=place.offset) for row, place in places]
            )
        vault.store.delete(stored.pack)
    return sum(row.length + RECORD.size for row in rows)


def _secrets(vault: Vault, compartment: str, grace: float) -> int:
    """Drop secrets that the catalog does not name: of units that were never committed, or sealed again since."""
    folder, dropped = vault.folder / "epochs" / compartment, 0
    if not folder.is_dir():
        return 0
    with vault.committer.locked([compartment]):
        for epoch in epochs.all_epochs(folder):
            log = folder / f"{epoch}.log"
            if log.exists() and time.time() - log.stat().st_mtime < grace:
                continue
            secrets = epochs.read(folder, epoch)
            raw = bytes.fromhex(epoch)
            rows = vault.catalog.rows_of(secrets)
            stays = [one for unit, one in secrets.items() if unit in rows and rows[unit].epoch == raw]
            if len(stays) == len(secrets) and stays:
                continue
            dropped += len(secrets) - len(stays)
            fresh = bytes.fromhex(epochs.rewrite(folder, stays)) if stays else b""
            files.write(folder / f"{epoch}.erase", b"")
            if stays:
                vault.committer.digest.writing()
                vault.catalog.move([replace(rows[one.unit], epoch=fresh) for one in stays])
            finish(vault, [(compartment, epoch)])
    return dropped


def _sessions(vault: Vault, compartment: str, grace: float) -> int:
    """Remove the key files of sessions under which nothing lies any more."""
    folder = vault.folder / "sessions"
    used = {row.session for row in vault.catalog.rows(COMPARTMENTS.index(compartment))}
    ended = 0
    for name in list(sessions.known(folder, compartment)):
        path = folder / compartment / name
        if bytes.fromhex(name) not in used and time.time() - path.stat().st_mtime >= grace:
            files.remove(path)
            ended += 1
    return ended
