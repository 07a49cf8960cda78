"""The spool: what was received lies here, sealed and durable, from its acknowledgement until it is in the vault.

    <segment>.seg    magic (8) | generation (4) | length of the wrapped secret (4) | HPKE of a 32-byte secret
                     then records: length (4, big-endian) | AES-256-GCM

Every segment has a secret of its own, wrapped to the public key of `originals`; the nonce of a record is its index, the
associated data bind vault, source, segment and index. The process that wrote a segment keeps its secret in memory;
after a kill, only a grant for `originals` opens it. A record that was torn was never acknowledged: it is left out.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polyveil.errors import IntegrityError, VaultError
from polyveil.vault import ORIGINALS, Vault, keys

MAGIC = b"PVSPOOL1"
_HEAD = struct.Struct(">8sII")
_LENGTH = struct.Struct(">I")
_TAG = 16


@dataclass(slots=True)
class Segment:
    """An open segment. Records are durable after `sync`."""

    id: str
    path: Path
    aead: AESGCM = field(repr=False)
    bind: bytes = field(repr=False)
    file: Any = field(repr=False)
    count: int = 0
    size: int = 0

    def append(self, record: bytes) -> None:
        """Seal one record. Raises VaultError when it cannot be written."""
        sealed = self.aead.encrypt(_nonce(self.count), record, self.bind + _LENGTH.pack(self.count))
        try:
            self.file.write(_LENGTH.pack(len(sealed)) + sealed)
        except OSError as error:
            raise _unwritable(self.path, error) from None
        self.count += 1
        self.size += len(record)

    def sync(self) -> None:
        """Make all records durable. Raises VaultError."""
        try:
            self.file.flush()
            os.fdatasync(self.file.fileno())
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def close(self) -> None:
        self.file.close()


@dataclass(slots=True)
class Spool:
    """The spool of one source: a folder of segments.

    Args:
        folder: made if it does not exist. vault: opened; its public key of `originals` is what segments are sealed to.
    """

    folder: Path
    vault: Vault = field(repr=False)
    name: str = ""
    _own: dict[str, AESGCM] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def segment(self) -> Segment:
        """A new segment. Raises VaultError."""
        ident, secret = os.urandom(16).hex(), os.urandom(32)
        ring = self.vault.ring
        generation = ring.generations[ORIGINALS]
        wrapped = keys.seal_to(ring.public[ORIGINALS], secret, self._info(ident))
        path = self.folder / f"{ident}.seg"
        try:
            stream = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", 1 << 20)
            stream.write(_HEAD.pack(MAGIC, generation, len(wrapped)) + wrapped)
            stream.flush()
            os.fsync(stream.fileno())
            self._sync_folder()
        except OSError as error:
            raise _unwritable(path, error) from None
        self._own[ident] = AESGCM(secret)
        return Segment(ident, path, self._own[ident], self._bind(ident), stream)

    def waiting(self) -> list[str]:
        """Ids of the segments that a former process left, oldest first."""
        found = sorted(self.folder.glob("*.seg"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [path.stem for path in found]

    def read(self, ident: str) -> Iterator[bytes]:
        """The records of a segment, as far as they are whole; one that a former process left takes a grant.

        Raises:
            UnlockError: no grant for `originals`. IntegrityError: it is damaged, or another vault's.
        """
        path = self.folder / f"{ident}.seg"
        with path.open("rb") as stream:
            head = stream.read(_HEAD.size)
            if len(head) < _HEAD.size:
                return  # killed before the first record
            magic, generation, length = _HEAD.unpack(head)
            wrapped = stream.read(length)
            if magic != MAGIC:
                raise IntegrityError(f"{path}: is no spool segment")
            if len(wrapped) < length:
                return
            aead, bind = self._own.get(ident), self._bind(ident)
            if aead is None:
                pair = self.vault.reader.demand(ORIGINALS, generation)
                aead = AESGCM(pair.open(wrapped, self._info(ident)))
            index = 0
            while (record := _record(stream)) is not None:
                try:
                    yield aead.decrypt(_nonce(index), record, bind + _LENGTH.pack(index))
                except InvalidTag:
                    if stream.read(1):
                        raise IntegrityError(f"{path}: a record is damaged") from None
                    return  # the last one, torn within a block
                index += 1

    def done(self, ident: str) -> None:
        """Forget a segment: everything of it is in the vault."""
        self._own.pop(ident, None)
        (self.folder / f"{ident}.seg").unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _info(self, ident: str) -> bytes:
        return f"polyveil spool\x1f{self.vault.ring.vault}\x1f{self.name}\x1f{ident}".encode()

    def _bind(self, ident: str) -> bytes:
        return f"polyveil spool record\x1f{self.vault.ring.vault}\x1f{self.name}\x1f{ident}\x1f".encode()


def _record(stream: Any) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data: bytes = stream.read(length) if length >= _TAG else b""
    return data if len(data) == length and data else None


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")


def _unwritable(path: Path, error: OSError) -> VaultError:
    return VaultError(f"{path.parent}: the spool cannot be written ({error.strerror or type(error).__name__})")
