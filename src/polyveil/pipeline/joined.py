"""Join: a tree and its de-identified parts become a file again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from polyveil import plugins
from polyveil.containers.interface import Container, Joined, Piece
from polyveil.modalities.interface import Context
from polyveil.pipeline.media_types import suffix_of
from polyveil.schema.record import Node

Fetch = Callable[[int], "tuple[bytes | Path, str] | None"]
"""Gives the data and media type of a part by index, or None if it may not be read or does not exist."""


def join(node: Node, fetch: Fetch, ctx: Context) -> Joined | None:
    """Join a tree bottom-up. None if nothing of it may be read.

    A member that is missing is left out; a container decides itself what that means (a video without sound).
    """
    if node.part is not None:
        found = fetch(node.part)
        if found is None:
            return None
        return Joined(found[0], found[1], suffix_of(found[1]))
    if not node.container:
        return None
    pieces = {}
    for key, member in node.members.items():
        below = join(member, fetch, ctx)
        if below is not None:
            pieces[key] = Piece(below.data, below.media_type, below.suffix)
    if not pieces:
        return None
    room: Container = plugins.load("containers", node.container)
    return room.join(node.skeleton, pieces, ctx)
