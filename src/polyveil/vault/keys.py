"""Keys: hybrid post-quantum key pairs, what a passphrase or key file unlocks, and signatures.

Everything comes from PyCA `cryptography`: HPKE (RFC 9180) with ML-KEM-768 + X25519 (X-Wing), HKDF-SHA256 and
AES-256-GCM; Ed25519 (RFC 8032).
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from polyveil.errors import IntegrityError, UnlockError, UsageError

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)

_MLKEM_PUBLIC = 1184
_MLKEM_SEED = 64


@dataclass(frozen=True, slots=True)
class Unlock:
    """What is offered to open a vault.

    Args:
        passphrase: of a person.
        key_file: at least 32 random bytes.
        provider: another key provider with its address: 'keyring', 'aws-kms:KEY', 'transit:KEY', or a third party's.
        shares: recovery shares, each a line of words.
        members: what each of several principals offers, to open what takes more than one of them.
    """

    passphrase: str | None = field(default=None, repr=False)
    key_file: Path | None = None
    provider: str = ""
    shares: tuple[str, ...] = field(default=(), repr=False)
    members: tuple[Unlock, ...] = ()

    @property
    def kind(self) -> str:
        """Name of the key provider that this speaks to.

        Raises:
            UsageError: nothing was offered.
        """
        if self.members:
            return "members"
        if self.shares:
            return "shares"
        if self.provider:
            return self.provider.partition(":")[0]
        if self.key_file is not None:
            return "key-file"
        if not self.passphrase:
            raise UsageError("the vault is locked: set POLYVEIL_PASSPHRASE or give a key file")
        return "passphrase"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An HPKE key pair of the hybrid KEM. `raw` is the private seed, 96 bytes."""

    raw: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> KeyPair:
        return cls(MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw())

    def _parts(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        return (
            MLKEM768PrivateKey.from_seed_bytes(self.raw[:_MLKEM_SEED]),
            X25519PrivateKey.from_private_bytes(self.raw[_MLKEM_SEED:]),
        )

    @property
    def public(self) -> bytes:
        """The public key, 1 216 bytes: ML-KEM-768 encapsulation key, then X25519."""
        lattice, curve = self._parts()
        return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Open what `seal_to` made. Raises IntegrityError if it was made for another key or another purpose."""
        try:
            return SUITE.decrypt(sealed, hpke.MLKEM768X25519PrivateKey(*self._parts()), info)
        except (InvalidTag, ValueError):
            raise IntegrityError("a wrapped key does not open: it is damaged, or was made for another vault") from None


def seal_to(public: bytes, secret: bytes, info: bytes) -> bytes:
    """HPKE single-shot encryption to a public key; `info` binds the purpose."""
    key = hpke.MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
    )
    return SUITE.encrypt(secret, key, info)


def derive(secret: bytes, info: bytes, salt: bytes = b"", length: int = 32) -> bytes:
    """HKDF-SHA256 (RFC 5869)."""
    return HKDF(hashes.SHA256(), length, salt or None, info).derive(secret)


def lock(secret: bytes, plain: bytes, purpose: bytes) -> bytes:
    """AES-256-GCM under a key that is used for this one message: nonce, ciphertext."""
    nonce = os.urandom(12)
    return nonce + AESGCM(secret).encrypt(nonce, plain, purpose)


def unlock(secret: bytes, locked: bytes, purpose: bytes) -> bytes:
    """Open what `lock` made. Raises UnlockError for a wrong key."""
    try:
        return AESGCM(secret).decrypt(locked[:12], locked[12:], purpose)
    except InvalidTag:
        raise UnlockError("wrong passphrase or key") from None


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 signing key: the vault's root (administrators hold it), or a principal's own."""

    raw: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Signer:
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.raw).sign(message)


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Is this an Ed25519 signature of the message?"""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def text(raw: bytes) -> str:
    """Bytes as base64 for JSON."""
    return base64.b64encode(raw).decode()


def raw(value: Any) -> bytes:
    """Bytes from base64 that is written the one right way. Raises IntegrityError if it is not."""
    try:
        data = base64.b64decode(str(value), validate=True)
    except ValueError:
        data = None
    if data is None or text(data) != value:  # unused bits of the last digit count as damage, too
        raise IntegrityError("a key file of the vault is damaged")
    return data


def canonical(body: Mapping[str, Any]) -> bytes:
    """JSON in the one form that is signed: sorted keys, no spaces."""
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
