"""The first letters of surrogate names: a keyed permutation, so that 'J. Smith' and 'jsmith' are who 'John Smith' is.

Vowels become vowels ('an Adams' stays grammatical), rare letters rare ones; no letter becomes itself.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from polyveil.identity.permute import Seed
from polyveil.identity.stream import Choices

_CLASSES = ("aeiou", "bcdfghjklmnprstvw", "qxyz")
_FOLDED = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ß": "ss"})


def folded(plain: str) -> str:
    """A word in lower case without accents and apostrophes, as addresses of mail spell it: 'oneill', 'muller'."""
    if plain.isascii():
        return plain.replace("'", "")
    parts = unicodedata.normalize("NFD", plain.translate(_FOLDED))
    return "".join(one for one in parts if not unicodedata.combining(one) and one not in "'’")


def initial(letter: str, seed: Seed) -> str:
    """The letter that stands for a first letter, both in lower case; what is no ASCII letter stays."""
    return _letters(seed("initials", "")).get(letter, letter)


@lru_cache(maxsize=32)
def _letters(key: bytes) -> dict[str, str]:
    """One cycle through each class (Sattolo 1986), so that no letter stays."""
    draw, table = Choices(key), dict[str, str]()
    for letters in _CLASSES:
        order = list(letters)
        for place in range(len(order) - 1, 0, -1):
            other = draw.below(place)
            order[place], order[other] = order[other], order[place]
        table |= dict(zip(letters, order, strict=True))
    return table
