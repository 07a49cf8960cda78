"""The way back: values that `encrypt` or `encrypt_digits` answered, for whoever holds the identity key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from polyveil.errors import UsageError, VerificationError
from polyveil.identity import Identity
from polyveil.modalities.text.operators import encrypt, encrypt_digits
from polyveil.vault import Vault

_TOKEN = re.compile(r"\{[A-Z][A-Z0-9_]{1,60}:[A-Za-z0-9_.-]{22,}\}")


@dataclass(frozen=True, slots=True)
class Revealed:
    """A text with its tokens opened; how many were, and how many did not open under this key and stay as they are."""

    text: str = field(repr=False)
    opened: int
    closed: int


def reveal(vault: Vault, text: str) -> Revealed:
    """Open every token of `encrypt` in a text. The audit log says how many.

    Raises:
        UnlockError: the principal has no grant for the identity key.
    """
    identity, opened, closed = Identity(vault.identity_key), 0, 0

    def back(token: re.Match[str]) -> str:
        nonlocal opened, closed
        try:
            value = encrypt.reveal(token.group(), identity)
        except VerificationError:
            closed += 1
            return token.group()
        opened += 1
        return value

    new = _TOKEN.sub(back, text)
    vault.audit("reveal", tokens=opened)
    return Revealed(new, opened, closed)


def reveal_digits(vault: Vault, entity: str, value: str) -> str:
    """The number that `encrypt_digits` made `value` of.

    Digits carry no mark: any number opens, and only one that `encrypt_digits` wrote opens to what was there.

    Raises:
        UnlockError: no grant for the identity key. UsageError: fewer than six digits.
    """
    try:
        back = encrypt_digits.reveal(entity, value, Identity(vault.identity_key))
    except ValueError:
        raise UsageError("a number of fewer than six digits was answered with a token: give that") from None
    vault.audit("reveal", tokens=1)
    return back
