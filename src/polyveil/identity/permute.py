"""Keyed permutations of what a value is written with: different values of one shape never become the same one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from polyveil.identity.ff1 import FF1

Seed = Callable[[str, str], bytes]
LONGEST = 256
"""Digits, or letters, of a value that is permuted as a whole; what lies beyond is permuted by itself."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NUMERALS = "0123456789abcdefghijklmnop"
_TO_NUMERALS, _TO_LETTERS = str.maketrans(_LETTERS, _NUMERALS), str.maketrans(_NUMERALS, _LETTERS)
_RARE = frozenset("ilo")
_STEPS = 5000
"""Steps of a cycle walk: a check digit needs about eleven."""


def permuted(value: str, purpose: str, seed: Seed, fits: Callable[[str], bool] = lambda _new: True) -> str:
    """A value of the same shape: digits for digits, ASCII letters for letters in their case, all else as it is.

    FF1 over the digits and over the letters, tweaked by purpose and shape, with cycle walking (Black and Rogaway 2002)
    until it begins with a zero only if the value does, holds letters that look like digits only if the value does, and
    `fits`. A permutation of the values of one shape that fit: about one of them, whatever their number, becomes itself.

    Raises:
        ValueError: nothing fits.
    """
    shape = "".join(_kind(letter) for letter in value)
    tweak = f"{purpose}\x1f{shape}\x1f0"  # the 0 was a counter once: without it old surrogates would change
    digits = "".join(letter for letter in value if letter in "0123456789")
    letters = "".join(letter.lower() for letter in value if letter.isascii() and letter.isalpha())
    zero, rare = digits.startswith("0"), bool(_RARE & set(letters))
    for _ in range(_STEPS):
        digits, letters = _turned(digits, 10, tweak, seed), _turned(letters, 26, tweak, seed)
        if digits.startswith("0") != zero or (not rare and _RARE & set(letters)):
            continue
        new = _filled(value, digits, letters)
        if fits(new):
            return new
    raise ValueError("no value of this shape fits")


def _kind(letter: str) -> str:
    if letter in "0123456789":
        return "0"
    if not (letter.isascii() and letter.isalpha()):
        return ""  # separators are spelling
    return "A" if letter.isupper() else "a"


def _filled(shape: str, digits: str, letters: str) -> str:
    number, word = iter(digits), iter(letters)
    out = []
    for letter in shape:
        kind = _kind(letter)
        new = letter if not kind else next(number) if kind == "0" else next(word)
        out.append(new.upper() if kind == "A" else new)
    return "".join(out)


def _turned(text: str, radix: int, tweak: str, seed: Seed) -> str:
    if not text:
        return text
    if len(text) > LONGEST:
        return _turned(text[:LONGEST], radix, tweak, seed) + _turned(text[LONGEST:], radix, f"{tweak}+", seed)
    key = seed("permute", str(radix))
    if len(text) == 1:
        alphabet = "0123456789" if radix == 10 else _LETTERS
        by = 1 + int.from_bytes(seed("permute-one", tweak)[:4], "big") % (radix - 1)
        return alphabet[(alphabet.index(text) + by) % radix]
    cipher, extra = _cipher(key, radix), tweak.encode()
    if radix == 10:
        return cipher.encrypt(text, extra)
    return cipher.encrypt(text.translate(_TO_NUMERALS), extra).translate(_TO_LETTERS)


@lru_cache(maxsize=64)
def _cipher(key: bytes, radix: int) -> FF1:
    return FF1(key, radix, least=100)


def runs(text: str, purpose: str, seed: Seed) -> str:
    """Each run of digits permuted by itself."""
    return re.sub(r"[0-9]+", lambda run: permuted(run.group(), purpose, seed), text)
