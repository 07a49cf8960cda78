"""The vault: compartments that only their grants open, opened by a principal."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from polyveil.errors import IntegrityError, UnlockError, UsageError, VerificationError
from polyveil.vault import epochs, keys
from polyveil.vault.audit import AuditLog, Head
from polyveil.vault.catalog import Catalog, Change
from polyveil.vault.commit import Committer
from polyveil.vault.compress import Dictionary
from polyveil.vault.content import Opened
from polyveil.vault.digest import CatalogDigest
from polyveil.vault.keys import Signer, Unlock
from polyveil.vault.principals import Principal
from polyveil.vault.reader import Reader
from polyveil.vault.ring import COMPARTMENTS, IDENTITY, LINKAGE, Ring
from polyveil.vault.sealer import PublicKey, Sealed, Sealer
from polyveil.vault.store import PackStore, open_store
from polyveil.vault.unit import MANIFEST, PIECE

Batch = Iterable[tuple[str, Sequence[Sealed], Sequence[str]]]


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What anybody who sees the catalog knows of an object: `stored` is the length of its manifest, bytes."""

    object_id: str
    compartment: str
    stored: int


@dataclass(slots=True)
class Vault:
    """An opened vault. Make one with `vault.create.create`, or open one with `Vault.open`; a context manager.

    Reading takes grants; sealing takes public keys only (`sealer`).
    """

    folder: Path
    ring: Ring
    principal: Principal
    catalog: Catalog
    log: AuditLog
    store: PackStore
    reader: Reader
    _digest: CatalogDigest
    _committer: Committer = field(repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)

    # -- open and create ------------------------------------------------------------------------------------------

    @staticmethod
    def exists(location: str | Path) -> bool:
        """Is there a vault?"""
        return (Path(location) / "vault.json").is_file()

    @classmethod
    def create(cls, location: str | Path, unlock: Unlock, *, principal: str = "owner", **options: Any) -> Vault:
        """Make a vault; see `vault.create.create` for the options. Returns it opened."""
        from polyveil.vault.create import create

        create(location, unlock, principal=principal, **options)
        return cls.open(location, unlock, principal=principal)

    @classmethod
    def open(cls, location: str | Path, unlock: Unlock, *, principal: str | None = None) -> Vault:
        """Open a vault as a principal; without a name, as the one whose key is offered. Written into the audit log.

        Raises:
            UsageError: there is no vault. UnlockError: wrong passphrase or key.
            IntegrityError: damaged key files, a missing catalog, or one that was rolled back.
            VaultError: the audit log cannot be written.
        """
        folder = Path(location)
        if not cls.exists(folder):
            raise UsageError(f"{folder}: is no vault. Make one with: polyveil vault init {folder}")
        ring = Ring.load(folder)
        opened = cls._assemble(folder, ring, ring.principals.unlock(unlock, principal))
        try:
            opened.begin()
        except BaseException:
            opened.close()
            raise
        return opened

    def begin(self) -> None:
        """What every opening does: look whether the catalog is of now, finish an erasure, write into the log."""
        self.check_version()
        if next((self.folder / "epochs").glob("*/*.erase"), None) is not None:
            from polyveil.vault.erase import resume

            resume(self)
        self.audit("open")

    @classmethod
    def _assemble(cls, folder: Path, ring: Ring, who: Principal) -> Vault:
        local = folder / "catalog.sqlite"
        if not ring.catalog and not local.exists():
            raise IntegrityError(
                f"{local}: the catalog is missing. Rebuild it with: polyveil vault recover --index {folder}"
            )
        catalog = Catalog(ring.catalog or local)
        store = open_store(ring.packs, folder / "packs")
        reader = Reader(folder, ring, who, catalog, store)
        digest = CatalogDigest(folder, catalog)
        log = AuditLog(folder / "audit.jsonl", ring.vault)
        made = cls(folder, ring, who, catalog, log, store, reader, digest, Committer(reader, digest))
        identity = ring.open_grant(who, IDENTITY, 1)
        digest.key = keys.derive(identity, b"polyveil catalog") if identity else b""
        return made

    def check_version(self) -> None:
        """Raises IntegrityError when the catalog is older than the audit log."""
        newest = self.log.newest()
        if newest is not None and self.catalog.version() < int(newest.get("catalog", 0)):
            raise IntegrityError(
                f"{self.folder}: the catalog is older than the audit log: it was rolled back, or is another vault's. "
                f"Rebuild it with: polyveil vault recover --index {self.folder}"
            )

    def close(self) -> None:
        """Settle the catalog and let go of it. The vault may be opened again."""
        self._digest.close()
        self.catalog.close()
        close = getattr(self.store, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def state_folder(self) -> Path:
        """Where the pipeline keeps its ledger."""
        return self.folder / "state"

    # -- sealing --------------------------------------------------------------------------------------------------

    def sealer(self, level: int = 3, *, pad: bool = False) -> Sealer:
        """A sealer with public keys only, to be sent to workers.

        Who may run the road (a grant for the identity key) hands on the keys of content ids, too, so that content that
        is in a compartment already is not stored again.

        Args:
            level: zstd, 1 to 22.
            pad: hide exact lengths (Padmé).
        """
        identity = self.ring.open_grant(self.principal, IDENTITY, 1)
        public = {
            name: PublicKey(
                number,
                self.ring.generations[name],
                self.ring.public[name],
                keys.derive(identity, f"polyveil content\x1f{name}".encode()) if identity else b"",
            )
            for number, name in enumerate(COMPARTMENTS)
        }
        return Sealer(self.ring.vault, self.store, public, level, pad, self._dictionaries())

    def _dictionaries(self) -> dict[str, Dictionary]:
        found = {}
        for name in COMPARTMENTS:
            object_id = self.catalog.record(f"dictionary/{name}") if self.opens(name) else None
            if object_id:
                unit = bytes.fromhex(object_id)
                with self.reader.open(unit) as stream:
                    found[name] = Dictionary(unit, stream.readall() or b"")
        return found

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
        added = {asset: (sealed, subjects) for asset, sealed, subjects in reversed(list(batch)) if sealed}
        for asset in self.catalog.known_assets(added):
            added.pop(asset)
        if not added:
            return 0
        self._committer.commit(
            [one for sealed, _ in added.values() for one in sealed],
            Change(
                assets=[(asset, bytes.fromhex(sealed[-1].object_id)) for asset, (sealed, _) in added.items()],
                subjects=[(subject, asset) for asset, (_, subjects) in added.items() for subject in set(subjects)],
            ),
        )
        self.audit("commit", assets=len(added))
        return len(added)

    def withdraw(self, asset_ids: Iterable[str]) -> None:
        """Take the records of assets that were quarantined out again, so that they may be done anew."""
        records = self.catalog.assets()
        gone = {asset: bytes.fromhex(records[asset]) for asset in asset_ids if asset in records}
        if gone:
            self._committer.release(list(gone.values()), Change(gone_assets=list(gone)))
            self.audit("withdraw", assets=len(gone))

    def put_record(
        self,
        name: str,
        data: bytes,
        *,
        sealer: Sealer | None = None,
        compartment: str = LINKAGE,
        sealed: Sequence[Sealed] = (),
        held: Sequence[str] = (),
    ) -> None:
        """Keep a small named record, sealed in `linkage` unless told otherwise; one of that name is replaced.

        Args:
            name: 'kind/…'; the kind stands in the audit log.
            data: the record.
            sealer: the one to use.
            compartment: where it is sealed.
            sealed: objects that the record names and that become part of the vault with it.
            held: ids of objects of the vault that the record names as well.
        """
        own = sealer or self.sealer()
        one = self.seal_record(own, name, data, compartment)
        own.flush()
        before = self.catalog.record(name)
        self._committer.commit(
            [*sealed, one],
            Change(
                records={name: bytes.fromhex(one.object_id)},
                refs=Counter(bytes.fromhex(object_id) for object_id in held),
            ),
        )
        if before is not None:
            self._committer.release([bytes.fromhex(before)], Change())
        self.audit("record", kind=name.partition("/")[0])
        if sealer is None:
            own.close()

    @staticmethod
    def seal_record(sealer: Sealer, name: str, data: bytes, compartment: str = LINKAGE) -> Sealed:
        """Seal what is to become a named record."""
        marks = {"record": name, "at": time.time_ns()}
        return sealer.seal(compartment, data, media_type="application/octet-stream", attributes=marks)

    # -- reading --------------------------------------------------------------------------------------------------

    @property
    def identity_key(self) -> bytes:
        """The 32-byte key of the identity map. Raises UnlockError without a grant for `identity`."""
        raw = self.ring.open_grant(self.principal, IDENTITY, 1)
        if raw is None:
            raise UnlockError(f"principal '{self.principal.name}' has no grant for the identity key")
        return raw

    def get_record(self, name: str) -> bytes | None:
        """A named record, None if there is none."""
        object_id = self.catalog.record(name)
        return self.read(object_id) if object_id else None

    def record_names(self) -> list[str]:
        """Names of the records, sorted ('run/…')."""
        return sorted(self.catalog.records())

    def opens(self, compartment: str) -> bool:
        """Does this principal hold a grant for a compartment?"""
        return self.reader.pair(compartment) is not None

    def committed(self, asset_id: str) -> bool:
        return self.catalog.has_asset(asset_id)

    def asset_ids(self) -> set[str]:
        return set(self.catalog.assets())

    def objects(self, compartment: str | None = None) -> Iterator[ObjectInfo]:
        """All objects, or those of one compartment, in no meaningful order."""
        number = None if compartment is None else COMPARTMENTS.index(compartment)
        for row in self.catalog.rows(number, MANIFEST):
            yield ObjectInfo(row.id.hex(), COMPARTMENTS[row.compartment], row.length)

    def records(self) -> Iterator[tuple[str, bytes]]:
        """(asset id, record) of every asset. Raises UnlockError without a grant for `linkage`."""
        for asset, object_id in self.catalog.assets().items():
            yield asset, self.read(object_id)

    def open_object(self, object_id: str) -> Opened:
        """An object as a seekable stream; a read decrypts only the pieces that it touches.

        The first of each compartment is written into the audit log.

        Raises:
            UnlockError: no grant. IntegrityError: unknown, erased, damaged or swapped.
        """
        row, manifest = self.reader.manifest(bytes.fromhex(object_id))
        compartment = COMPARTMENTS[row.compartment]
        if compartment not in self._seen:
            self._seen.add(compartment)
            self.audit("read", compartment=compartment)
        return Opened(manifest, self.reader.fetcher(compartment))

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

    # -- looking after it -----------------------------------------------------------------------------------------

    @property
    def committer(self) -> Committer:
        """Writes the catalog and the epochs."""
        return self._committer

    @property
    def digest(self) -> CatalogDigest:
        """Knows whether the catalog's file is the one that was closed."""
        return self._digest

    def audit(self, event: str, **fields: Any) -> None:
        """Write an event into the audit log. Fields hold counts, names of principals and ids, no personal value."""
        self.log.append(event, self.principal.name, self.principal.own, catalog=self.catalog.version(), **fields)

    def signing_keys(self) -> dict[str, bytes]:
        """Public signing keys by principal. Raises IntegrityError when a principal's file is damaged."""
        return {name: self.ring.principals.known(name).signing for name in self.ring.principals.names()}

    def signed_head(self) -> dict[str, Any]:
        """The audit log's head, signed by this principal, to be kept away from the vault."""
        head = self.log.head()
        signature = self.principal.own.sign(head.message(self.ring.vault))
        return {
            "vault": self.ring.vault,
            "size": head.size,
            "root": head.root,
            "principal": self.principal.name,
            "signature": keys.text(signature),
        }

    def check_head(self, row: Mapping[str, Any]) -> Head:
        """A head that was exported. Raises VerificationError when no principal of this vault signed it."""
        try:
            head = Head(int(row["size"]), str(row["root"]))
            public = self.ring.principals.known(str(row["principal"])).signing
            holds = keys.signed_by(public, keys.raw(row["signature"]), head.message(self.ring.vault))
        except (KeyError, ValueError, TypeError, UsageError, IntegrityError):
            holds = False
        if not holds:
            raise VerificationError("the head is not signed by a principal of this vault")
        return head

    def signer(self) -> Signer:
        """The root signer. Raises UnlockError if the principal does not administer the vault."""
        if self.principal.signer is None:
            raise UnlockError(f"principal '{self.principal.name}' does not administer this vault")
        return self.principal.signer

    def alone(self) -> ExitStack:
        """Keep other writers out of all compartments, as long as the returned context lasts."""
        stack = ExitStack()
        for name in sorted(COMPARTMENTS):
            stack.enter_context(epochs.held(self.folder / "epochs" / name))
        return stack

    def verify(self, *, data: bool = False) -> list[Any]:
        """Look for damage; see `vault.verify.verify`."""
        from polyveil.vault.verify import verify

        return verify(self, data=data)

    def info(self) -> dict[str, Any]:
        """Compartments with objects, bytes and grants; principals; places."""
        sums = self.catalog.sums()
        return {
            "vault": self.ring.vault,
            "principal": self.principal.name,
            "principals": self.ring.principals.names(),
            "packs": self.ring.packs or "packs",
            "catalog": self.ring.catalog or "catalog.sqlite",
            "assets": len(self.asset_ids()),
            "compartments": {
                name: {
                    "objects": sums.get((number, MANIFEST), (0, 0))[0],
                    "pieces": sums.get((number, PIECE), (0, 0))[0],
                    "bytes": sum(sums.get((number, role), (0, 0))[1] for role in (PIECE, MANIFEST)),
                    "generation": self.ring.generations[name],
                    "grants": self.ring.granted(name),
                    "open": self.opens(name),
                }
                for name, number in ((name, number) for number, name in enumerate(COMPARTMENTS))
            },
        }


def check_compartments(names: Iterable[str], *, identity: bool = False) -> list[str]:
    """Raises UsageError for a name that is no compartment (nor the identity key, where that may be granted)."""
    chosen = list(names)
    known = (*COMPARTMENTS, IDENTITY) if identity else COMPARTMENTS
    for name in chosen:
        if name not in known:
            raise UsageError(f"'{name}': no such compartment. There are: {', '.join(known)}.")
    return chosen


__all__ = ["Dictionary", "ObjectInfo", "Vault", "check_compartments"]
