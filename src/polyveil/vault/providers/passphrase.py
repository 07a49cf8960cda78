"""A passphrase: Argon2id (RFC 9106), from PyCA `cryptography`."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from polyveil.errors import IntegrityError
from polyveil.vault import keys
from polyveil.vault.keys import Unlock

PASSES, LANES, KIB = 3, 4, 64 * 1024
"""RFC 9106 section 4, second recommended option: three passes, four lanes, 64 MiB."""

_MOST_KIB, _MOST_PASSES = 4 * 1024 * 1024, 100


def protect(secret: bytes, context: str, offer: Unlock) -> dict[str, str]:
    """Wrap the secret under the passphrase."""
    row = {"salt": keys.text(os.urandom(16)), "passes": str(PASSES), "lanes": str(LANES), "kib": str(KIB)}
    return {**row, "wrapped": keys.text(keys.lock(_key(row, offer), secret, context.encode()))}


def reveal(description: Mapping[str, str], context: str, offer: Unlock) -> bytes:
    """Unwrap it. Raises UnlockError for a wrong passphrase."""
    return keys.unlock(_key(description, offer), keys.raw(description.get("wrapped")), context.encode())


def _key(row: Mapping[str, str], offer: Unlock) -> bytes:
    try:
        passes, lanes, kib = (int(row[name]) for name in ("passes", "lanes", "kib"))
    except (KeyError, ValueError):
        raise IntegrityError("a principal's file is damaged") from None
    if not (1 <= passes <= _MOST_PASSES and 1 <= lanes <= 64 and 8 * lanes <= kib <= _MOST_KIB):
        raise IntegrityError("a principal's file asks for more work than any of ours does")
    kdf = Argon2id(salt=keys.raw(row.get("salt")), length=32, iterations=passes, lanes=lanes, memory_cost=kib)
    return kdf.derive((offer.passphrase or "").encode())
