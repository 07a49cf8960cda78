"""The audit log: append-only, hash-chained JSON lines with a Merkle tree over them (RFC 6962 prefixes).

An event holds what was done, by which principal and when, and never a personal value. The chain shows edits, drops and
reordering; truncation shows against a head (size, root hash) that was exported and signed earlier.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from polyveil.errors import VaultError, VerificationError

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The log at one moment: number of events and Merkle root, hexadecimal."""

    size: int
    root: str

    def message(self) -> bytes:
        """What is signed."""
        return f"polyveil audit head\n{self.size}\n{self.root}\n".encode()


class AuditLog:
    """One log file; writers take turns by a file lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, event: str, principal: str, **fields: Any) -> None:
        """Write one event durably. Raises VaultError when the log cannot be written."""
        try:
            with self._path.open("a+b") as log:
                fcntl.flock(log, fcntl.LOCK_EX)
                row = {
                    "event": event,
                    "principal": principal,
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    **fields,
                    "before": _last(log),
                }
                log.write(_line(row))
                log.flush()
                os.fsync(log.fileno())
        except OSError as error:
            raise VaultError(f"{self._path}: the audit log cannot be written ({error.strerror})") from None

    def lines(self) -> list[bytes]:
        """The whole lines of the log; a torn last one (a killed writer) is not an event."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        return [line for line in data.split(b"\n")[:-1] if line]

    def events(self) -> Iterator[dict[str, Any]]:
        for line in self.lines():
            yield json.loads(line)

    def head(self) -> Head:
        lines = self.lines()
        return Head(len(lines), merkle_root(lines).hex())

    def verify(self, known: Head | None = None) -> Head:
        """Check the chain, and that the log still begins with what an earlier head covers.

        Raises:
            VerificationError: an event was edited, dropped, reordered, or the log was truncated.
        """
        before = GENESIS
        lines = self.lines()
        for number, line in enumerate(lines):
            try:
                row = json.loads(line)
            except ValueError:
                raise VerificationError(f"audit log: event {number} is damaged") from None
            if row.get("before") != before:
                raise VerificationError(f"audit log: event {number} does not follow the one before it")
            before = hashlib.sha256(line).hexdigest()
        if known is not None:
            if len(lines) < known.size:
                raise VerificationError(f"audit log: {known.size - len(lines)} events are missing at its end")
            if merkle_root(lines[: known.size]).hex() != known.root:
                raise VerificationError("audit log: its first events are not those of the exported head")
        return Head(len(lines), merkle_root(lines).hex())


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _last(log: Any) -> str:
    """The hash of the last whole line; a torn line after it is cut off."""
    log.seek(0, os.SEEK_END)
    size = log.tell()
    tail = b""
    position = size
    while position > 0 and tail.count(b"\n") < 2:
        step = min(8192, position)
        position -= step
        log.seek(position)
        tail = log.read(step) + tail
    whole = tail[: tail.rfind(b"\n") + 1]
    if len(whole) < len(tail):
        log.truncate(size - (len(tail) - len(whole)))
    lines = whole.rstrip(b"\n").split(b"\n")
    return hashlib.sha256(lines[-1]).hexdigest() if lines[-1] else GENESIS


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
