"""The sealer: writes objects into compartments, with public keys alone."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from blake3 import blake3

from polyveil.vault import keys, sessions, unit
from polyveil.vault.compress import Codec, Dictionary
from polyveil.vault.content import INLINE_BYTES, Manifest, Piece, cut
from polyveil.vault.packs import PackWriter, Written
from polyveil.vault.sessions import Session
from polyveil.vault.store import PackStore
from polyveil.vault.unit import CONTENT, Place, UnitKey

NO_CONTENT = bytes(CONTENT)


@dataclass(frozen=True, slots=True)
class SealedUnit:
    """One unit that was written. `shred` is its erasable secret; alone it opens nothing."""

    unit: bytes
    role: int
    content: bytes = field(repr=False)
    shred: bytes = field(repr=False)
    place: Written


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed object that the catalog does not know yet. Small: it travels from worker to coordinator.

    Complete after `Sealer.flush`. `session` is wrapped to the compartment's public key. `units`: what was written for
    this object, its manifest last. `contents`: every content id that its manifest names.
    """

    object_id: str
    compartment: str
    session: Session = field(repr=False)
    units: tuple[SealedUnit, ...] = field(repr=False)
    contents: frozenset[bytes] = field(repr=False)

    @property
    def stored(self) -> int:
        """Bytes in packs."""
        return sum(one.place.length for one in self.units)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What sealing into a compartment takes. content: the key of its content ids, or none to leave them random.

    Who has `content` can tell whether something it knows already is in the compartment; it opens nothing with it.
    """

    number: int
    generation: int
    public: bytes = field(repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Sealer:
    """Seals into a vault's compartments. Picklable; each process writes packs of its own; threads may share one.

    A sealing session holds one random secret a compartment, wrapped to the compartment's public key when it begins:
    what a process sealed, it could open again as long as it lives, and nothing else.

    Args:
        pad: hide exact lengths (Padmé). dictionaries: by compartment, for small texts.
    """

    vault: str
    store: PackStore
    public: Mapping[str, PublicKey] = field(repr=False)
    level: int = 3
    pad: bool = False
    dictionaries: Mapping[str, Dictionary] = field(default_factory=dict, repr=False)
    _writers: dict[str, PackWriter] = field(default_factory=dict, repr=False)
    _sessions: dict[str, tuple[Session, bytes]] = field(default_factory=dict, repr=False)
    _codecs: dict[str, Codec] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __getstate__(self) -> tuple[Any, ...]:
        return self.vault, self.store, self.public, self.level, self.pad, self.dictionaries

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.vault, self.store, self.public, self.level, self.pad, self.dictionaries = state
        self._writers, self._sessions, self._codecs, self._lock = {}, {}, {}, threading.Lock()

    def seal(
        self,
        compartment: str,
        data: bytes | Path | BinaryIO,
        *,
        media_type: str,
        attributes: Mapping[str, Any] | None = None,
        kind: str = "whole",
    ) -> Sealed:
        """Seal one object. It is durable after `flush`, and part of the vault after `Vault.commit`.

        Args:
            compartment: its name.
            data: the content, a file or a stream.
            media_type: sealed with it.
            attributes: sealed with it; they must fit JSON.
            kind: 'shifting' for content that edits shift (text, tables): it is cut where the content says.

        Raises:
            VaultError: the packs cannot be written.
        """
        pieces, units, size = list[Piece](), list[SealedUnit](), 0
        inline = b""
        with _stream(data) as source:
            head = source.read(INLINE_BYTES + 1)
            if len(head) <= INLINE_BYTES:
                inline, size = head, len(head)
            else:
                seen = dict[bytes, bytes]()
                seed = int.from_bytes(bytes.fromhex(self.vault)[:4], "big")
                for piece in cut(_Rejoined(head, source), shifting=kind == "shifting", seed=seed):
                    content = self.content_id(compartment, piece)
                    if content not in seen:
                        one = self.seal_piece(compartment, piece, content)
                        seen[content] = one.unit
                        units.append(one)
                    pieces.append(Piece(seen[content], content, len(piece)))
                    size += len(piece)
        return self.assemble(compartment, Manifest(media_type, attributes or {}, size, tuple(pieces), inline), units)

    def assemble(self, compartment: str, manifest: Manifest, units: Sequence[SealedUnit]) -> Sealed:
        """An object of pieces that were sealed (`units`) or are in the compartment already. Raises VaultError."""
        own = self._seal_at(compartment, manifest.packed(), Place(self.vault, compartment, os.urandom(16)))
        contents = frozenset(piece.content for piece in manifest.pieces)
        return Sealed(own.unit.hex(), compartment, self.session(compartment), (*units, own), contents)

    def content_id(self, compartment: str, piece: bytes) -> bytes:
        """The id by which the compartment finds the same content again; random without its content key."""
        key = self.public[compartment].content
        return blake3(piece, key=key).digest(CONTENT) if key else os.urandom(CONTENT)

    def seal_piece(self, compartment: str, piece: bytes, content: bytes, unit_id: bytes = b"") -> SealedUnit:
        """Seal one piece of content, under an id of its own or a random one. Raises VaultError."""
        return self._seal_at(compartment, piece, Place(self.vault, compartment, unit_id or os.urandom(16), content))

    def seal_again(self, compartment: str, data: bytes, place: Place) -> SealedUnit:
        """Seal a unit that exists, under its own id, with this session and a fresh secret. Raises VaultError."""
        return self._seal_at(compartment, data, place)

    def _seal_at(self, compartment: str, data: bytes, place: Place) -> SealedUnit:
        session, secret = self._session(compartment)
        shred = os.urandom(32)
        stored = unit.seal(
            self._codecs[compartment].encode(data), UnitKey.of(secret, shred, place), place, pad=self.pad
        )
        written = self._writers[compartment].add(place.unit, bytes.fromhex(session.id), place.role, stored)
        return SealedUnit(place.unit, place.role, place.content or NO_CONTENT, shred, written)

    def session(self, compartment: str) -> Session:
        """The session that this process seals into a compartment with; begun at the first call."""
        return self._session(compartment)[0]

    def _session(self, compartment: str) -> tuple[Session, bytes]:
        found = self._sessions.get(compartment)
        if found is not None:
            return found
        with self._lock:
            if compartment not in self._sessions:
                secret, session_id, known = os.urandom(32), os.urandom(16).hex(), self.public[compartment]
                info = sessions.info(self.vault, compartment, session_id, known.generation)
                wrapped = keys.seal_to(known.public, secret, info)
                self._writers[compartment] = PackWriter(self.store, known.number)
                self._codecs[compartment] = Codec(self.level, self.dictionaries.get(compartment))
                session = Session(session_id, compartment, known.generation, known.generation, wrapped)
                self._sessions[compartment] = (session, secret)
            return self._sessions[compartment]

    def flush(self) -> None:
        """Make all sealed objects durable and complete. Raises VaultError."""
        for writer in self._writers.values():
            writer.flush()

    def close(self) -> None:
        """Finish the open packs and forget the sessions. Raises VaultError."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        self._sessions.clear()
        self._codecs.clear()


class _Rejoined(io.RawIOBase):
    """A stream of which the beginning has been read."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        super().__init__()
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._head:
            part, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            part = self._rest.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


def _stream(data: bytes | Path | BinaryIO) -> BinaryIO:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    return data.open("rb") if isinstance(data, Path) else data
