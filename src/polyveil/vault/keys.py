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

PRIVATE_KEY = "private-key"
"""The provider of principals whose private key was never in the vault."""

_MLKEM_PUBLIC = 1184
_MLKEM_SEED = 64


@dataclass(frozen=True, slots=True)
class Unlock:
    """What is offered to open a vault.

    Args:
        passphrase: of a person.
        key_file: at least 32 random bytes, or a private key that `write_pair` made.
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
            return PRIVATE_KEY if is_private_key(self.key_file) else "key-file"
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


@dataclass(frozen=True, slots=True)
class Public:
    """A principal's public keys: HPKE (1 216 bytes) and signing (32)."""

    public: bytes
    signing: bytes


def write_pair(path: Path) -> None:
    """Make a principal's keys outside of any vault: the private ones at `path`, mode 0600, the public at `path`.pub.

    Raises:
        UsageError: one of the files is there already or cannot be written.
    """
    pair, own = KeyPair.generate(), Signer.generate()
    rows = {
        path: {"polyveil": "private key", "private": text(pair.raw), "signing": text(own.raw)},
        path.with_name(f"{path.name}.pub"): {
            "polyveil": "public key",
            "public": text(pair.public),
            "signing": text(own.public),
        },
    }
    for place, row in rows.items():
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise UsageError(f"{place}: cannot be written ({error.strerror})") from None
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(json.dumps(row, indent=1) + "\n")


def read_public(path: Path) -> Public:
    """What `write_pair` wrote at `path`.pub. Raises UsageError if it is no public key."""
    row = _key_json(path)
    try:
        made = Public(raw(row["public"]), raw(row["signing"]))
    except (KeyError, IntegrityError):
        made = None
    if made is None or row.get("polyveil") != "public key" or (len(made.public), len(made.signing)) != (1216, 32):
        raise UsageError(f"{path}: is no public key. Make one with: polyveil vault keygen FILE")
    return made


def read_private(path: Path) -> tuple[KeyPair, Signer]:
    """What `write_pair` wrote at `path`. Raises UsageError if it is no private key."""
    row = _key_json(path)
    try:
        return KeyPair(raw(row["private"])), Signer(raw(row["signing"]))
    except (KeyError, IntegrityError):
        raise UsageError(f"{path}: is no private key") from None


def is_private_key(path: Path) -> bool:
    """Is this file a private key of `write_pair`, and not random bytes?"""
    try:
        with path.open("rb") as file:
            return file.read(64).startswith(b'{\n "polyveil": "private key"')
    except OSError:
        return False


def _key_json(path: Path) -> dict[str, Any]:
    try:
        row = json.loads(path.read_text("ascii"))
    except (OSError, ValueError):
        row = None
    if not isinstance(row, dict):
        raise UsageError(f"{path}: cannot be read as a key")
    return row
