"""mask: letters and digits become a character; separators and kept ends stay."""

from __future__ import annotations

from typing import Any

from polyveil.modalities.interface import Context


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:  # noqa: ARG001 - operator interface
    """`keep_first`, `keep_last`: how many letters or digits stay (never more than half); `char`: '*' by default."""
    character = str(params.get("char", "*"))[:1]
    places = [place for place, letter in enumerate(value) if letter.isalnum()]
    first, last = int(params.get("keep_first", 0)), int(params.get("keep_last", 0))
    if first + last > len(places) // 2:
        first = last = 0
    kept = {*places[:first], *(places[-last:] if last else ())}
    return "".join(
        character if letter.isalnum() and place not in kept else letter for place, letter in enumerate(value)
    )
