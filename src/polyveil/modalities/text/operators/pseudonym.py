"""pseudonym: a surrogate of the same kind, the same wherever the value occurs under one identity key."""

from __future__ import annotations

from typing import Any

from polyveil.identity import surrogates
from polyveil.modalities.interface import Context
from polyveil.modalities.text.operators import tag


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:
    """`least`: how many values a shape must allow, 1 by default; a value of a shape that allows fewer is tagged.

    A surrogate is drawn from the same space as the originals: the smaller the space, the likelier it is somebody else's
    value. Names, places and addresses of mail have no such bound.
    """
    if surrogates.choices(entity, value) < int(params.get("least", 1)):
        return tag.apply(entity, value, {}, ctx)
    return ctx.identity.surrogate(entity, value)
