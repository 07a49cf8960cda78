"""The sealer: writes objects into compartments, with public keys alone."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from polyveil.vault import envelope, keys
from polyveil.vault.catalog import Session
from polyveil.vault.packs import PackWriter


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed object that the catalog does not know yet. Small: it travels from worker to coordinator.

    `shred` is the object's erasable secret; alone it opens nothing. `session` is wrapped to the compartment.
    """

    object_id: str
    compartment: str
    session: Session = field(repr=False)
    shred: bytes = field(repr=False)
    pack: str
    offset: int
    length: int

    @property
    def stored(self) -> int:
        """Bytes in the pack."""
        return self.length


@dataclass(slots=True)
class Sealer:
    """Seals into a vault's compartments. Picklable; each process writes packs of its own.

    A sealing session holds one random secret a compartment, wrapped to the compartment's public key when it begins:
    what a process sealed, it could open again as long as it lives, and nothing else.
    """

    vault: str
    packs: Path
    public: Mapping[str, tuple[int, int, bytes]] = field(repr=False)  # compartment -> number, generation, public key
    level: int = 3
    _writers: dict[str, PackWriter] = field(default_factory=dict, repr=False)
    _sessions: dict[str, tuple[Session, bytes]] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> tuple[str, Path, Mapping[str, tuple[int, int, bytes]], int]:
        return self.vault, self.packs, self.public, self.level

    def __setstate__(self, state: tuple[str, Path, Mapping[str, tuple[int, int, bytes]], int]) -> None:
        self.vault, self.packs, self.public, self.level = state
        self._writers, self._sessions = {}, {}

    def seal(
        self,
        compartment: str,
        data: bytes | Path | BinaryIO,
        *,
        media_type: str,
        attributes: Mapping[str, Any] | None = None,
        kind: str = "whole",  # noqa: ARG002 - 'shifting' content may be cut where its bytes say; both are stored whole now
    ) -> Sealed:
        """Seal one object. It is durable after `flush`, and part of the vault after `Vault.commit`.

        Raises:
            VaultError: the packs cannot be written.
        """
        session, secret = self._session(compartment)
        object_id, shred = os.urandom(16), os.urandom(32)
        place = envelope.Place(self.vault, compartment, object_id.hex())
        object_keys = envelope.Keys.of(secret, shred, place)
        writer = self._writers.get(compartment)
        if writer is None:
            writer = self._writers[compartment] = PackWriter(self.packs, self.public[compartment][0])
        with _stream(data) as source:
            pieces = envelope.seal(
                source, object_keys, place, media_type=media_type, attributes=attributes or {}, level=self.level
            )
            written = writer.write(object_id, bytes.fromhex(session.id), pieces)
        return Sealed(object_id.hex(), compartment, session, shred, written.pack, written.offset, written.length)

    def _session(self, compartment: str) -> tuple[Session, bytes]:
        if compartment not in self._sessions:
            secret, session_id = os.urandom(32), os.urandom(16).hex()
            _, generation, public = self.public[compartment]
            wrapped = keys.seal_to(public, secret, session_info(self.vault, compartment, session_id))
            self._sessions[compartment] = (Session(session_id, compartment, generation, wrapped), secret)
        return self._sessions[compartment]

    def flush(self) -> None:
        """Make all sealed objects durable."""
        for writer in self._writers.values():
            writer.flush()

    def close(self) -> None:
        """Finish the open packs."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()
        self._sessions.clear()


def session_info(vault: str, compartment: str, session_id: str) -> bytes:
    """What the wrapping of a session secret is bound to."""
    return f"polyveil session\x1f{vault}\x1f{compartment}\x1f{session_id}".encode()


def _stream(data: bytes | Path | BinaryIO) -> BinaryIO:
    if isinstance(data, bytes):
        return io.BytesIO(data)
    return data.open("rb") if isinstance(data, Path) else data
