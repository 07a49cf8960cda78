"""Surrogate names: word for word, so that 'John Smith', 'SMITH^JOHN' and 'Smith' stay one person."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import resources

from polyveil.identity.stream import Choices


def _lexicon(name: str) -> list[str]:
    text = (resources.files(__package__) / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


GIVEN, FAMILY = _lexicon("given_en"), _lexicon("family_en")
FAMILY_ZH, GIVEN_ZH = "".join(_lexicon("family_zh")), "".join(_lexicon("given_zh"))
COMPOUND_ZH = _lexicon("compound_zh")

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_KEPT = frozenset(_lexicon("kept"))
"""Titles, particles and suffixes: they stay as they are."""

Seed = Callable[[str, str], bytes]


def western(value: str, seed: Seed) -> str:
    """Each word becomes a word of its own kind and case; titles and particles stay."""
    words = _WORD.findall(value)
    family_first = "^" in value or bool(re.match(r"[^,]+,", value))

    def swap(found: re.Match[str]) -> str:
        word = found.group()
        plain = word.casefold()
        if plain in _KEPT:
            return word
        if len(word) == 1:
            return Choices(seed("initial", plain)).pick("ABCDEFGHJKLMNPRSTVW")
        last = len(words) == 1 or (word == words[0] if family_first else word == words[-1])
        return _cased(_choose(plain, FAMILY if last else GIVEN, seed), word)

    return _WORD.sub(swap, value)


def _choose(plain: str, words: list[str], seed: Seed) -> str:
    """The surrogate of a word does not depend on whether it stood as given or family name: one draw for both lists."""
    draw = Choices(seed("word", plain))
    pool = sorted({*GIVEN, *FAMILY}) if plain.capitalize() in {*GIVEN, *FAMILY} else words
    choice = draw.pick(pool)
    while choice.casefold() == plain:
        choice = draw.pick(pool)
    return choice


def _cased(new: str, like: str) -> str:
    return new.upper() if like.isupper() else new.lower() if like.islower() else new


def chinese(value: str, seed: Seed) -> str:
    """A family name for the family name, as many characters for the given name; what is no Han character stays."""
    han = "".join(letter for letter in value if "\u4e00" <= letter <= "\u9fff")
    if not han:
        return value
    compound = han[:2] in COMPOUND_ZH
    family, given = (han[:2], han[2:]) if compound else (han[:1], han[1:])
    new = _other(Choices(seed("family", family)), COMPOUND_ZH if compound else FAMILY_ZH, family)
    draw = Choices(seed("given", han))
    while True:
        second = "".join(draw.pick(GIVEN_ZH) for _ in given)
        if not given or second != given:
            return new + second


def _other(draw: Choices, pool: Sequence[str], old: str) -> str:
    choice = draw.pick(pool)
    while choice == old:
        choice = draw.pick(pool)
    return choice
