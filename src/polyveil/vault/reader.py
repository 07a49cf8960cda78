"""Reading: from a grant to the bytes of an object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from polyveil.errors import IntegrityError, UnlockError
from polyveil.vault import epochs, sessions, unit
from polyveil.vault.catalog import Catalog, Row
from polyveil.vault.compress import Codec
from polyveil.vault.content import Manifest, Opened, Piece
from polyveil.vault.epochs import Secret
from polyveil.vault.index import ContentIndex
from polyveil.vault.keys import KeyPair
from polyveil.vault.principals import Principal
from polyveil.vault.ring import COMPARTMENTS, Ring
from polyveil.vault.sealer import NO_CONTENT
from polyveil.vault.sessions import Session
from polyveil.vault.store import PackStore
from polyveil.vault.unit import MANIFEST, Place, UnitKey


@dataclass(slots=True)
class Reader:
    """Opens what a principal's grants open."""

    folder: Path
    ring: Ring
    principal: Principal
    catalog: Catalog
    store: PackStore
    _pairs: dict[tuple[str, int], KeyPair | None] = field(default_factory=dict, repr=False)
    _secrets: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _epochs: dict[tuple[str, str], dict[bytes, Secret]] = field(default_factory=dict, repr=False)
    _indexes: dict[str, ContentIndex] = field(default_factory=dict, repr=False)
    _dictionaries: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _codec: Codec | None = field(default=None, repr=False)

    # -- keys -----------------------------------------------------------------------------------------------------

    def pair(self, compartment: str, generation: int | None = None) -> KeyPair | None:
        """A compartment's key pair of a generation (the current one by default); None without a grant.

        Raises:
            IntegrityError: a damaged grant.
        """
        number = self.ring.generations[compartment] if generation is None else generation
        if self._pairs.get((compartment, number)) is None:
            self._pairs[compartment, number] = self._pair(compartment, number)
        return self._pairs[compartment, number]

    def _pair(self, compartment: str, number: int) -> KeyPair | None:
        raw = self.ring.open_grant(self.principal, compartment, number)
        if raw is not None:
            return KeyPair(raw)
        if number >= self.ring.generations[compartment]:
            return None
        following = self.pair(compartment, number + 1)
        return self.ring.handed_on(compartment, number, following) if following is not None else None

    def demand(self, compartment: str, generation: int | None = None) -> KeyPair:
        """Raises UnlockError without a grant."""
        pair = self.pair(compartment, generation)
        if pair is None:
            raise UnlockError(f"principal '{self.principal.name}' has no grant for compartment '{compartment}'")
        return pair

    def open_session(self, session: Session) -> bytes:
        """The secret of a session. Raises UnlockError, IntegrityError."""
        pair = self.demand(session.compartment, session.generation)
        named = self.ring.vault, session.compartment, session.id
        try:
            return pair.open(session.wrapped, sessions.info(*named, session.born))
        except IntegrityError:
            return pair.open(session.wrapped, sessions.info(*named, None))

    def _session(self, compartment: str, session: bytes) -> bytes:
        if session not in self._secrets:
            found = sessions.read(self.folder / "sessions", compartment, session.hex())
            self._secrets[session] = self.open_session(found)
        return self._secrets[session]

    def secret(self, row: Row) -> Secret:
        """The erasable secret of a unit. Raises IntegrityError when it was destroyed."""
        compartment, epoch = COMPARTMENTS[row.compartment], row.epoch.hex()
        known = self._epochs.get((compartment, epoch))
        if known is None or row.id not in known:
            known = self._epochs[compartment, epoch] = epochs.read(self.folder / "epochs" / compartment, epoch)
        if row.id not in known:
            raise IntegrityError(f"unit {row.id.hex()}: its key was destroyed")
        return known[row.id]

    # -- units and objects ----------------------------------------------------------------------------------------

    @property
    def codec(self) -> Codec:
        """Decompresses; finds dictionaries in the vault."""
        if self._codec is None:
            self._codec = Codec(find=self._dictionary)
        return self._codec

    def _dictionary(self, object_id: bytes) -> bytes:
        if object_id not in self._dictionaries:
            with self.open(object_id) as stream:
                self._dictionaries[object_id] = stream.readall() or b""
        return self._dictionaries[object_id]

    def unit(self, row: Row, *, content: bytes = b"") -> bytes:
        """The content of one unit.

        Raises:
            UnlockError: no grant. IntegrityError: erased, damaged or swapped.
        """
        try:
            return self._unit(row, content)
        except IntegrityError:
            newer = self.catalog.row(row.id)  # an erasure or a collection may have moved it since the row was read
            if newer is None or newer == row:
                raise
        return self._unit(newer, content)

    def _unit(self, row: Row, content: bytes) -> bytes:
        compartment = COMPARTMENTS[row.compartment]
        place = Place(self.ring.vault, compartment, row.id, content)
        key = UnitKey.of(self._session(compartment, row.session), self.secret(row).shred, place)
        return unit.unseal(self.store.read(row.pack.hex(), row.offset, row.length), key, place, self.codec)

    def manifest(self, object_id: bytes) -> tuple[Row, Manifest]:
        """An object's row and manifest. Raises as `unit` does; IntegrityError for an unknown object."""
        row = self.catalog.row(object_id)
        if row is None or row.role != MANIFEST:
            raise IntegrityError(f"object {object_id.hex()}: not in this vault")
        return row, Manifest.parse(self.unit(row))

    def open(self, object_id: bytes) -> Opened:
        """An object as a seekable stream. Raises as `manifest` does."""
        row, manifest = self.manifest(object_id)
        return Opened(manifest, self.fetcher(COMPARTMENTS[row.compartment]))

    def fetcher(self, compartment: str) -> Callable[[Piece], bytes]:
        """A function that reads pieces of a compartment. It raises as `unit` does."""

        def fetch(piece: Piece) -> bytes:
            return self.unit(self.locate(compartment, piece), content=piece.content)

        return fetch

    def locate(self, compartment: str, piece: Piece) -> Row:
        """Where a piece lies now: where its object sealed it, or where the same content had been before.

        Raises:
            IntegrityError: nowhere.
        """
        row = self.catalog.row(piece.unit)
        if row is None:
            other = self.index(compartment).units.get(piece.content)
            row = self.catalog.row(other) if other else None
        if row is None:
            raise IntegrityError(f"unit {piece.unit.hex()}: not in this vault")
        return row

    def index(self, compartment: str, *, fresh: bool = False) -> ContentIndex:
        """Contents of a compartment; `fresh` reads the epochs again."""
        if fresh or compartment not in self._indexes:
            folder, number = self.folder / "epochs" / compartment, COMPARTMENTS.index(compartment)
            self._indexes[compartment] = ContentIndex.load(folder, self.catalog, number)
        return self._indexes[compartment]

    def note(self, compartment: str, secrets: Iterable[Secret]) -> None:
        """Enter what was just written into the index, if it is at hand."""
        index = self._indexes.get(compartment)
        for secret in secrets if index is not None else ():
            if index is not None and secret.content != NO_CONTENT:
                index.add(secret.content, secret.unit)

    def forget(self) -> None:
        """Drop what is remembered of epochs, sessions and contents, after they were changed."""
        self._epochs.clear()
        self._indexes.clear()
        self._secrets.clear()
        self._pairs.clear()
