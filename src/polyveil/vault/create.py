"""Making a vault."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from polyveil.errors import UsageError, VaultError
from polyveil.vault import files
from polyveil.vault.audit import AuditLog
from polyveil.vault.catalog import Catalog
from polyveil.vault.keys import KeyPair, Signer, Unlock
from polyveil.vault.ring import COMPARTMENTS, IDENTITY, Ring
from polyveil.vault.store import open_store

RECOVERY = "recovery"
"""The principal whose secret is split into recovery shares."""


def create(
    location: str | Path,
    unlock: Unlock,
    *,
    principal: str = "owner",
    packs: str = "",
    catalog: str = "",
    recovery: Sequence[str] = (),
) -> None:
    """Make a vault with a grant for every compartment to its first principal, who administers it.

    Args:
        location: a folder that is empty or does not exist.
        unlock: what will open the vault.
        principal: name of its first principal.
        packs: '' for the vault's folder, or s3://BUCKET/PREFIX.
        catalog: '' for SQLite in the vault's folder, or
            postgresql://USER@HOST/DATABASE; keys and epochs always stay in the folder.
        recovery: shares (vault.shares.split) that together open the vault when every other key is lost.

    Raises:
        UsageError: the folder exists and is not empty, or the database holds another vault.
        VaultError: it cannot be written; nothing is left behind in the folder.
    """
    folder = Path(location)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: exists and is no vault. Name a new or empty folder.")
    building = folder.with_name(f".{folder.name}.creating-{os.getpid()}")
    try:
        building.mkdir(parents=True, mode=0o700)
        for name in ("principals", "grants", "packs", "epochs", "sessions", "state"):
            (building / name).mkdir(mode=0o700)
        _furnish(building, unlock, principal, packs=packs, address=catalog, recovery=recovery)
        if folder.exists():
            folder.rmdir()
        building.rename(folder)
        files.sync_folder(folder.parent)
    except OSError as error:
        raise VaultError(f"{folder}: the vault cannot be made ({error.strerror})") from None
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _furnish(folder: Path, unlock: Unlock, name: str, *, packs: str, address: str, recovery: Sequence[str]) -> None:
    signer = Signer.generate()
    pairs = {compartment: KeyPair.generate() for compartment in COMPARTMENTS}
    ring = Ring(
        folder,
        os.urandom(16).hex(),
        signer.public,
        dict.fromkeys(COMPARTMENTS, 1),
        {compartment: pair.public for compartment, pair in pairs.items()},
        packs,
        address,
    )
    next(iter(open_store(packs, folder / "packs").packs()), None)  # a bucket that cannot be listed shows now
    with closing(Catalog(address or folder / "catalog.sqlite")) as db:
        if db.version():
            raise UsageError("that database holds the catalog of another vault. Name one of its own.")
        db.settle()
    ring.save(signer)
    who = ring.principals.add(name, unlock, signer, administers=True)
    names = [name]
    if recovery:
        ring.principals.add(RECOVERY, Unlock(shares=tuple(recovery)), signer, administers=True)
        names.append(RECOVERY)
    identity = os.urandom(32)
    for one in names:
        for compartment, pair in pairs.items():
            ring.grant(one, compartment, 1, pair.raw, signer)
        ring.grant(one, IDENTITY, 1, identity, signer)
    AuditLog(folder / "audit.jsonl", ring.vault).append("create", name, who.own, catalog=0)
