"""encrypt_digits: other digits in the same places, which the identity key turns back (FF1, NIST SP 800-38G)."""

from __future__ import annotations

from typing import Any

from polyveil.identity import Identity
from polyveil.identity.ff1 import FF1
from polyveil.modalities.interface import Context
from polyveil.modalities.text.operators import encrypt


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:
    """No parameters. Fewer than six digits hide nothing: such values become tokens of `encrypt`.

    Checksums do not hold afterwards: use `pseudonym` where they must.
    """
    digits = [place for place, letter in enumerate(value) if letter in "0123456789"]
    try:
        new = _cipher(ctx.identity).encrypt("".join(value[place] for place in digits), entity.encode())
    except ValueError:
        return encrypt.apply(entity, value, params, ctx)
    return _refilled(value, digits, new)


def reveal(entity: str, value: str, identity: Identity) -> str:
    """The value that `apply` made `value` of. Raises ValueError for fewer than six digits."""
    digits = [place for place, letter in enumerate(value) if letter in "0123456789"]
    return _refilled(value, digits, _cipher(identity).decrypt("".join(value[p] for p in digits), entity.encode()))


def _refilled(shape: str, places: list[int], digits: str) -> str:
    letters = list(shape)
    for place, digit in zip(places, digits, strict=True):
        letters[place] = digit
    return "".join(letters)


def _cipher(identity: Identity) -> FF1:
    return FF1(identity.digest("encrypt", "digits"))
