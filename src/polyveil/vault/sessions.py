"""Sealing sessions: the secret that the units of one process in one compartment share, wrapped to the compartment.

    sessions/<compartment>/<id>    generation (4, big-endian) | born (4) | HPKE of the 32-byte secret

They stand beside the packs, not in them: when a compartment's keys rotate, only these small files are re-wrapped.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from polyveil.errors import IntegrityError
from polyveil.vault import files

_GENERATIONS = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Session:
    """A session's wrapped secret.

    Args:
        id: 32 hexadecimal digits.
        generation: of the public key that it is wrapped to now. born: of the one that it was made for.
    """

    id: str
    compartment: str
    generation: int
    born: int
    wrapped: bytes = field(repr=False)


def info(vault: str, compartment: str, session: str, born: int | None) -> bytes:
    """What the wrapping is bound to. born: None for what early vaults hold, which do not bind it."""
    told = "" if born is None else f"\x1f{born}"
    return f"polyveil session\x1f{vault}\x1f{compartment}\x1f{session}{told}".encode()


def write(folder: Path, session: Session) -> None:
    """Write or replace a session's file, atomically. Raises VaultError."""
    (folder / session.compartment).mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write(
        folder / session.compartment / session.id, _GENERATIONS.pack(session.generation, session.born) + session.wrapped
    )


def read(folder: Path, compartment: str, session: str) -> Session:
    """Raises IntegrityError when it is missing or damaged."""
    try:
        data = (folder / compartment / session).read_bytes()
    except OSError:
        raise IntegrityError(f"session {session}: its key file is missing") from None
    if len(data) <= _GENERATIONS.size:
        raise IntegrityError(f"session {session}: its key file is damaged")
    generation, born = _GENERATIONS.unpack_from(data)
    return Session(session, compartment, generation, born, data[_GENERATIONS.size :])


def known(folder: Path, compartment: str) -> Iterator[str]:
    """Ids of a compartment's sessions."""
    return (path.name for path in sorted((folder / compartment).glob("[0-9a-f]*")))
