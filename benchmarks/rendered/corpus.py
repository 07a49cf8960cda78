"""A seeded corpus: kinds in turn, conditions in turn, a second one now and then."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from benchmarks.rendered.kinds import ALL
from benchmarks.rendered.photograph import CONDITIONS, Seen, photograph

_SECOND = ("tilted", "slant", "small", "faint", "texture", "soft", "jpeg", "shade", "negative")
_BOTH = 0.3


def documents(count: int, seed: int, wanted: str = "") -> Iterator[tuple[int, str, str, Seen]]:
    """(number, kind, language, what is seen); the same of the same seed. wanted: only kinds with this in their name."""
    order = Random(seed)
    places = [place for _ in range(-(-count // len(ALL))) for place in order.sample(sorted(ALL), len(ALL))]
    looks = [look for _ in range(-(-count // len(CONDITIONS))) for look in order.sample(CONDITIONS, len(CONDITIONS))]
    for number, ((kind, language), look) in enumerate(zip(places[:count], looks[:count], strict=True)):
        dice = Random(f"{seed}/{number}")
        if wanted not in f"{kind}.{language}.{look}":
            continue
        both = (
            dice.choice([one for one in _SECOND if one != look]) if look != "flat" and dice.random() < _BOTH else None
        )
        conditions = (look, both) if both else (look,)
        yield number, kind, language, photograph(ALL[kind, language](dice), conditions, dice)
