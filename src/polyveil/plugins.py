"""Entry points: how built-in and third-party parts are found.

Groups: polyveil.rooms (by media type or modality), polyveil.containers, polyveil.sources, polyveil.detectors.image,
polyveil.recognisers, polyveil.operators.text|image|audio, polyveil.keyproviders. The built-in parts are registered
in pyproject.toml like any other.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any


@cache
def available(group: str) -> dict[str, EntryPoint]:
    """The entry points of `group` ('rooms', 'containers' …) by name, not loaded."""
    return {point.name: point for point in entry_points(group=f"polyveil.{group}")}


@cache
def load(group: str, name: str) -> Any:
    """Load one part. Raises KeyError if nothing of that name is registered."""
    return available(group)[name].load()
