"""pseudonym: a surrogate of the same kind, the same wherever the value occurs under one identity key."""

from __future__ import annotations

from typing import Any

from polyveil.modalities.interface import Context


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:  # noqa: ARG001 - operator interface
    """No parameters."""
    return ctx.identity.surrogate(entity, value)
