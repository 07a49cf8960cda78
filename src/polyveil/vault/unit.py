"""The unit: one stored ciphertext, a piece of content or an object's manifest.

    unit = commitment (32) | AES-256-GCM of body
    body = flag (1) | payload length (4, big-endian) | payload | padding

flag 0: payload as it is; 1: zstd; 2: a dictionary's id (16), then zstd with that dictionary. Every unit has a key of
its own, derived from its session's secret and its own erasable secret, and is the only message under it: the nonce is
zero. Associated data bind format version, role, vault, compartment, unit and content id. What a segment index and a
last flag do elsewhere, the manifest does here: it is itself a unit and names every piece in order with its length,
since one piece may stand in several objects. AES-GCM does not commit to a key, so a commitment derived with the key
stands before it.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from polyveil.errors import IntegrityError
from polyveil.vault.compress import DICTIONARY, Codec, Payload
from polyveil.vault.padding import padded

VERSION = 1
COMMITMENT, TAG = 32, 16
PIECE, MANIFEST = 0, 1
CONTENT = 24
"""Bytes of a content id: keyed BLAKE3, or random where nothing is to be found twice."""

_BODY = struct.Struct(">BI")
_NONCE = bytes(12)


@dataclass(frozen=True, slots=True)
class Place:
    """What a unit's key and associated data are bound to. vault: hexadecimal; unit: 16 bytes; content: 24 or none."""

    vault: str
    compartment: str
    unit: bytes
    content: bytes = b""

    @property
    def role(self) -> int:
        return PIECE if self.content else MANIFEST

    def info(self, purpose: str) -> bytes:
        """The binding, for one purpose ('key' or 'data')."""
        return (
            f"polyveil\x1f{VERSION}\x1f{purpose}\x1f{self.role}\x1f{self.vault}\x1f{self.compartment}\x1f".encode()
            + self.unit
            + self.content
        )


@dataclass(frozen=True, slots=True)
class UnitKey:
    """The key of one unit and the commitment to it, 32 bytes each."""

    data: bytes = field(repr=False)
    commitment: bytes = field(repr=False)

    @classmethod
    def of(cls, session: bytes, shred: bytes, place: Place) -> UnitKey:
        """HKDF-SHA256 (RFC 5869) of the session's and the unit's erasable secret, 32 bytes each."""
        both = HKDF(hashes.SHA256(), 64, None, place.info("key")).derive(session + shred)
        return cls(both[:32], both[32:])


def seal(payload: Payload, key: UnitKey, place: Place, *, pad: bool = False) -> bytes:
    """Encrypt one unit; `pad` hides its exact length (Padmé)."""
    flag, data = payload
    body = _BODY.pack(flag, len(data)) + data
    if pad:
        body = body.ljust(padded(len(body)), b"\0")
    return key.commitment + AESGCM(key.data).encrypt(_NONCE, body, place.info("data"))


def unseal(stored: bytes, key: UnitKey, place: Place, codec: Codec) -> bytes:
    """The content of one unit.

    Raises:
        IntegrityError: a byte is damaged, or the unit was sealed for another place or with another key.
    """
    name = place.unit.hex()
    if len(stored) < COMMITMENT + TAG + _BODY.size:
        raise IntegrityError(f"unit {name}: truncated")
    if not hmac.compare_digest(stored[:COMMITMENT], key.commitment):
        raise IntegrityError(f"unit {name}: damaged, swapped, or not made with this key")
    try:
        body = AESGCM(key.data).decrypt(_NONCE, memoryview(stored)[COMMITMENT:], place.info("data"))
    except InvalidTag:
        raise IntegrityError(f"unit {name}: damaged or swapped") from None
    flag, length = _BODY.unpack_from(body)
    if flag > DICTIONARY or _BODY.size + length > len(body):
        raise IntegrityError(f"unit {name}: damaged")
    return codec.decode(flag, body[_BODY.size : _BODY.size + length], name)
