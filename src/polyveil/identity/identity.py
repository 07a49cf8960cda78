"""The keyed identity map: the same value is the same surrogate wherever it occurs."""

from __future__ import annotations

import hashlib
import hmac

from polyveil.identity import surrogates
from polyveil.identity.normal import normal


class Identity:
    """Keyed pseudonyms, ids and date shifts of one vault or run.

    Args:
        key: 32 secret bytes. Everything below is a deterministic function of the key and its arguments, so that runs
            and machines that share the key agree without talking to each other.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("an identity key has 32 bytes")
        self._key = key

    def __repr__(self) -> str:
        return "Identity(<key>)"

    def digest(self, purpose: str, value: str) -> bytes:
        """HMAC-SHA256 (RFC 2104) of a value under this key, separated by purpose. 32 bytes."""
        return hmac.new(self._key, f"{purpose}\x1f{value}".encode(), hashlib.sha256).digest()

    def keyed_id(self, purpose: str, value: str, length: int = 16) -> str:
        """A stable opaque id in lower-case hexadecimal, `length` characters (at most 64)."""
        return self.digest(purpose, value).hex()[:length]

    def date_shift(self, subject: str | None, limit_days: int) -> int:
        """Days to shift all dates of a subject by, in [-limit, limit] without 0: one a subject keeps intervals."""
        number = int.from_bytes(self.digest("date-shift", subject or "")[:8], "big") % (2 * limit_days)
        return number - limit_days if number < limit_days else number - limit_days + 1

    def surrogate(self, entity: str, value: str) -> str:
        """A realistic stand-in of the same kind for a value: same script, shape and checksum, never the value itself.

        Spelling variants (case, spacing, full width) of one value get one surrogate.
        """
        return surrogates.surrogate(entity, value, normal(entity, value), self.digest)


class NoIdentity(Identity):
    """Of work that needs no identity map, by whoever may have no grant for it: asking it anything is a mistake."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(bytes(32))

    def digest(self, purpose: str, value: str) -> bytes:  # noqa: ARG002 - a value is told to nobody
        """Raises RuntimeError."""
        raise RuntimeError(f"this work has no identity map to ask for {purpose}")
