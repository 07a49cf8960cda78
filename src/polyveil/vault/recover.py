"""Recovery: a lost catalog rebuilt from the packs, a lost key replaced by the recovery shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from polyveil.errors import IntegrityError, UnlockError, UsageError
from polyveil.vault import epochs
from polyveil.vault.audit import AuditLog
from polyveil.vault.catalog import Catalog, Change, Row
from polyveil.vault.create import RECOVERY
from polyveil.vault.grants import grant
from polyveil.vault.index import ContentIndex
from polyveil.vault.keys import Unlock
from polyveil.vault.packs import Found, scan
from polyveil.vault.principals import Principal
from polyveil.vault.reader import Reader
from polyveil.vault.ring import COMPARTMENTS, IDENTITY, Ring
from polyveil.vault.sealer import NO_CONTENT
from polyveil.vault.store import open_store
from polyveil.vault.unit import MANIFEST
from polyveil.vault.vault import Vault

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilt catalog holds."""

    assets: int
    objects: int
    pieces: int
    records: int


@dataclass(slots=True)
class _Finds:
    rows: dict[bytes, Row] = field(default_factory=dict)
    refs: Counter[bytes] = field(default_factory=Counter)
    assets: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    subjects: set[tuple[str, str]] = field(default_factory=set)
    records: dict[str, tuple[int, bytes]] = field(default_factory=dict)


