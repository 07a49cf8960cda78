"""Commit: what was sealed becomes part of the vault; what is let go of leaves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from polyveil.errors import IntegrityError, UnlockError
from polyveil.vault import epochs, keys, sessions
from polyveil.vault.catalog import Change, Row, StaleError
from polyveil.vault.digest import CatalogDigest
from polyveil.vault.epochs import EpochWriter, Secret
from polyveil.vault.files import reported
from polyveil.vault.reader import Reader
from polyveil.vault.ring import COMPARTMENTS
from polyveil.vault.sealer import Sealed, SealedUnit
from polyveil.vault.sessions import Session
from polyveil.vault.unit import MANIFEST


@dataclass(slots=True)
class Committer:
    """Writes epochs and catalog, in this order: the catalog never names a unit whose secret is not durable."""

    reader: Reader
    digest: CatalogDigest
    _writers: dict[str, EpochWriter] = field(default_factory=dict, repr=False)

    def commit(self, sealed: Sequence[Sealed], change: Change) -> None:
        """Add sealed objects, with whatever else `change` holds.

        Content that a compartment has already is not added again: the object refers to what is there.

        Raises:
            VaultError: the catalog or the epochs cannot be written; nothing was added.
        """
        with self.locked({one.compartment for one in sealed}):
            for attempt in (0, 1):
                try:
                    self.commit_locked(sealed, change, fresh=bool(attempt))
                except StaleError:
                    if attempt:
                        raise
                else:
                    return

    @contextmanager
    def locked(self, names: Iterable[str]) -> Iterator[None]:
        """Keep other writers out of compartments."""
        with ExitStack() as stack:
            for name in sorted(set(names)):
                with reported(self.reader.folder):
                    stack.enter_context(epochs.held(self.reader.folder / "epochs" / name))
            yield

    def commit_locked(self, sealed: Sequence[Sealed], change: Change, *, fresh: bool = True) -> None:
        """The same for one who holds the locks. `fresh`: read the epochs again to see which content is there."""
        self.digest.writing()
        for own in {one.session.id: one.session for one in sealed}.values():
            self.keep(own)
        rows, secrets, refs = list[Row](), dict[str, list[Secret]](), Counter[bytes](change.refs or {})
        named: dict[str, Counter[bytes]] = {}
        written: dict[str, dict[bytes, tuple[SealedUnit, bytes]]] = {}
        for one in sealed:
            named.setdefault(one.compartment, Counter()).update(one.contents)
            for unit in one.units:
                session = bytes.fromhex(one.session.id)
                if unit.role == MANIFEST:
                    rows.append(_row(unit, one.compartment, session, 1))
                    secrets.setdefault(one.compartment, []).append(_secret(unit))
                else:
                    written.setdefault(one.compartment, {}).setdefault(unit.content, (unit, session))
        for name, counter in named.items():
            if not counter:
                continue
            index = self.reader.index(name, fresh=fresh)
            for content, number in counter.items():
                known = index.units.get(content)
                if known is not None:
                    refs[known] += number
                elif content in written.get(name, {}):
                    unit, session = written[name][content]
                    rows.append(_row(unit, name, session, number))
                    secrets.setdefault(name, []).append(_secret(unit))
                else:
                    raise StaleError("content that was to be shared was erased meanwhile; run again")
        epoch_of = self.remember(secrets)
        placed = [replace(row, epoch=epoch_of[COMPARTMENTS[row.compartment]]) for row in rows]
        self.reader.catalog.apply(replace(change, units=placed, refs=dict(refs)))
        for name, batch in secrets.items():
            self.reader.note(name, batch)

    def remember(self, secrets: Mapping[str, Sequence[Secret]]) -> dict[str, bytes]:
        """Write erasable secrets down, before the catalog names their units. Returns the epoch by compartment."""
        epoch_of = {}
        with reported(self.reader.folder):
            for name, batch in secrets.items():
                writer = self._writers.get(name)
                if writer is None or not writer.usable:
                    writer = self._writers[name] = EpochWriter(self.reader.folder / "epochs" / name)
                writer.add(batch)
                epoch_of[name] = bytes.fromhex(writer.epoch)
        return epoch_of

    def turn_epoch(self, compartment: str) -> None:
        """Begin a new epoch with the next batch: a unit's new secret must never stand where its old one does."""
        self._writers.pop(compartment, None)

    def keep(self, session: Session) -> None:
        """Write a session's key file, wrapped to the current generation if a rotation came between."""
        folder = self.reader.folder / "sessions"
        if (folder / session.compartment / session.id).exists():
            return
        ring = self.reader.ring
        ring.refresh()
        current = ring.generations[session.compartment]
        if session.generation != current and self.reader.pair(session.compartment, session.generation) is not None:
            session = rewrapped(self.reader, session)
        sessions.write(folder, session)

    def release(self, objects: Sequence[bytes], change: Change) -> list[bytes]:
        """Drop objects and the pieces that no other object holds. Returns the units that are gone.

        Without a grant for an object's compartment its manifest cannot be read, and its pieces stay until a
        `recover --index`.

        Raises:
            VaultError: the catalog cannot be written.
        """
        with self.locked(COMPARTMENTS):
            self.digest.writing()
            gone, refs = self.releasing(objects)
            self.reader.catalog.apply(replace(change, refs=refs, gone_units=gone))
        return gone

    def releasing(self, objects: Iterable[bytes], coming: Sequence[Sealed] = ()) -> Released:
        """What goes when objects go: (units, decrements of the others). An object named twice loses two holders.

        coming: objects that are committed in the same transaction: what they hold stays.
        """
        gained: Counter[bytes] = Counter(content for one in coming for content in one.contents)
        gone, lost, refs = list[bytes](), dict[str, Counter[bytes]](), dict[bytes, int]()
        for object_id, times in Counter(objects).items():
            row = self.reader.catalog.row(object_id)
            if row is None:
                continue
            if row.refs > times:
                refs[object_id] = -times
                continue
            gone.append(object_id)
            try:
                _, manifest = self.reader.manifest(object_id)
            except (UnlockError, IntegrityError):
                continue
            name = COMPARTMENTS[row.compartment]
            lost.setdefault(name, Counter()).update({piece.content for piece in manifest.pieces})
        for name, counter in lost.items():
            index = self.reader.index(name, fresh=True)
            rows = self.reader.catalog.rows_of(unit for content in counter for unit in index.all_of(content))
            for content, number in counter.items():
                holders = [rows[unit] for unit in index.all_of(content) if unit in rows]
                if sum(row.refs for row in holders) + gained[content] <= number:
                    gone += [row.id for row in holders]
                    continue
                left = number
                for row in holders[1:]:  # further units of one content, if several writers sealed it at one moment
                    taken = min(left, row.refs)
                    refs[row.id] = -taken
                    left -= taken
                if holders and left:
                    refs[holders[0].id] = -left
        return gone, refs


Released = tuple[list[bytes], dict[bytes, int]]


def rewrapped(reader: Reader, session: Session) -> Session:
    """A session wrapped to its compartment's current public key. Raises UnlockError without a grant."""
    ring = reader.ring
    secret = reader.open_session(session)
    info = sessions.info(ring.vault, session.compartment, session.id, session.born)
    wrapped = keys.seal_to(ring.public[session.compartment], secret, info)
    return replace(session, generation=ring.generations[session.compartment], wrapped=wrapped)


def _row(unit: SealedUnit, compartment: str, session: bytes, refs: int) -> Row:
    place = unit.place
    number = COMPARTMENTS.index(compartment)
    return Row(unit.unit, number, unit.role, refs, session, b"", bytes.fromhex(place.pack), place.offset, place.length)


def _secret(unit: SealedUnit) -> Secret:
    return Secret(unit.unit, unit.shred, unit.content)


__all__ = ["Committer", "Released", "rewrapped"]
