"""The audit log: append-only, hash-chained JSON lines with a Merkle tree over them (RFC 6962 prefixes).

An event holds what was done, by which principal and when, and never a personal value; the principal signs it. The chain
shows edits, drops and reordering; truncation shows against a head (size, root hash) that was exported earlier.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from polyveil.errors import IntegrityError, VerificationError
from polyveil.vault import keys
from polyveil.vault.files import reported
from polyveil.vault.keys import Signer

GENESIS = "0" * 64
_OWN = frozenset(("event", "principal", "time", "before", "signature"))


@dataclass(frozen=True, slots=True)
class Head:
    """The log at one moment: number of events and Merkle root, hexadecimal."""

    size: int
    root: str

    def message(self, vault: str) -> bytes:
        """What is signed."""
        return f"polyveil audit head\n{vault}\n{self.size}\n{self.root}\n".encode()


class AuditLog:
    """One log file; writers take turns by a file lock. vault: its id, which every signature covers."""

    def __init__(self, path: Path, vault: str) -> None:
        self._path, self._vault = path, vault

    def append(self, event: str, principal: str, signer: Signer, **fields: Any) -> None:
        """Sign and write one event durably. Raises VaultError when the log cannot be written."""
        if not _OWN.isdisjoint(fields):
            raise ValueError("these names are the log's own")
        with reported(self._path), self._path.open("a+b") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            row = {
                "event": event,
                "principal": principal,
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                **fields,
                "before": _last(log),
            }
            row["signature"] = keys.text(signer.sign(self._message(row)))
            log.write(_line(row))
            log.flush()
            os.fsync(log.fileno())

    def _message(self, row: Mapping[str, Any]) -> bytes:
        return f"polyveil audit event\x1f{self._vault}\x1f".encode() + _line(row)

    def lines(self) -> list[bytes]:
        """The whole lines of the log; a torn last one (a killed writer) is not an event."""
        return self._data().split(b"\n")[:-1]

    def _data(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""

    def events(self) -> Iterator[dict[str, Any]]:
        for line in self.lines():
            yield json.loads(line)

    def newest(self) -> dict[str, Any] | None:
        """The last event. Raises VerificationError when it is damaged."""
        try:
            with self._path.open("rb") as log:
                tail, whole = _tail(log)
        except FileNotFoundError:
            return None
        self._whole_end(tail[len(whole) :])
        if not whole:
            return None
        row = _parsed(whole.rstrip(b"\n").rpartition(b"\n")[2])
        if row is None:
            raise VerificationError("audit log: its last event is damaged")
        return row

    @staticmethod
    def _whole_end(rest: bytes) -> None:
        """A killed writer leaves half a line; a whole event without its line's end was damaged."""
        if rest and (_parsed(rest) is not None or _parsed(rest[:-1]) is not None):
            raise VerificationError("audit log: its last event is damaged")

    def head(self) -> Head:
        lines = self.lines()
        return Head(len(lines), merkle_root(lines).hex())

    def verify(self, known: Head | None = None, *, signing: Mapping[str, bytes] | None = None) -> Head:
        """Check the chain, and that the log still begins with what an earlier head covers.

        Args:
            known: a head that was exported earlier.
            signing: public signing keys by principal; with them, every event's signature is checked.

        Raises:
            VerificationError: an event was edited, dropped, reordered, or the log was truncated.
        """
        before = GENESIS
        data = self._data()
        lines = data.split(b"\n")[:-1]
        self._whole_end(data.rpartition(b"\n")[2])
        for number, line in enumerate(lines):
            row = _parsed(line)
            if row is None or _line(row) != line + b"\n":
                raise VerificationError(f"audit log: event {number} is damaged")
            if row.get("before") != before:
                raise VerificationError(f"audit log: event {number} does not follow the one before it")
            if signing is not None:
                self._check_signature(number, row, signing)
            before = hashlib.sha256(line).hexdigest()
        if known is not None:
            if len(lines) < known.size:
                raise VerificationError(f"audit log: {known.size - len(lines)} events are missing at its end")
            if merkle_root(lines[: known.size]).hex() != known.root:
                raise VerificationError("audit log: its first events are not those of the exported head")
        return Head(len(lines), merkle_root(lines).hex())

    def _check_signature(self, number: int, row: dict[str, Any], signing: Mapping[str, bytes]) -> None:
        unsigned = {name: value for name, value in row.items() if name != "signature"}
        public = signing.get(str(row.get("principal")))
        try:
            signature = keys.raw(row.get("signature"))
        except IntegrityError:
            signature = b""
        if public is None or not keys.signed_by(public, signature, self._message(unsigned)):
            raise VerificationError(f"audit log: event {number} is not signed by the principal that it names")


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def _tail(log: Any) -> tuple[bytes, bytes]:
    """The end of the log, at least its last whole line; and the same without a torn line after it."""
    position = log.seek(0, os.SEEK_END)
    tail = b""
    while position > 0 and tail.count(b"\n") < 2:
        step = min(8192, position)
        position -= step
        log.seek(position)
        tail = log.read(step) + tail
    return tail, tail[: tail.rfind(b"\n") + 1]


def _last(log: Any) -> str:
    """The hash of the last whole line; a torn line after it is cut off."""
    tail, whole = _tail(log)
    if len(whole) < len(tail):
        log.truncate(log.seek(0, os.SEEK_END) - (len(tail) - len(whole)))
    line = whole.rstrip(b"\n").rpartition(b"\n")[2]
    return hashlib.sha256(line).hexdigest() if line else GENESIS


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 6962 section 2.1."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[tuple[str, bytes]]:
    """The siblings that lead from a leaf to the root, each with the side that it stands on."""
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    proof = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(("left" if sibling < index else "right", level[sibling]))
        pairs = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
        index //= 2
    return proof


def included(leaf: bytes, proof: Sequence[tuple[str, bytes]], root: bytes) -> bool:
    """Does the proof lead from this leaf to this root?"""
    digest = hashlib.sha256(b"\x00" + leaf).digest()
    for side, sibling in proof:
        digest = hashlib.sha256(b"\x01" + (sibling + digest if side == "left" else digest + sibling)).digest()
    return digest == root
