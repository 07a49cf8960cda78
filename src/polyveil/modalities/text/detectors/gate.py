"""Patterns of `re` that are tried only where RE2, many times as quick, says that they may match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import re2

from polyveil.modalities.text.detectors.offsets import Offsets
from polyveil.modalities.text.detectors.scan import spans

MEMORY = 64 << 20
"""Bytes that an automaton may take."""


@dataclass(frozen=True, slots=True)
class Gated:
    """A pattern and what must stand near a match of it.

    A match lies between `before` characters ahead of what the gate finds and `after` characters behind it.
    """

    pattern: re.Pattern[str]
    gate: Any
    before: int
    after: int

    def finditer(self, text: str, data: bytes, offsets: Offsets) -> Iterator[re.Match[str]]:
        """Matches in a text, given with its UTF-8 bytes, in order and apart."""
        done = 0
        for left, right in self._regions(data, offsets):
            place = max(left, done)
            while match := self.pattern.search(text, place, right):
                yield match
                done = place = max(match.end(), match.start() + 1)

    def _regions(self, data: bytes, offsets: Offsets) -> Iterator[tuple[int, int]]:
        left = right = -1
        for begin, stop in spans(self.gate, data):
            start, end = max(0, offsets[begin] - self.before), offsets[stop] + self.after
            if start > right:
                if right >= 0:
                    yield left, right
                left = start
            right = max(right, end)
        if right >= 0:
            yield left, right


def gated(pattern: str, gate: str = "", *, flags: int = 0, before: int = 0, after: int = 0) -> Gated:
    """Both compiled; without a gate the pattern, which RE2 must take, is its own."""
    return Gated(re.compile(pattern, flags), compiled(gate or pattern), before, after)


def compiled(pattern: str) -> Any:
    """A pattern of RE2 for bytes. Raises re2.error on one that it does not take."""
    return re2.compile(pattern.encode(), options())


def options() -> Any:
    """RE2's options: silent, and bounded memory; an automaton is built anew when it is full."""
    made = re2.Options()
    made.log_errors = False
    made.max_mem = MEMORY
    return made


class Bytes:
    """A text with its UTF-8 bytes, for `Gated.finditer(*...)`."""

    __slots__ = ("data", "offsets", "text")

    def __init__(self, text: str) -> None:
        self.text, self.data = text, text.encode("utf-8", "replace")
        self.offsets = Offsets(text, self.data)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.text, self.data, self.offsets))
