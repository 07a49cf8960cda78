"""Surrogate words in scripts other than Latin and Han: they stay in their script, and gender stays where it shows.

Cyrillic, Greek, Arabic and Hebrew names get another stem and keep their ending, so that Иванов, Иванова and Ивановым
are one family after it as before, and a patronymic stays one. Korean names are exchanged syllable by syllable, all
others letter by letter within the letters of their kind, each by what stands before it, so that different words never
become the same one.
"""

from __future__ import annotations

import unicodedata

from polyveil.identity.letters import exchanged
from polyveil.identity.permute import Seed
from polyveil.identity.stems import capitals, composed

_MARKS = "".join(
    chr(code)
    for first, last in ((0x300, 0x1D00), (0x1DC0, 0x1E00), (0x3099, 0x309B), (0xA800, 0xAC00), (0xFE20, 0xFE30))
    for code in range(first, last)
    if unicodedata.category(chr(code)).startswith("M")
)
MARKED = rf"(?:[^\W\d_]|[{_MARKS}\u200c\u200d])"
"""A pattern of a letter or a mark that belongs to one: vowel signs of Thai or Devanagari, accents, points."""


def other(plain: str) -> bool:
    """Is a word written in letters that are neither Latin nor Han?"""
    letters = [letter for letter in plain if letter.isalpha()]
    return bool(letters) and all(ord(letter) >= 0x370 and not 0x1E00 <= ord(letter) < 0x1F00 for letter in letters)


def word(plain: str, seed: Seed) -> str:
    """The surrogate of a word for which `other` holds, given in lower case; capitalised where its script has capitals.

    It has the same ending, or as many letters, and is never the word itself.
    """
    return composed(plain, seed) or exchanged(plain, seed).capitalize()


__all__ = ["MARKED", "capitals", "other", "word"]
