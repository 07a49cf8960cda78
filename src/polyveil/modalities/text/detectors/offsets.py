"""From positions in UTF-8 bytes to code points."""

from __future__ import annotations

from array import array
from bisect import bisect_left

import numpy as np
import numpy.typing as npt


class Offsets:
    """`offsets[byte]` is the code point at a byte position. Looked through only when first asked, never for ASCII."""

    __slots__ = ("_ascii", "_data", "_later")

    def __init__(self, text: str, data: bytes) -> None:
        self._ascii, self._data = len(text) == len(data), data
        self._later: array[int] | None = None
        """Places of bytes that are not the first of their character."""

    def __getitem__(self, place: int) -> int:
        if self._ascii:
            return place
        if self._later is None:
            self._later = array("I", self._found().astype(np.uintc).tobytes())
        return place - bisect_left(self._later, place)

    def of(self, places: list[int]) -> list[int]:
        """Many at once, in less time than one by one."""
        if self._ascii or not places:
            return places
        asked = np.array(places)
        answer: list[int] = (asked - self._found().searchsorted(asked)).tolist()
        return answer

    def _found(self) -> npt.NDArray[np.intp]:
        found: npt.NDArray[np.intp] = ((np.frombuffer(self._data, np.uint8) & 0xC0) == 0x80).nonzero()[0]
        return found
