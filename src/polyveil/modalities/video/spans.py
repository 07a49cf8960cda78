"""Where a long film is divided, so that its parts can be worked on by themselves.

The borders depend on the film alone, never on how many share it, and one worker keeps to them as well: what is found
is the same for any number. Nothing is lost at a border, which need not be a cut: the camera is followed from `WARM`
frames before it, the frames on both sides are looked at, and a scene that goes on is put together before its tracks
are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LENGTH = 750
"""Frames of a span: what is looked at again at its ends is little beside looking through it."""

LEAST = 250
"""Frames below which the rest of a film is not worth a span."""

WARM = 50
"""Frames before a span that are followed, and denoised, without being looked at. `LENGTH` is a multiple of it, so that
the noise is estimated at the same frames as in one pass."""


@dataclass(frozen=True, slots=True)
class Span:
    """Frames [first, end) of a film; the last span has no end, since a container's count of frames may be wrong."""

    first: int = 0
    end: int | None = None


def divided(count: int) -> list[Span]:
    """The spans of a film of about `count` frames."""
    borders = [0, *range(LENGTH, count - LEAST + 1, LENGTH)]
    return [Span(first, end) for first, end in zip(borders, [*borders[1:], None], strict=True)]


def shares(spans: Sequence[Span], workers: int) -> list[tuple[Span, ...]]:
    """The spans dealt out to at most `workers` in stretches of equal length, one span or more each."""
    number = max(1, min(workers, len(spans)))
    borders = [len(spans) * index // number for index in range(number + 1)]
    return [tuple(spans[start:end]) for start, end in pairwise(borders)]
