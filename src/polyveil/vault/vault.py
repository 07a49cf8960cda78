"""The vault: compartments that only their grants open, opened by a principal."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polyveil.errors import IntegrityError, UnlockError, UsageError, VaultError
from polyveil.vault import envelope, epochs
from polyveil.vault.audit import AuditLog
from polyveil.vault.catalog import Catalog, Row, Session
from polyveil.vault.epochs import EpochWriter
from polyveil.vault.keys import KeyPair, Signer, Unlock
from polyveil.vault.packs import open_pack
from polyveil.vault.ring import COMPARTMENTS, LINKAGE, Principal, Ring
from polyveil.vault.sealer import Sealed, Sealer, session_info

IDENTITY = "identity"
"""Name of the record that holds the identity key."""

Batch = Iterable[tuple[str, Sequence[Sealed], Sequence[str]]]


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What anybody who sees the catalog knows of an object."""

    object_id: str
    compartment: str
    stored: int


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged object and what is wrong with it."""

    object_id: str
    compartment: str
    problem: str


@dataclass(slots=True)
class Vault:
    """An opened vault. Make one with `Vault.create` or `Vault.open`.

    Reading takes grants; sealing takes public keys only (`sealer`).
    """

    folder: Path
    ring: Ring
    principal: Principal
    catalog: Catalog
    log: AuditLog
    _pairs: dict[tuple[str, int], KeyPair | None] = field(default_factory=dict, repr=False)
    _secrets: dict[str, bytes] = field(default_factory=dict, repr=False)
    _epochs: dict[str, dict[str, bytes]] = field(default_factory=dict, repr=False)
    _writer: EpochWriter | None = field(default=None, repr=False)
    _identity: bytes | None = field(default=None, repr=False)

    # -- open and create ------------------------------------------------------------------------------------------

    @staticmethod
    def exists(location: str | Path) -> bool:
        """Is there a vault?"""
        return (Path(location) / "vault.json").is_file()

    @classmethod
    def create(cls, location: str | Path, unlock: Unlock, *, principal: str = "owner") -> Vault:
        """Make a vault with a grant for every compartment to its first principal, who administers it.

        Raises:
            UsageError: the folder exists and is not empty. VaultError: it cannot be written; nothing is left behind.
        """
        folder = Path(location)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder}: exists and is no vault. Name a new or empty folder.")
        building = folder.with_name(f".{folder.name}.creating-{os.getpid()}")
        try:
            building.mkdir(parents=True, mode=0o700)
            for name in ("principals", "grants", "packs", "epochs", "state"):
                (building / name).mkdir(mode=0o700)
            _furnish(building, unlock, principal)
            fresh = cls.open(building, unlock, principal=principal)
            fresh.put_record(IDENTITY, os.urandom(32))
            fresh.audit("create")
            fresh.close()
            if folder.exists():
                folder.rmdir()
            building.rename(folder)
        except OSError as error:
            raise VaultError(f"{folder}: the vault cannot be made ({error.strerror})") from None
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return cls.open(folder, unlock, principal=principal)

    @classmethod
    def open(cls, location: str | Path, unlock: Unlock, *, principal: str | None = None) -> Vault:
        """Open a vault as a principal; without a name, as the one whose key is offered.

        Raises:
            UsageError: there is no vault. UnlockError: wrong passphrase or key. IntegrityError: damaged key files.
        """
        folder = Path(location)
        if not cls.exists(folder):
            raise UsageError(f"{folder}: is no vault. Make one with: polyveil vault init {folder}")
        ring = Ring.load(folder)
        who = ring.unlock(unlock, principal)
        return cls(folder, ring, who, Catalog(folder / "catalog.sqlite"), AuditLog(folder / "audit.jsonl"))

    def close(self) -> None:
        """Let go of the catalog. The vault may be opened again."""
        self.catalog.close()

    def state_folder(self) -> Path:
        """Where the pipeline keeps its ledger."""
        return self.folder / "state"

    # -- sealing --------------------------------------------------------------------------------------------------

    def sealer(self, level: int = 3) -> Sealer:
        """A sealer with public keys only, to be sent to workers. `level`: zstd, 1 to 22."""
        public = {
            name: (number, self.ring.generations[name], self.ring.public[name])
            for number, name in enumerate(COMPARTMENTS)
        }
        return Sealer(self.ring.vault, (self.folder / "packs").absolute(), public, level)

    def commit(self, asset_id: str, sealed: Sequence[Sealed], *, subjects: Sequence[str] = ()) -> bool:
        """Make an asset part of the vault; False, and nothing happens, if it is one already."""
        return self.commit_many([(asset_id, sealed, subjects)]) == 1

    def commit_many(self, batch: Batch) -> int:
        """Make assets part of the vault in one transaction. Returns how many were not yet.

        The last of an asset's sealed objects is its record in `linkage`. Committing twice is harmless, so a killed
        and resumed run may repeat itself.

        Raises:
            VaultError: the catalog or the epochs cannot be written; nothing was added.
        """
        fresh: dict[str, tuple[Sequence[Sealed], Sequence[str]]] = {}
        for asset, sealed, subjects in batch:
            if sealed and not self.committed(asset):
                fresh.setdefault(asset, (sealed, subjects))
        if not fresh:
            return 0
        everything = [one for sealed, _ in fresh.values() for one in sealed]
        epoch = self._remember(everything)
        self.catalog.commit(
            [(asset, sealed[-1].object_id) for asset, (sealed, _) in fresh.items()],
            [_row(one, epoch) for one in everything],
            [one.session for one in everything],
            [(subject, asset) for asset, (_, subjects) in fresh.items() for subject in set(subjects)],
        )
        return len(fresh)

    def withdraw(self, asset_ids: Iterable[str]) -> None:
        """Take the records of assets that were quarantined out again, so that they may be done anew."""
        records = self.catalog.assets()
        gone = {asset: records[asset] for asset in asset_ids if asset in records}
        self.catalog.forget(set(gone.values()), set(gone), {})

    def _remember(self, sealed: Sequence[Sealed]) -> str:
        """Write the erasable secrets down before the catalog names their objects."""
        try:
            if self._writer is None or self._writer.full:
                self._writer = EpochWriter(self.folder / "epochs")
            self._writer.add((one.object_id, one.shred) for one in sealed)
        except OSError as error:
            raise VaultError(f"{self.folder}: cannot be written ({error.strerror})") from None
        return self._writer.epoch

    def put_record(self, name: str, data: bytes, *, sealer: Sealer | None = None) -> None:
        """Keep a small named record, sealed in `linkage`; a record of that name is replaced."""
        own = sealer or self.sealer()
        one = own.seal(LINKAGE, data, media_type="application/octet-stream")
        own.flush()
        self.catalog.put_record(name, _row(one, self._remember([one])), [one.session])
        if sealer is None:
            own.close()

    # -- reading --------------------------------------------------------------------------------------------------

    @property
    def identity_key(self) -> bytes:
        """The 32-byte key of the identity map. Raises UnlockError without a grant for `linkage`."""
        if self._identity is None:
            record = self.get_record(IDENTITY)
            if record is None:
                raise IntegrityError(f"{self.folder}: the identity key is missing")
            self._identity = record
        return self._identity

    def get_record(self, name: str) -> bytes | None:
        """A named record, None if there is none."""
        object_id = self.catalog.records().get(name)
        return self.read(object_id) if object_id else None

    def record_names(self) -> list[str]:
        """Names of the records, sorted ('run/…')."""
        return sorted(self.catalog.records())

    def opens(self, compartment: str) -> bool:
        """Does this principal hold a grant for a compartment?"""
        return self._pair(compartment, self.ring.generations[compartment]) is not None

    def committed(self, asset_id: str) -> bool:
        return self.catalog.has_asset(asset_id)

    def asset_ids(self) -> set[str]:
        return set(self.catalog.assets())

    def objects(self, compartment: str | None = None) -> Iterator[ObjectInfo]:
        """All objects, or those of one compartment, in no meaningful order."""
        for row in self.catalog.rows(compartment):
            yield ObjectInfo(row.id, row.compartment, row.length)

    def records(self) -> Iterator[tuple[str, bytes]]:
        """(asset id, record) of every asset. Raises UnlockError without a grant for `linkage`."""
        for asset, object_id in self.catalog.assets().items():
            yield asset, self.read(object_id)

    def open_object(self, object_id: str) -> envelope.Opened:
        """An object as a seekable stream; a read decrypts only the segments that it touches.

        Raises:
            UnlockError: no grant. IntegrityError: unknown, erased, damaged or swapped.
        """
        row = self.catalog.row(object_id)
        if row is None:
            raise IntegrityError(f"object {object_id}: not in this vault")
        place = envelope.Place(self.ring.vault, row.compartment, row.id)
        secret = self._session(row)
        shred = self._shred(row)
        stored = open_pack(self.folder / "packs", row.pack)
        try:
            return envelope.Opened(stored, row.offset, row.length, envelope.Keys.of(secret, shred, place), place)
        except IntegrityError:
            stored.close()
            raise

    def read(self, object_id: str) -> bytes:
        """A whole object. Raises as `open_object` does."""
        with self.open_object(object_id) as stream:
            return stream.readall() or b""

    def attributes(self, object_id: str) -> Mapping[str, Any]:
        """What was sealed with an object."""
        with self.open_object(object_id) as stream:
            return stream.header.attributes

    def media_type(self, object_id: str) -> str:
        """An object's media type."""
        with self.open_object(object_id) as stream:
            return stream.header.media_type

    def _pair(self, compartment: str, generation: int) -> KeyPair | None:
        key = (compartment, generation)
        if key not in self._pairs:
            self._pairs[key] = self.ring.open_grant(self.principal, compartment, generation)
        return self._pairs[key]

    def _session(self, row: Row) -> bytes:
        if row.session not in self._secrets:
            session = self.catalog.session(row.session)
            if session is None:
                raise IntegrityError(f"object {row.id}: its session is missing from the catalog")
            self._secrets[row.session] = self._open_session(session)
        return self._secrets[row.session]

    def _open_session(self, session: Session) -> bytes:
        pair = self._pair(session.compartment, session.generation)
        if pair is None:
            raise UnlockError(f"principal '{self.principal.name}' has no grant for compartment '{session.compartment}'")
        return pair.open(session.wrapped, session_info(self.ring.vault, session.compartment, session.id))

    def _shred(self, row: Row) -> bytes:
        own = self._writer is not None and self._writer.epoch == row.epoch
        if row.id not in self._epochs.get(row.epoch, {}) or own:
            self._epochs[row.epoch] = epochs.secrets_of(self.folder / "epochs", row.epoch)
        try:
            return self._epochs[row.epoch][row.id]
        except KeyError:
            raise IntegrityError(f"object {row.id}: its key was destroyed") from None

    def forget_epochs(self, gone: Iterable[str]) -> None:
        """Drop what is remembered of destroyed epochs; the next commit begins a new one."""
        for epoch in gone:
            self._epochs.pop(epoch, None)
            if self._writer is not None and self._writer.epoch == epoch:
                self._writer = None

    # -- looking after it -----------------------------------------------------------------------------------------

    def audit(self, event: str, **fields: Any) -> None:
        """Write an event into the audit log. Fields hold counts, names of principals and ids, no personal value."""
        self.log.append(event, self.principal.name, **fields)

    def signer(self) -> Signer:
        """The root signer. Raises UnlockError if the principal does not administer the vault."""
        if self.principal.signer is None:
            raise UnlockError(f"principal '{self.principal.name}' does not administer this vault")
        return self.principal.signer

    def verify(self, *, data: bool = False) -> list[Damage]:
        """Look for damage: every object's place, commitment and header; with `data`, every byte.

        Objects of compartments without a grant are checked for their place only.
        """
        damages = []
        for row in list(self.catalog.rows()):
            try:
                if not self.opens(row.compartment):
                    open_pack(self.folder / "packs", row.pack).close()
                    continue
                with self.open_object(row.id) as stream:
                    if data:
                        while stream.read(envelope.SEGMENT):
                            pass
            except (IntegrityError, OSError) as error:
                damages.append(Damage(row.id, row.compartment, str(error)))
        return damages

    def info(self) -> dict[str, Any]:
        """Compartments with objects, bytes and grants; principals; format."""
        sums: dict[str, list[int]] = {name: [0, 0] for name in COMPARTMENTS}
        for row in self.catalog.rows():
            sums[row.compartment][0] += 1
            sums[row.compartment][1] += row.length
        return {
            "vault": self.ring.vault,
            "principal": self.principal.name,
            "principals": self.ring.principals(),
            "assets": len(self.asset_ids()),
            "compartments": {
                name: {
                    "objects": sums[name][0],
                    "bytes": sums[name][1],
                    "generation": self.ring.generations[name],
                    "grants": self.ring.granted(name),
                    "open": self.opens(name),
                }
                for name in COMPARTMENTS
            },
        }


def _row(one: Sealed, epoch: str) -> Row:
    return Row(one.object_id, one.compartment, one.session.id, epoch, one.pack, one.offset, one.length)


def _furnish(folder: Path, unlock: Unlock, name: str) -> None:
    """Write the key files of a new vault."""
    signer = Signer.generate()
    pairs = {compartment: KeyPair.generate() for compartment in COMPARTMENTS}
    ring = Ring(
        folder,
        os.urandom(16).hex(),
        signer.public,
        dict.fromkeys(COMPARTMENTS, 1),
        {compartment: pair.public for compartment, pair in pairs.items()},
    )
    ring.save(signer)
    ring.add_principal(name, unlock, signer, administers=True)
    for compartment, pair in pairs.items():
        ring.grant(name, compartment, 1, pair)


def check_compartments(names: Iterable[str]) -> list[str]:
    """Raises UsageError for a name that is no compartment."""
    chosen = list(names)
    for name in chosen:
        if name not in COMPARTMENTS or not re.fullmatch(r"[a-z]+", name):
            raise UsageError(f"'{name}': no such compartment. There are: {', '.join(COMPARTMENTS)}.")
    return chosen
