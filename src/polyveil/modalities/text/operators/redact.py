"""redact: the value is gone; a block says that something stood there."""

from __future__ import annotations

from typing import Any

from polyveil.modalities.interface import Context


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:  # noqa: ARG001 - operator interface
    """`with`: what stands in its place, by default three full blocks whatever the length was."""
    return str(params.get("with", "███"))
