"""Where in a text a value of some kind can stand at all, and those places as one short text to scan.

A pattern that needs a digit, many digits or an at sign is looked for around these only. Zones are cut from the UTF-8
bytes wherever they end, also inside a word: what a pattern makes of a cut word is no finding, for borders are judged in
the text itself, and a value that belongs to the zone lies whole inside it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

NEARBY = 20
"""Bytes within which the digits of a number stand."""
LEAST = 7
"""Digits of a number."""
SHORT = 512
"""Bytes of a text that is scanned whole."""
_SEAM = b"\n\x00\n"
_REACH = {"number": (64, 64), "digit": (64, 192), "figures": (32, 48), "colon": (48, 48), "at": (96, 448)}
"""Bytes before and after a trigger that belong to its zone: a label, letters before the first digit; what follows."""
_SIGNS = {"at": b"@", "colon": b":"}
_BETWEEN_FIGURES = np.zeros(256, np.bool_)
_BETWEEN_FIGURES[list(b"-./:")] = True
_WIDER = 160
"""More bytes to either side of a place that is not all ASCII: a Han character takes three."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Places of one kind: their bytes, and where each of them begins there (`starts`) and in the text (`origins`)."""

    data: bytes = field(repr=False)
    starts: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The range of the text that a range of `data` stands for; None if it reaches over two places."""
        if not self.starts:
            return start, end
        number = bisect_right(self.starts, start) - 1
        if number + 1 < len(self.starts) and end > self.starts[number + 1]:
            return None
        shift = self.origins[number] - self.starts[number]
        return start + shift, end + shift


class Zones:
    """The zones of a text by kind.

    'number': LEAST digits within NEARBY bytes; 'figures': two digits with one of -./: between; 'digit'; 'colon';
    'at': an at sign; 'anywhere': the whole text.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._bytes = np.frombuffer(data, np.uint8)
        self._short = len(data) <= SHORT
        self._digits: npt.NDArray[np.intp] | None = None

    def of(self, kind: str) -> Zone | None:
        """The zone of a kind; None if there is none. Raises KeyError on an unknown kind."""
        if kind == "anywhere":
            return Zone(self._data)
        if kind in _SIGNS:
            if _SIGNS[kind] not in self._data:
                return None
            places = np.flatnonzero(self._bytes == _SIGNS[kind][0])
            return self._around(kind, places, places)
        if self._digits is None:
            self._digits = np.flatnonzero((self._bytes - ord("0")) < 10)  # unsigned: what is below '0' wraps
        first = last = self._digits
        if kind != "digit":
            steps, within = (LEAST - 1, NEARBY) if kind == "number" else (1, 2)
            first, last = first[:-steps], last[steps:]
            near = last - first <= within
            if kind == "figures":
                near = _BETWEEN_FIGURES[self._bytes[first + 1]] & near
            first, last = first[near], last[near]
        return self._around(kind, first, last) if len(first) else None

    def _around(self, kind: str, first: npt.NDArray[np.intp], last: npt.NDArray[np.intp]) -> Zone:
        if self._short:
            return Zone(self._data)
        before, after = _REACH[kind]
        apart = (first[1:] - last[:-1] > before + after).nonzero()[0]
        begins, ends = [int(first[0]), *first[apart + 1].tolist()], [*last[apart].tolist(), int(last[-1])]
        starts, origins, pieces, length = [], [], [], 0
        for begin, end in zip(begins, ends, strict=True):
            left, right = max(0, begin - before), end + after
            piece = self._data[left:right]
            if not piece.isascii():
                left = max(0, left - _WIDER)
                piece = self._data[left : right + _WIDER]
            starts.append(length)
            origins.append(left)
            pieces.append(piece)
            length += len(piece) + len(_SEAM)
        return Zone(_SEAM.join(pieces), tuple(starts), tuple(origins))
