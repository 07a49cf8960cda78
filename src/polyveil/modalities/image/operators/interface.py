"""What an image operator is: a function from a picture and a window in it to the pixels that replace the window."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Patch = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Window:
    """A box inside a picture: rows [top, bottom), columns [left, right), at least one pixel."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


ImageOperator = Callable[..., Patch]
"""Called with the picture (h, w) or (h, w, 3), a window in it, and the policy's parameters by keyword.

Gives the window's new pixels, of its shape and the picture's dtype, and leaves the picture as it is. Registered in the
entry-point group `polyveil.operators.image`.
"""


@dataclass(slots=True)
class Steady:
    """What the frames of one film share. made: what an operator kept of a thing, with its noise, by place and shape."""

    secret: int = field(default_factory=lambda: secrets.randbits(128), repr=False)
    made: dict[tuple[int, ...], Patch] = field(default_factory=dict, repr=False)


_STEADY: ContextVar[Steady | None] = ContextVar("steady", default=None)
_PLACE: ContextVar[tuple[int, ...]] = ContextVar("place", default=())


@contextmanager
def steady_noise(steady: Steady | None = None) -> Iterator[None]:
    """Within it, what is kept of a thing is made once and shown in all frames, with its noise.

    So the frames of a film can neither be averaged to be rid of the noise nor, where the noise is the same, subtracted
    from each other: what a thing looks like in the second frame is not read.

    steady: what was shown before, or the secret of another process that works on the same film; by default a new one.
    """
    token = _STEADY.set(steady if steady is not None else Steady())
    try:
        yield
    finally:
        _STEADY.reset(token)


@contextmanager
def noise_place(*place: int) -> Iterator[None]:
    """Names what is masked within it: the thing and the plane. Places have noise of their own.

    Otherwise the flat colours of a face would show the noise of its brightness, and a flat region that of a face.
    """
    token = _PLACE.set(place)
    try:
        yield
    finally:
        _PLACE.reset(token)


def noise_secret() -> int:
    """What another process needs for the same noise. Only within `steady_noise`."""
    steady = _STEADY.get()
    if steady is None:
        raise ValueError("no noise is steady here")
    return steady.secret


def kept_steady(shape: tuple[int, ...], make: Callable[[np.random.Generator], Patch]) -> Patch:
    """What `make` makes of randomness from the operating system: what an operator adds must not be predictable.

    Within `steady_noise` it is made once for each place and shape.
    """
    steady = _STEADY.get()
    if steady is None:
        return make(np.random.default_rng())
    key = (*_PLACE.get(), *shape)
    if key not in steady.made:
        steady.made[key] = make(np.random.default_rng([steady.secret, *key]))
    return steady.made[key]
