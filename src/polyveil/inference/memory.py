"""What the process holds beside what it uses: buffers of models, and pages that the C library keeps for later."""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Iterator

_LARGE, _LARGE_SPARED = 3 * 1_200_000, 3 * 400_000  # values of an input
_APART = 4 * 1024**2  # bytes of a block that gets pages of its own while memory is spared
_APART_OTHERWISE = 32 * 1024**2  # as glibc has it once blocks of that size came and went
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)

_counting = threading.Lock()
_sparing = 0


@contextlib.contextmanager
def sparing() -> Iterator[None]:
    """Within it memory counts for more than time, in all threads of the process.

    Models give back the buffers of smaller inputs too. A large block gets pages of its own, which go back to the system
    when it is freed: in the arenas, where glibc puts blocks of up to 32 MB once some were freed, frames of 4K leave
    holes of some 130 MB.
    """
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def _count(step: int) -> None:
    global _sparing
    with _counting:
        before, _sparing = _sparing, _sparing + step
        if bool(before) != bool(_sparing):
            _blocks_apart(_APART if _sparing else _APART_OTHERWISE)


def spared() -> bool:
    """Is a large film open?"""
    return bool(_sparing)


def large() -> int:
    """Values of a model's input from which on its buffers are given back after each run."""
    return _LARGE_SPARED if spared() else _LARGE


def trim() -> None:
    """Give freed pages back to the system: glibc keeps them in the arena of each thread that took them."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # other C libraries have no such function
        ctypes.CDLL(None).malloc_trim(0)


def _blocks_apart(size: int) -> None:
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, size)
        library.mallopt(_TRIM_THRESHOLD, 2 * size)
