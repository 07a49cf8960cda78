"""Fingerprints of text: exact by content, near by MinHash over character shingles (Broder 1997)."""

from __future__ import annotations

import re
import struct
import unicodedata

from blake3 import blake3
from rensa import RMinHash

from polyveil.schema.inspection import Fingerprint

WORDS = 128
BANDS = 32
SHINGLE = 5
SHORTEST = 80
ALIKE = 0.7
"""Least estimated Jaccard similarity of near-duplicates."""


class Marks:
    """The fingerprint of a text that comes in pieces; the same for any pieces that end at the ends of words.

    Exact: BLAKE3 of the text without differences of white space and case. Near: 128 MinHash words in 32 bands of 4.
    Texts of fewer than 80 characters have no near mark: they would be alike by chance.
    """

    def __init__(self) -> None:
        self._exact = blake3()
        self._sketch = RMinHash(num_perm=WORDS, seed=42)
        self._length, self._tail, self._space = 0, "", ""

    def update(self, text: str) -> None:
        """Add the next piece."""
        plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))
        words = plain.strip(" ")
        if not words:
            self._space = self._space or plain
            return
        gap = self._space or plain[: plain[:1] == " "]
        self._space = plain[len(plain) - (plain[-1] == " ") :]
        plain = (gap if self._length else "") + words.casefold()
        self._exact.update(plain.encode("utf-8", "surrogatepass"))
        self._length += len(plain)
        joined = self._tail + plain
        self._sketch.update([joined[start : start + SHINGLE] for start in range(len(joined) - SHINGLE + 1)])
        self._tail = joined[-(SHINGLE - 1) :]

    def done(self) -> Fingerprint:
        """The fingerprint of all pieces."""
        exact = self._exact.digest()
        if self._length < SHORTEST:
            return Fingerprint(exact)
        words = struct.pack(f"<{WORDS}I", *(word & 0xFFFFFFFF for word in self._sketch.digest()))
        width = len(words) // BANDS
        bands = tuple(bytes([band]) + words[band * width : (band + 1) * width] for band in range(BANDS))
        return Fingerprint(exact, words, bands)


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a whole text; see `Marks`."""
    marks = Marks()
    marks.update(text)
    return marks.done()


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Do at least 70 % of the MinHash words agree?"""
    if not a.near or not b.near:
        return False
    pairs = zip(struct.iter_unpack("<I", a.near), struct.iter_unpack("<I", b.near), strict=True)
    return sum(x == y for x, y in pairs) >= ALIKE * WORDS
