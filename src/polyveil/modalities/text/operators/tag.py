"""tag: the entity type and a short keyed id, the same for the same value: `<PERSON_3f2a91bc>`."""

from __future__ import annotations

from typing import Any

from polyveil.identity.normal import normal
from polyveil.modalities.interface import Context


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:
    """`length`: hexadecimal characters of the id, 0 for none; by default 8, so that 10 000 people hardly share one."""
    length = int(params.get("length", 8))
    return f"<{entity}_{ctx.identity.keyed_id(entity, normal(entity, value), length)}>" if length else f"<{entity}>"
