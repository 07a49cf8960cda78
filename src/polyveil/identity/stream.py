"""A deterministic stream of choices from a keyed digest: the randomness of surrogates."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Choices:
    """Choices that follow from a 32-byte seed alone (SHA-256 in counter mode)."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._counter, self._pool = seed, 0, b""

    def below(self, bound: int) -> int:
        """A number in [0, bound); bias below 2^-32 for any bound up to 2^32."""
        if len(self._pool) < 8:
            self._pool += hashlib.sha256(self._seed + self._counter.to_bytes(8, "big")).digest()
            self._counter += 1
        number, self._pool = int.from_bytes(self._pool[:8], "big"), self._pool[8:]
        return number % bound

    def pick(self, items: Sequence[_T]) -> _T:
        """One of the items."""
        return items[self.below(len(items))]

    def like(self, text: str) -> str:
        """A text of the same shape: digits for digits (no new zero leads), letters for letters in their case."""
        out = []
        for place, letter in enumerate(text):
            if letter in "0123456789":
                first = place == 0 or not text[place - 1].isalnum()
                out.append(str(self.below(9) + 1 if first and letter != "0" else self.below(10)))
            elif "a" <= letter <= "z":
                out.append(self.pick("abcdefghijkmnpqrstuvwxyz"))
            elif "A" <= letter <= "Z":
                out.append(self.pick("ABCDEFGHJKLMNPRSTUVWXYZ"))
            else:
                out.append(letter)
        return "".join(out)
