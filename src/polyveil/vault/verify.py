"""Verification: every damage has a name, and what is not damaged stays readable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from polyveil.errors import IntegrityError, VerificationError
from polyveil.vault import epochs, sessions
from polyveil.vault.catalog import Row
from polyveil.vault.content import Manifest
from polyveil.vault.packs import MAGIC, RECORD, whole
from polyveil.vault.ring import COMPARTMENTS
from polyveil.vault.unit import MANIFEST
from polyveil.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Damage:
    """A damaged object or file of the vault and what is wrong with it. compartment: '' for files of the vault."""

    object_id: str
    compartment: str
    problem: str


@dataclass(slots=True)
class _Check:
    vault: Vault
    data: bool
    bad: dict[bytes, str] = field(default_factory=dict)
    good: set[bytes] = field(default_factory=set)
    missing: set[tuple[str, bytes]] = field(default_factory=set)


def verify(
    vault: Vault, *, data: bool = False, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> list[Damage]:
    """Look for damage.

    Key files' signatures, the audit log, the catalog's digest and database, every session and epoch, the record before
    every unit, every manifest; with `data`, every byte of every piece. What lies in compartments without a grant is
    checked by place only.

    Args:
        vault: opened.
        data: read everything.
        tell: called with (units looked at, of all).
    """
    check = _Check(vault, data)
    damages = list(_files(vault))
    rows = list(vault.catalog.rows())
    manifests: list[tuple[Row, Manifest]] = []
    for number, row in enumerate(rows, 1):
        problem = _place(vault, row)
        if not problem and vault.opens(COMPARTMENTS[row.compartment]):
            problem = _secret(vault, row)
            if not problem and row.role == MANIFEST:
                try:
                    manifests.append((row, vault.reader.manifest(row.id)[1]))
                except IntegrityError as error:
                    problem = str(error)
            elif not problem and data:
                problem = _content(vault, row)
        if problem:
            check.bad[row.id] = problem
        else:
            check.good.add(row.id)
        tell(number, len(rows))
    damages += [
        Damage(row.id.hex(), COMPARTMENTS[row.compartment], check.bad[row.id])
        for row in rows
        if row.role == MANIFEST and row.id in check.bad
    ]
    named: set[bytes] = set()
    for row, manifest in manifests:
        problem = _pieces(check, COMPARTMENTS[row.compartment], manifest, named)
        if problem:
            damages.append(Damage(row.id.hex(), COMPARTMENTS[row.compartment], problem))
    damages += [
        Damage(row.id.hex(), COMPARTMENTS[row.compartment], f"{check.bad[row.id]} (in no object that can be read)")
        for row in rows
        if row.role != MANIFEST and row.id in check.bad and row.id not in named
    ]
    if data:
        damages += list(_packs(vault, {row.pack.hex(): COMPARTMENTS[row.compartment] for row in rows}))
    return damages + list(_pointers(vault, {row.id for row in rows if row.role == MANIFEST}))


def _files(vault: Vault) -> Iterator[Damage]:
    for name in vault.ring.check():
        yield Damage(name, "", "the key file is damaged, or is not signed by this vault")
    signing = {}
    for name in vault.ring.principals.names():
        try:
            signing[name] = vault.ring.principals.known(name).signing
        except IntegrityError:
            continue
    try:
        vault.log.verify(signing=signing)
        vault.check_version()
    except (VerificationError, IntegrityError) as error:
        yield Damage("audit.jsonl", "", str(error))
    for problem in vault.catalog.problems():
        yield Damage("catalog.sqlite", "", problem)
    problem = vault.digest.check()
    if problem:
        yield Damage("catalog.sqlite", "", problem)
    yield from _secrets(vault)


def _secrets(vault: Vault) -> Iterator[Damage]:
    for compartment in COMPARTMENTS:
        for epoch in epochs.all_epochs(vault.folder / "epochs" / compartment):
            try:
                epochs.read(vault.folder / "epochs" / compartment, epoch)
            except IntegrityError as error:
                yield Damage(f"epochs/{compartment}/{epoch}", compartment, str(error))
        for name in sessions.known(vault.folder / "sessions", compartment):
            try:
                session = sessions.read(vault.folder / "sessions", compartment, name)
                if vault.opens(compartment):
                    vault.reader.open_session(session)
            except IntegrityError as error:
                yield Damage(f"sessions/{compartment}/{name}", compartment, str(error))
            except (ValueError, OverflowError):
                yield Damage(f"sessions/{compartment}/{name}", compartment, "damaged")


def _place(vault: Vault, row: Row) -> str:
    """Does the pack say the same as the catalog?"""
    if row.offset < RECORD.size:
        return "its place in the catalog is damaged"
    if row.compartment >= len(COMPARTMENTS):
        return "its row in the catalog is damaged"
    try:
        raw = vault.store.read(row.pack.hex(), row.offset - RECORD.size, RECORD.size)
        vault.store.read(row.pack.hex(), row.offset + row.length - 1, 1)
    except IntegrityError as error:
        return str(error)
    record = (MAGIC, row.id, row.session, row.compartment, row.role, row.length)
    return "" if RECORD.unpack(raw) == record else "its record in the pack is damaged, or another unit stands there"


def _secret(vault: Vault, row: Row) -> str:
    try:
        vault.reader.secret(row)
    except IntegrityError as error:
        return str(error)
    return ""


def _content(vault: Vault, row: Row) -> str:
    try:
        vault.reader.unit(row, content=vault.reader.secret(row).content)
    except IntegrityError as error:
        return str(error)
    return ""


def _packs(vault: Vault, compartments: Mapping[str, str]) -> Iterator[Damage]:
    """Damage where no object looks: between units, or in garbage."""
    for stored in vault.store.packs():
        if stored.finished and not whole(vault.store, stored.pack, stored.size):
            yield Damage(f"packs/{stored.pack}", compartments.get(stored.pack, ""), "the pack is not as it was written")


def _pieces(check: _Check, compartment: str, manifest: Manifest, named: set[bytes]) -> str:
    """What is wrong with the first piece that is not right."""
    wrong = ""
    for piece in manifest.pieces:
        unit = piece.unit
        if unit not in check.good and unit not in check.bad:
            try:
                unit = check.vault.reader.locate(compartment, piece).id
            except IntegrityError as error:
                wrong = wrong or str(error)
                continue
        if unit in check.bad:
            named.add(unit)
            wrong = wrong or check.bad[unit]
    return wrong


def _pointers(vault: Vault, manifests: set[bytes]) -> Iterator[Damage]:
    for asset, object_id in vault.catalog.assets().items():
        if bytes.fromhex(object_id) not in manifests:
            yield Damage(object_id, "linkage", f"the record of asset {asset} is missing")
    for name, object_id in vault.catalog.records().items():
        if bytes.fromhex(object_id) not in manifests:
            yield Damage(object_id, "linkage", f"the record '{name}' is missing")
