"""A seeded corpus: kinds in turn, conditions in turn, a second one now and then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

from benchmarks.rendered.kinds import ALL
from benchmarks.rendered.photograph import CONDITIONS, Seen, photograph

_SECOND = ("tilted", "slant", "small", "faint", "texture", "soft", "jpeg", "shade", "negative")
_BOTH = 0.3

Thing = TypeVar("Thing")


def documents(count: int, seed: int, wanted: str = "", first: int = 0) -> Iterator[tuple[int, str, str, Seen]]:
    """(number, kind, language, what is seen); the same of the same seed. wanted: only kinds with this in their name.

    first: documents before this number are left out.
    """
    kinds, looks = _turns(sorted(ALL), f"{seed}/kinds"), _turns(CONDITIONS, f"{seed}/looks")
    for number, (kind, language), look in zip(range(count), kinds, looks, strict=False):
        dice = Random(f"{seed}/{number}")
        if number < first or wanted not in f"{kind}.{language}.{look}":
            continue
        both = (
            dice.choice([one for one in _SECOND if one != look]) if look != "flat" and dice.random() < _BOTH else None
        )
        conditions = (look, both) if both else (look,)
        yield number, kind, language, photograph(ALL[kind, language](dice), conditions, dice)


def _turns(things: Sequence[Thing], seed: str) -> Iterator[Thing]:
    """All of them in some order, then all of them in another, and so on."""
    order = Random(seed)
    while True:
        yield from order.sample(things, len(things))
