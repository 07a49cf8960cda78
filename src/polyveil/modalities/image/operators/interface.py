"""What an image operator is: a function from a picture and a window in it to the pixels that replace the window."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
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


_SECRET: ContextVar[int | None] = ContextVar("secret", default=None)


@contextmanager
def steady_noise(secret: int | None = None) -> Iterator[None]:
    """Within it, equal shapes get equal noise, so that the frames of a film cannot be averaged to be rid of it.

    secret: that of another process that works on the same film; by default a new one.
    """
    token = _SECRET.set(secrets.randbits(128) if secret is None else secret)
    try:
        yield
    finally:
        _SECRET.reset(token)


def noise_secret() -> int:
    """What another process needs for the same noise. Only within `steady_noise`."""
    secret = _SECRET.get()
    if secret is None:
        raise ValueError("no noise is steady here")
    return secret


def random_source(shape: tuple[int, ...]) -> np.random.Generator:
    """Randomness for noise of a shape, from the operating system: what an operator adds must not be predictable."""
    secret = _SECRET.get()
    return np.random.default_rng(None if secret is None else [secret, *shape])
