"""hash: a keyed hash (HMAC-SHA256) of the normalised value, so that equal values stay equal."""

from __future__ import annotations

from typing import Any

from polyveil.identity.normal import normal
from polyveil.modalities.interface import Context


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:
    """`length`: hexadecimal characters, 16 by default."""
    return ctx.identity.keyed_id(entity, normal(entity, value), int(params.get("length", 16)))
