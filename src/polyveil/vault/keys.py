"""Keys: hybrid post-quantum key pairs, what a passphrase or key file unlocks, and signatures.

Everything comes from PyCA `cryptography`: HPKE (RFC 9180) with ML-KEM-768 + X25519 (X-Wing), HKDF-SHA256 and
AES-256-GCM; Argon2id (RFC 9106); Ed25519 (RFC 8032).
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from polyveil.errors import IntegrityError, UnlockError, UsageError

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
ARGON2_PASSES, ARGON2_LANES, ARGON2_KIB = 3, 4, 64 * 1024
"""RFC 9106 section 4, second recommended option: 64 MiB, three passes, four lanes."""

_MLKEM_PUBLIC = 1184
_MLKEM_SEED = 64


@dataclass(frozen=True, slots=True)
class Unlock:
    """What a person offers to open a vault: a passphrase or a key file (at least 32 random bytes)."""

    passphrase: str | None = field(default=None, repr=False)
    key_file: Path | None = None

    def secret(self, salt: bytes) -> bytes:
        """The 32-byte key that opens a principal's private key.

        Raises:
            UsageError: nothing was offered, or the key file cannot be read or is too short.
        """
        if self.key_file is not None:
            try:
                raw = self.key_file.read_bytes()
            except OSError as error:
                raise UsageError(f"{self.key_file}: the key file cannot be read ({error.strerror})") from None
            if len(raw) < 32:
                raise UsageError(
                    f"{self.key_file}: a key file has at least 32 bytes. Make one: head -c 32 /dev/urandom"
                )
            return derive(raw, b"polyveil key file", salt)
        if not self.passphrase:
            raise UsageError("the vault is locked: set POLYVEIL_PASSPHRASE or give a key file")
        kdf = Argon2id(salt=salt, length=32, iterations=ARGON2_PASSES, lanes=ARGON2_LANES, memory_cost=ARGON2_KIB)
        return kdf.derive(self.passphrase.encode())


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
    """The vault's root signing key. Only administrators hold it."""

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
    except InvalidSignature:
        return False
    return True


def text(raw: bytes) -> str:
    """Bytes as base64 for JSON."""
    return base64.b64encode(raw).decode()


def raw(value: Any) -> bytes:
    """Bytes from base64. Raises IntegrityError if it is none."""
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError:
        raise IntegrityError("a key file of the vault is damaged") from None