def recover_index(
    location: str | Path,
    unlock: Unlock,
    *,
    principal: str | None = None,
    tell: Callable[[int, int], None] = lambda _done, _total: None,
) -> Rebuilt:
    """Rebuild the catalog from packs, epochs and sessions. The old file, if there is one, is kept beside as `.lost`.

    Erased objects do not come back: their secrets are gone. What was let go of but not collected yet may.

    Raises:
        UnlockError: the principal lacks a grant: all compartments are needed. UsageError: a server's database is not
        empty. IntegrityError: a damaged key file or epoch.
    """
    folder = Path(location)
    ring = Ring.load(folder)
    who = ring.principals.unlock(unlock, principal)
    fresh = folder / "catalog.rebuilding"
    for suffix in ("", "-wal", "-shm"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    catalog = Catalog(ring.catalog or fresh)
    if catalog.sums():
        catalog.close()
        raise UsageError("the catalog's database is not empty: empty it, or name one that is")
    reader = Reader(folder, ring, who, catalog, open_store(ring.packs, folder / "packs"))
    for compartment in COMPARTMENTS:
        reader.demand(compartment)
    finds = _Finds()
    _scan(reader, finds, tell)
    _enter(reader, finds)
    _read_manifests(reader, finds)
    log = AuditLog(folder / "audit.jsonl", ring.vault)
    newest = log.newest()
    catalog.begin_at(int(newest.get("catalog", 0)) + 1 if newest else 1)
    version = catalog.version()
    catalog.settle()
    catalog.close()
    if not ring.catalog:
        _swap(folder, fresh)
    kinds = Counter(row.role for row in finds.rows.values())
    rebuilt = Rebuilt(len(finds.assets), kinds[MANIFEST], len(finds.rows) - kinds[MANIFEST], len(finds.records))
    log.append("recover", who.name, who.own, catalog=version, assets=rebuilt.assets)
    return rebuilt


def _scan(reader: Reader, finds: _Finds, tell: Callable[[int, int], None]) -> None:
    """Choose, for every unit of which a secret is left, a place and an epoch that fit together."""
    secrets: dict[bytes, list[bytes]] = {}
    for compartment in COMPARTMENTS:
        folder = reader.folder / "epochs" / compartment
        for epoch in epochs.all_epochs(folder):
            for unit in epochs.read(folder, epoch):
                secrets.setdefault(unit, []).append(bytes.fromhex(epoch))
    packs = list(reader.store.packs())
    for number, stored in enumerate(packs, 1):
        for found in scan(reader.store, stored.pack, stored.size):
            if found.unit in finds.rows or found.compartment >= len(COMPARTMENTS):
                continue
            row = next(_fitting(reader, found, secrets.get(found.unit, ())), None)
            if row is not None:
                finds.rows[found.unit] = row
        tell(number, len(packs))


def _fitting(reader: Reader, found: Found, choices: list[bytes] | tuple[()]) -> Iterator[Row]:
    for epoch in choices:
        row = Row(
            found.unit,
            found.compartment,
            found.role,
            0,
            found.session,
            epoch,
            bytes.fromhex(found.pack),
            found.offset,
            found.length,
        )
        try:
            secret = reader.secret(row)
            if len(choices) > 1:  # it was sealed again, or moved: only one secret opens this ciphertext
                reader.unit(row, content=b"" if found.role == MANIFEST else secret.content)
        except IntegrityError:
            continue
        yield row


def _enter(reader: Reader, finds: _Finds) -> None:
    rows = list(finds.rows.values())
    for start in range(0, len(rows), _BATCH):
        reader.catalog.apply(Change(units=rows[start : start + _BATCH]))


def _read_manifests(reader: Reader, finds: _Finds) -> None:
    """Count who holds what, and find the records of assets and the named ones."""
    indexes: dict[str, ContentIndex] = {}
    damaged = set[bytes]()
    for row in finds.rows.values():
        if row.role != MANIFEST:
            continue
        finds.refs[row.id] += 1
        try:
            _, manifest = reader.manifest(row.id)
        except IntegrityError:
            damaged.add(row.id)
            continue
        name = COMPARTMENTS[row.compartment]
        index = indexes.setdefault(name, reader.index(name))
        for content in {piece.content for piece in manifest.pieces}:
            unit = index.units.get(content)
            if unit is not None and content != NO_CONTENT:
                finds.refs[unit] += 1
        marks, at = manifest.attributes, int(manifest.attributes.get("at", 0))
        if "record" in marks and finds.records.get(marks["record"], (-1, b""))[0] < at:
            finds.records[marks["record"]] = (at, row.id)
        if "asset" in marks and finds.assets.get(marks["asset"], (-1, b""))[0] < at:
            finds.assets[marks["asset"]] = (at, row.id)
            finds.subjects |= {(subject, marks["asset"]) for subject in marks.get("subjects", ())}
    reader.catalog.apply(
        Change(
            refs={unit: number for unit, number in finds.refs.items() if unit in finds.rows},
            assets=[(asset, object_id) for asset, (_, object_id) in finds.assets.items()],
            subjects=sorted(finds.subjects),
            records={name: object_id for name, (_, object_id) in finds.records.items()},
            gone_units=[unit for unit in finds.rows if not finds.refs[unit]],
        )
    )
    for unit in [unit for unit in finds.rows if not finds.refs[unit]]:
        del finds.rows[unit]


def _swap(folder: Path, fresh: Path) -> None:
    target = folder / "catalog.sqlite"
    (folder / "catalog.sum").unlink(missing_ok=True)
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            old.replace(target.with_name(f"{target.name}.lost{suffix}"))
    fresh.replace(target)
    for suffix in ("-wal", "-shm"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)


def recover(location: str | Path, shares: tuple[str, ...], name: str, unlock: Unlock) -> Principal:
    """Make a new administrator with every grant, by the recovery shares that were made with the vault.

    Raises:
        UnlockError: too few or wrong shares, or the vault was made without any. UsageError: the name is taken.
    """
    ring = Ring.load(Path(location))
    if RECOVERY not in ring.principals.names():
        raise UnlockError(f"{location}: was made without recovery shares")
    with Vault.open(location, Unlock(shares=shares), principal=RECOVERY) as vault:
        if name in ring.principals.names():
            raise UsageError(f"'{name}': there is a principal of that name. Choose another.")
        held = [what for what in (*COMPARTMENTS, IDENTITY) if RECOVERY in ring.granted(what)]
        grant(vault, name, held, unlock, administers=True)
        vault.audit("recovered", to=name)
    return ring.principals.unlock(unlock, name)


__all__ = ["Rebuilt", "recover", "recover_index"]
