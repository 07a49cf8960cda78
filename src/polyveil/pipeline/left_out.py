"""What of a file is not carried, for whoever masks it: counts by kind, as containers and rooms note them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from polyveil.pipeline.tree import Branch, Tree

_SUFFIX = "_left_out"


def left_out(tree: Tree, metrics: Iterable[Mapping[str, object]]) -> dict[str, int]:
    """How many streams, chapters, links … of an asset do not come back, by name; {} if all do.

    metrics: of its parts. What is one thing, such as transparency, counts 1 however often it is noted.
    """
    counts: dict[str, int] = {}
    for name, number in _of(tree):
        if number:
            counts[name] = counts.get(name, 0) + number
    for one in metrics:
        noted = one.get("left_out")
        if isinstance(noted, str) and noted:
            counts.setdefault(noted, 1)
    return counts


def _of(tree: Tree) -> Iterable[tuple[str, int]]:
    if not isinstance(tree, Branch):
        return
    for name, value in tree.skeleton.items():
        if name == "left_out" and isinstance(value, Mapping):
            yield from ((str(kind), int(number)) for kind, number in value.items())
        elif name.endswith(_SUFFIX) and isinstance(value, int):
            yield name.removesuffix(_SUFFIX), value
    for member in tree.members.values():
        yield from _of(member)
