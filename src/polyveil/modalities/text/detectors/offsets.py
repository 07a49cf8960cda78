"""From positions in UTF-8 bytes to code points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class Offsets:
    """`offsets[byte]` is the code point at a byte position. Built only when first asked, and never for ASCII."""

    __slots__ = ("_ascii", "_data", "_table")

    def __init__(self, text: str, data: bytes) -> None:
        self._ascii, self._data = len(text) == len(data), data
        self._table: npt.NDArray[np.uint32] | None = None

    def __getitem__(self, place: int) -> int:
        if self._ascii:
            return place
        if self._table is None:
            first = (np.frombuffer(self._data, np.uint8) & 0xC0) != 0x80
            self._table = np.concatenate(([0], np.cumsum(first, dtype=np.uint32))).astype(np.uint32)
        return int(self._table[place])
