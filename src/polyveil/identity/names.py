"""Surrogate names: word for word, so that 'John Smith', 'SMITH^JOHN' and 'Smith' stay one person.

Latin words become words composed of syllables, one of more than a million for each kind of ending, whatever place
they stand in; common English ones become short ones, each another. Words in other scripts stay in them (`scripts.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from polyveil.identity import scripts, syllables
from polyveil.identity.ff1 import FF1
from polyveil.identity.permute import Seed
from polyveil.identity.stream import Choices
from polyveil.identity.wordlist import lexicon, lines

_WOMEN, _MEN = (frozenset(line.casefold().split()) for line in lines("gender_en"))
_KNOWN: tuple[tuple[syllables.Kind, list[str]], ...] = (
    ("family", [one.casefold() for one in lexicon("family_en") if syllables.is_english(one.casefold())]),
    ("man", sorted(_MEN)),
    ("woman", sorted(_WOMEN)),
)
_COMMON = {word: (kind, number) for kind, words in _KNOWN for number, word in enumerate(words)}
"""Common English names, of which kind each is, and its number among them."""

WORD = re.compile(rf"[^\W\d_]{scripts.MARKED}*(?:['’](?!s\b){scripts.MARKED}+)*")
_KEPT = frozenset(lexicon("kept"))
"""Titles, particles and suffixes: they stay as they are."""


def western(value: str, seed: Seed) -> str:
    """Each word becomes a word of its own kind and case; titles, particles and a genitive's 's stay."""

    def swap(found: re.Match[str]) -> str:
        plain = unicodedata.normalize("NFKC", found.group()).casefold()
        if plain in _KEPT or plain == "s":
            return found.group()
        if scripts.other(plain):
            return cased(scripts.word(plain, seed), found.group())
        if len(plain) == 1:
            return _other(Choices(seed("initial", plain)), "ABCDEFGHJKLMNPRSTVW", plain.upper())
        return cased(word(plain, seed), found.group())

    return WORD.sub(swap, value)


def word(plain: str, seed: Seed) -> str:
    """The surrogate of one word of a name, given in lower case; it does not depend on where the word stood."""
    if scripts.other(plain):
        return scripts.word(plain, seed)
    plain = plain.replace("’", "'")
    one = _singular(plain)
    if one:
        return word(one, seed) + "s"
    if plain in _COMMON:
        return _common(*_COMMON[plain], seed("short", _COMMON[plain][0]))
    attempt = 0
    while True:
        draw = Choices(seed("word", f"{plain}\0{attempt}" if attempt else plain))
        new = (
            syllables.given(draw, woman=plain in _WOMEN)
            if plain in _WOMEN or plain in _MEN
            else syllables.family(plain, draw)
        )
        if new.casefold() != plain and new.casefold() not in _COMMON:
            return new
        attempt += 1


def _singular(plain: str) -> str:
    """'smith' for 'smiths', 'jones' for 'joneses': a family as a whole; '' if it is none that is known."""
    if plain in _COMMON or not plain.endswith("s"):
        return ""
    ends = plain[:-1], plain[:-2] if plain.endswith(("ses", "xes", "zes", "ches", "shes")) else ""
    return next((one for one in ends if one in _COMMON and _COMMON[one][0] == "family"), "")


@lru_cache(maxsize=2048)
def _common(kind: syllables.Kind, number: int, key: bytes) -> str:
    """A short name, and for each common name another one: a keyed permutation of all short names of the kind."""
    names = syllables.short(kind)
    place, order = f"{number:05d}", FF1(key, least=100)
    for _ in range(10_000):
        place = order.encrypt(place)
        if int(place) < len(names) and names[int(place)].casefold() not in _COMMON:
            return names[int(place)]
    raise ValueError("no name is left")


def cased(new: str, like: str) -> str:
    """A name in capitals (Greek ones bear no accent) or in lower case if another word is."""
    return scripts.capitals(new) if like.isupper() else new.lower() if like.islower() else new


def _other(draw: Choices, pool: Sequence[str], old: str) -> str:
    choice = draw.pick(pool)
    while choice == old:
        choice = draw.pick(pool)
    return choice
