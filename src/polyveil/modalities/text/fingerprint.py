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


def fingerprint(text: str) -> Fingerprint:
    """Exact: BLAKE3 of the text without differences of white space and case. Near: 128 MinHash words in 32 bands of 4.

    Texts of fewer than 80 characters have no near mark: they would be alike by chance.
    """
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
    exact = blake3(plain.encode()).digest()
    if len(plain) < SHORTEST:
        return Fingerprint(exact)
    sketch = RMinHash(num_perm=WORDS, seed=42)
    sketch.update([plain[start : start + SHINGLE] for start in range(len(plain) - SHINGLE + 1)])
    words = struct.pack(f"<{WORDS}I", *(word & 0xFFFFFFFF for word in sketch.digest()))
    width = len(words) // BANDS
    bands = tuple(bytes([band]) + words[band * width : (band + 1) * width] for band in range(BANDS))
    return Fingerprint(exact, words, bands)


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Do at least 70 % of the MinHash words agree?"""
    if not a.near or not b.near:
        return False
    pairs = zip(struct.iter_unpack("<I", a.near), struct.iter_unpack("<I", b.near), strict=True)
    return sum(x == y for x, y in pairs) >= ALIKE * WORDS
