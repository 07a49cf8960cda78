"""Chinese names in Latin letters: syllables of Pinyin become others, as the characters that are read so do."""

from __future__ import annotations

from functools import lru_cache

from polyveil.identity.characters import COMPOUND_ZH, FAMILY_ZH, GIVEN_ZH, READ, SMALL, SOUNDS, exchange
from polyveil.identity.permute import Seed

_FAMILY = frozenset(READ[letter] for letter in FAMILY_ZH) - {"long"}
"""How common family names are read."""
_ALONE = _FAMILY | frozenset(READ[letter] for letter in GIVEN_ZH) - {"dan", "ken", "ben", "man", "long", "a", "e", "o"}
_COMPOUND = {"".join(READ[letter] for letter in name): name for name in COMPOUND_ZH}
_LONGEST = 6
"""Letters of a syllable: zhuang."""


def is_name(plain: str) -> bool:
    """Is a word in lower case a Chinese family name, or one syllable of a given name?"""
    return _sound(plain) in _ALONE or plain in _COMPOUND


def is_family(plain: str) -> bool:
    """Is it a common family name?"""
    return _sound(plain) in _FAMILY or plain in _COMPOUND


def word(plain: str, seed: Seed) -> str:
    """The surrogate of a name or of a whole one written together; '' if it is none. In lower case, then capitalised."""
    if plain in _COMPOUND:
        return compound(plain, seed).capitalize()
    sounds = parts(plain)
    if not sounds or (len(sounds) == 1 and sounds[0] not in _ALONE):
        return ""
    return _written(sounds, seed).capitalize()


def whole(plain: str, seed: Seed) -> str:
    """The surrogate of a family name and a given name that are written together; '' if they are not."""
    family = next((one for one in _COMPOUND if plain.startswith(one) and parts(plain[len(one) :])), "")
    if family:
        return compound(family, seed) + _written(parts(plain[len(family) :]), seed)
    sounds = parts(plain, most=3)
    if len(sounds) < 2 or sounds[0] not in _FAMILY:
        return ""
    return _written(sounds[:1], seed) + _written(sounds[1:], seed)


def compound(plain: str, seed: Seed) -> str:
    """The reading of what a family name of two characters becomes."""
    from polyveil.identity.chinese import chinese

    return "".join(map(_latin, (READ[letter] for letter in chinese(_COMPOUND[plain], seed))))


def _written(sounds: tuple[str, ...], seed: Seed) -> str:
    table = exchange(seed("characters", "")).sounds
    return "".join(
        _latin(sound if sound == SMALL and place == 0 and len(sounds) == 2 else table[sound])
        for place, sound in enumerate(sounds)
    )


def _latin(sound: str) -> str:
    """As passports write it: 'lyu' for 'lü' (GB/T 28039)."""
    return sound.replace("v", "yu")


def _sound(plain: str) -> str:
    return plain.replace("yu", "v") if plain in ("lyu", "nyu") else plain


@lru_cache(maxsize=4096)
def parts(plain: str, most: int = 2) -> tuple[str, ...]:
    """The fewest syllables, each one that names have, at most `most`; () if there are none."""
    if not plain.isascii() or not plain.isalpha():
        return ()
    whole_one = _sound(plain)
    if SOUNDS.get(whole_one):
        return (whole_one,)
    if most > 1:
        tries = [
            (_sound(plain[:size]), *rest)
            for size in range(min(_LONGEST, len(plain) - 1), 0, -1)
            if SOUNDS.get(_sound(plain[:size])) and (rest := parts(plain[size:], most - 1))
        ]
        if tries:
            return min(tries, key=len)
    return ()
