"""Findings of a part that are too many for memory: in a sealed file of the run, read in order."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import mkstemp
from types import TracebackType
from typing import BinaryIO, Self, overload

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polyveil.errors import AssetError
from polyveil.schema.finding import Finding
from polyveil.schema.outcome import QuarantineCode

BATCH = 20_000
"""Findings that are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Spilled(Sequence[Finding]):
    """Findings in a file, in order. A sequence that is read from its beginning each time.

    path: where they lie, until the run ends. counts: how many of each entity type. key: what the file is sealed under;
    it lives in memory only, so that what a killed run leaves behind opens for nobody.
    """

    path: Path
    number: int
    counts: Mapping[str, int]
    key: bytes = field(repr=False)

    def __len__(self) -> int:
        return self.number

    def __iter__(self) -> Iterator[Finding]:
        """Raises AssetError (UNREADABLE) when the file is gone or damaged."""
        aead, packed = AESGCM(self.key), zstandard.ZstdDecompressor()
        try:
            with self.path.open("rb") as source:
                for number, sealed in enumerate(_frames(source)):
                    rows = json.loads(packed.decompress(aead.decrypt(_nonce(number), sealed, None)))
                    for row in rows:
                        yield Finding.from_json(row)
        except (OSError, InvalidTag, zstandard.ZstdError, ValueError):
            raise AssetError(QuarantineCode.UNREADABLE, "findings of an earlier stage are gone") from None

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Finding]: ...
    def __getitem__(self, place: int | slice) -> Finding | Sequence[Finding]:
        if isinstance(place, slice):
            return tuple(islice(self, *place.indices(self.number)))
        for one in islice(self, range(self.number)[place], None):
            return one
        raise IndexError(place)

    def remove(self) -> None:
        """Delete the file."""
        self.path.unlink(missing_ok=True)


class Spill:
    """Writes findings into a new file of a folder; a context manager that removes the file when it is left early."""

    def __init__(self, folder: Path) -> None:
        handle, name = mkstemp(prefix="findings-", dir=folder)
        self._sink, self._path = os.fdopen(handle, "wb"), Path(name)
        self._key = AESGCM.generate_key(256)
        self._aead, self._packer = AESGCM(self._key), zstandard.ZstdCompressor(level=1)
        self._rows: list[Finding] = []
        self._counts: Counter[str] = Counter()
        self._batches = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._sink.close()
        if kind is not None:
            self._path.unlink(missing_ok=True)

    def add(self, findings: Iterable[Finding]) -> None:
        """Append findings, which lie behind all earlier ones."""
        for one in findings:
            self._rows.append(one)
            self._counts[one.entity] += 1
        if len(self._rows) >= BATCH:
            self._write()

    def done(self) -> Spilled:
        """All that was added."""
        self._write()
        self._sink.flush()
        return Spilled(self._path, self._counts.total(), dict(self._counts), self._key)

    def _write(self) -> None:
        if not self._rows:
            return
        rows = json.dumps([one.to_json(show_value=True) for one in self._rows], separators=(",", ":")).encode()
        sealed = self._aead.encrypt(_nonce(self._batches), self._packer.compress(rows), None)
        self._sink.write(len(sealed).to_bytes(8, "big") + sealed)
        self._batches += 1
        self._rows = []


def _frames(source: BinaryIO) -> Iterator[bytes]:
    while head := source.read(8):
        yield source.read(int.from_bytes(head, "big"))


def _nonce(number: int) -> bytes:
    """A key is used for one file, whose batches are numbered (SP 800-38D, section 8.2.1)."""
    return number.to_bytes(12, "big")
