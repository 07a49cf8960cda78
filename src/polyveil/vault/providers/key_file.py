"""A key file: at least 32 random bytes, spread by HKDF."""

from __future__ import annotations

import os
from collections.abc import Mapping

from polyveil.errors import UsageError
from polyveil.vault import keys
from polyveil.vault.keys import Unlock


def protect(secret: bytes, context: str, offer: Unlock) -> dict[str, str]:
    """Wrap the secret under the key file."""
    salt = os.urandom(16)
    wrapped = keys.lock(_key(salt, offer), secret, context.encode())
    return {"salt": keys.text(salt), "wrapped": keys.text(wrapped)}


def reveal(description: Mapping[str, str], context: str, offer: Unlock) -> bytes:
    """Unwrap it. Raises UnlockError for another key file."""
    key = _key(keys.raw(description.get("salt")), offer)
    return keys.unlock(key, keys.raw(description.get("wrapped")), context.encode())


def _key(salt: bytes, offer: Unlock) -> bytes:
    path = offer.key_file
    if path is None:
        raise UsageError("a key file is needed")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the key file cannot be read ({error.strerror})") from None
    if len(raw) < 32:
        raise UsageError(f"{path}: a key file has at least 32 bytes. Make one: head -c 32 /dev/urandom > {path}")
    return keys.derive(raw, b"polyveil key file", salt)
