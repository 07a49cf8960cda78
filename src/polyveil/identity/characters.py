"""Which character of Chinese names stands for which, under a key: within its class, and where it can be by its sound.

Different characters never become the same one. A common family name becomes an uncommon one, so that a surrogate is
hardly anyone's true name; a character of given names another that is as much a woman's or a man's. What is written
alike in both scripts becomes what is too. Each syllable of Pinyin stands for another one, and the characters are chosen
to be read so wherever their class has one: then 'Wang Fang' and `wangfang@` are who 王芳 is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from polyveil.identity.stream import Choices
from polyveil.identity.wordlist import lexicon, lines

FAMILY_ZH, RARE_ZH = ("".join(lexicon(name)) for name in ("family_zh", "family_rare_zh"))
GIVEN_ZH = "".join(dict.fromkeys("".join(lexicon("given_zh"))))
COMPOUND_ZH = lexicon("compound_zh")
TRADITIONAL = {pair[0]: pair[1] for pair in lexicon("traditional_zh")}
SOUNDS = {row[0]: row[1] if len(row) > 1 else "" for row in map(str.split, lines("pinyin_zh"))}
"""Syllables of Pinyin without tones, each with the characters of names that are read so."""
READ = {letter: sound for sound, letters in SOUNDS.items() for letter in letters}
KEPT = "小"
"""Before a given name it is no part of it as often as it is: it stays, as in 小芳 so in 王小明."""
SMALL = "xiao"
_FAMILIES = frozenset(FAMILY_ZH + RARE_ZH)
_FREQUENT = frozenset(READ[letter] for letter in FAMILY_ZH[:70])
"""Syllables that are not to become one another: in Latin letters a common family name shall not become another."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What stands for each syllable, each family name, each character of given names."""

    sounds: Mapping[str, str]
    family: Mapping[str, str]
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Class:
    """Characters that are exchanged among themselves: common ones for uncommon ones."""

    common: str
    rare: str


def _both(letter: str) -> bool:
    """Is it written alike in both scripts?"""
    return letter not in TRADITIONAL


def _classes() -> tuple[list[_Class], list[_Class], list[_Class]]:
    """Family names, characters of given names, and what is both: uncommon family names that stand in given names are
    exchanged alike in either place, for nobody sees which it is (国强).
    """
    six, seen, kinds = lexicon("given_zh"), set(FAMILY_ZH + RARE_ZH), list[str]()
    for letters in six:
        kinds.append("".join(dict.fromkeys(one for one in letters if one not in seen)))
        seen |= set(letters)
    given = set(GIVEN_ZH)
    kinds[2] += "".join(one for one in FAMILY_ZH if one in given and not _both(one))  # too few for a class of their own
    both = "".join(one for one in RARE_ZH if one in given)
    return (
        _by_script([(FAMILY_ZH, "".join(one for one in RARE_ZH if one not in given))]),
        _by_script(
            [
                *zip(kinds[:3], kinds[3:], strict=True),
                ("".join(one for one in FAMILY_ZH if one in given and _both(one)), ""),
            ]
        ),
        _by_script([(both, "")]),
    )


def _by_script(pairs: Iterable[tuple[str, str]]) -> list[_Class]:
    return [
        _Class(*("".join(one for one in kind if _both(one) == both) for kind in pair))
        for pair in pairs
        for both in (True, False)
    ]


@lru_cache(maxsize=8)
def exchange(key: bytes) -> Exchange:
    """The exchange that a key of 32 bytes makes."""
    draw = Choices(key)
    kinds = _classes()
    sounds = _sounds([*kinds[0], *kinds[1]], len(kinds[0]), draw)
    family, given, both = (
        {old: new for one in classes for old, new in _matched(one, sounds, draw).items()} for classes in kinds
    )
    return Exchange(sounds, family | both, given | both)


def _sounds(classes: Sequence[_Class], families: int, draw: Choices) -> dict[str, str]:
    """A syllable for each, none for itself: those of common names first, each to one that its class has characters of.

    The first `families` classes are those of family names.
    """
    needs: dict[str, list[tuple[int, int]]] = {sound: [] for sound in SOUNDS}
    haves: dict[str, set[int]] = {sound: set() for sound in SOUNDS}
    for number, one in enumerate(classes):
        for letter in one.common:
            needs[READ[letter]].append((_weight(letter, is_family=number < families), number))
        for letter in one.rare or one.common:
            haves[READ[letter]].add(number)
    order = sorted(_shuffled(SOUNDS, draw), key=lambda sound: -sum(weight for weight, _ in needs[sound]))
    free = _shuffled(SOUNDS, draw)
    silent = next(sound for sound in reversed(free) if not SOUNDS[sound])
    free.remove(SMALL)  # what is kept as it is stands for no other that a name has
    made = {silent: SMALL}
    for sound in order:
        if sound == silent:
            continue
        common = sound in _FREQUENT
        scores = [
            sum(weight for weight, number in needs[sound] if number in haves[other])
            * (2 - (common and other in _FREQUENT))
            for other in free
        ]
        best = max(scores)
        fits = [one for one, score in zip(free, scores, strict=True) if score >= 0.8 * best and one != sound] or free
        made[sound] = draw.pick(fits)
        free.remove(made[sound])
    for sound in order:  # the last one may have been left with itself
        if made[sound] == sound:
            other = next(one for one in order if one not in (sound, silent) and made[one] != sound)
            made[sound], made[other] = made[other], sound
    return made


def _weight(letter: str, *, is_family: bool) -> int:
    place = FAMILY_ZH.index(letter) if is_family else GIVEN_ZH.index(letter) % 90
    return (400 if is_family else 100) // (1 + place // 10)


def _matched(one: _Class, sounds: Mapping[str, str], draw: Choices) -> dict[str, str]:
    """Common to uncommon, uncommon to what no common one becomes; by sound as far as that goes, none to itself."""
    if len(one.rare) < len(one.common):
        return _paired(one.common + one.rare, _shuffled(one.common + one.rare, draw), sounds)
    first = _paired(one.common, _shuffled(one.rare, draw), sounds)
    taken = set(first.values())
    rest = [letter for letter in one.rare if letter not in taken]
    return first | _paired(one.rare, _shuffled([*rest, *one.common], draw), sounds)


def _paired(letters: str, free: list[str], sounds: Mapping[str, str]) -> dict[str, str]:
    """For each letter one of the free ones, which are as many or more."""
    made: dict[str, str] = {}
    for letter in letters:
        heard = next((one for one in free if READ[one] == sounds[READ[letter]]), "")
        if heard:
            made[letter] = heard
            free.remove(heard)
    left = [letter for letter in letters if letter not in made]
    for letter in left:
        other = next((one for one in free if one != letter), "")
        if other:
            made[letter] = other
            free.remove(other)
        else:  # only itself is left: with another it changes places
            swap = next((one for one in made if made[one] != letter), "")
            made[letter] = made[swap] if swap else letter
            if swap:
                made[swap] = letter
    return made


def _shuffled(items: Iterable[str], draw: Choices) -> list[str]:
    """Fisher and Yates 1938."""
    order = list(items)
    for place in range(len(order) - 1, 0, -1):
        other = draw.below(place + 1)
        order[place], order[other] = order[other], order[place]
    return order
