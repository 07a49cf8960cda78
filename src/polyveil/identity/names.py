"""Surrogate names: word for word, so that 'John Smith', 'SMITH^JOHN' and 'Smith' stay one person.

Latin words become words composed of syllables, one of more than a million for each kind of ending, whatever place
they stand in; common English ones become short ones, each another. First letters are exchanged by a permutation
(`initials.py`), and a short form is that of the surrogate: 'J. Smith' and 'Johnny' follow 'John Smith'. Words in other
scripts stay in them (`scripts.py`), Chinese ones in Latin letters too (`pinyin.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from polyveil.identity import pinyin, scripts, syllables
from polyveil.identity.initials import folded, initial
from polyveil.identity.permute import Seed
from polyveil.identity.stream import Choices
from polyveil.identity.wordlist import lexicon, lines

_COMMON_WOMEN, _COMMON_MEN = (frozenset(line.casefold().split()) for line in lines("gender_en"))
WOMEN, MEN = _COMMON_WOMEN | set(lexicon("women_en")), _COMMON_MEN | set(lexicon("men_en"))
FAMILIES = frozenset(lexicon("census_en")) | {one.casefold() for one in lexicon("family_en")}
IRISH = frozenset(lexicon("irish_en"))
SHORT = {nick: one[0] for one in map(str.split, lines("nicknames_en")) for nick in one[1:]}
"""What each short form of a given name stands for."""
_FULL = frozenset(SHORT.values())
_KNOWN: tuple[tuple[syllables.Kind, frozenset[str]], ...] = (
    (
        "family",
        frozenset(
            one
            for one in map(str.casefold, lexicon("family_en"))
            if syllables.is_english(one) and one not in IRISH and not pinyin.is_name(one)
        ),
    ),
    ("man", _COMMON_MEN - SHORT.keys()),
    ("woman", _COMMON_WOMEN - SHORT.keys()),
)
_KIND = {word: kind for kind, words in _KNOWN for word in words}
"""Common English names, of which kind each is."""
_AMONG = {
    word: number
    for same in (("family",), ("man", "woman"))
    for first in "abcdefghijklmnopqrstuvwxyz"
    for number, word in enumerate(
        sorted(
            (one for one, kind in _KIND.items() if kind in same and one[0] == first),
            key=lambda one: (one not in _FULL, one),
        )
    )
}
"""The number of each among those of its kind that begin like it, first those that have short forms; given names are
counted together."""

WORD = re.compile(rf"[^\W\d_]{scripts.MARKED}*(?:['’](?!s\b){scripts.MARKED}+)*")
_KEPT = frozenset(lexicon("kept"))
"""Titles, particles and suffixes: they stay as they are."""
_PLURAL = re.compile(r"(?:s|x|z|ch|sh)es\Z|[^suia]s\Z")
_UMLAUT = re.compile("([aou])e")
_GERMAN = frozenset(lexicon("umlauts_de"))
_INITIALS = re.compile("[A-Z]{2,3}")
"""Of a whole name: 'JS'."""
_RHYME = re.compile(r"[aeiou].*")


def western(value: str, seed: Seed) -> str:
    """Each word becomes a word of its own kind and case; titles, particles and a genitive's 's stay."""
    capitals = value.upper() == value
    if _INITIALS.fullmatch(value) and not _is_known(value.lower()):
        return "".join(initial(letter, seed) for letter in value.lower()).upper()

    def swap(found: re.Match[str]) -> str:
        plain = unicodedata.normalize("NFKC", found.group()).casefold()
        if plain in _KEPT or plain == "s":
            return found.group()
        if scripts.other(plain):
            return cased(scripts.word(plain, seed), found.group())
        if len(plain) == 1 or (len(plain) == 2 and not capitals and found.group().isupper() and plain.isascii()):
            return "".join(initial(letter, seed) for letter in folded(plain)).upper()
        return cased(word(plain, seed), found.group())

    return WORD.sub(swap, value)


def _is_known(plain: str) -> bool:
    return pinyin.is_family(plain) or any(plain in names for names in (SHORT, _KIND, WOMEN, MEN, FAMILIES, _KEPT))


def word(plain: str, seed: Seed) -> str:
    """The surrogate of one word of a name, given in lower case; it does not depend on where the word stood."""
    if scripts.other(plain):
        return scripts.word(plain, seed)
    written, plain = plain, _umlauts(folded(plain))
    if plain in SHORT:
        return _called(plain, seed)
    if plain in _KIND:
        return _common(plain, seed)
    if plain in IRISH or re.match(r"o['’]", written):
        new = syllables.irish(Choices(seed("word", plain)))
        return new if written != plain else new.replace("'", "").capitalize()
    one = singular(plain)
    return _pinyin(plain, seed) or (f"{word(one, seed)}s" if one else _uncommon(plain, seed))


def _umlauts(plain: str) -> str:
    """'muller' for 'mueller', as 'Müller' has become; others keep their e: Saenz and Sanz are two families."""
    return _UMLAUT.sub(r"\1", plain) if plain in _GERMAN else plain


def _pinyin(plain: str, seed: Seed) -> str:
    known = any(plain in names for names in (WOMEN, MEN, FAMILIES))
    return "" if known and not pinyin.is_name(plain) else pinyin.word(plain, seed)


def _uncommon(plain: str, seed: Seed) -> str:
    attempt = 0
    while True:
        draw = Choices(seed("word", f"{plain}\0{attempt}" if attempt else plain))
        first = initial(plain[:1], seed)
        new = (
            syllables.given(first, draw, woman=plain in WOMEN)
            if plain in WOMEN or plain in MEN
            else syllables.family(plain, first, draw)
        )
        if new.casefold() != plain and new.casefold() not in _KIND:
            return new
        attempt += 1


def singular(plain: str) -> str:
    """'smith' for 'smiths', 'jones' for 'joneses': a family as a whole; '' for what is no plural as far as one sees."""
    if len(plain) < 5 or not plain.endswith("s") or plain in _KIND or plain in WOMEN or plain in MEN:
        return ""
    if plain[:-1] in FAMILIES and plain not in FAMILIES:
        return plain[:-1]
    if not _PLURAL.search(plain):
        return ""
    ends = plain[:-1], plain[:-2] if plain.endswith(("ses", "xes", "zes", "ches", "shes")) else ""
    known = next((one for one in reversed(ends) if _KIND.get(one) == "family"), "")
    return known or (ends[1] or ends[0] if syllables.is_english(plain) else "")


def _called(nick: str, seed: Seed) -> str:
    """The short form of the surrogate of the name that it stands for: with a 'y' if it has one, and with its own first
    letter if that is another, as Bob rhymes with Rob.
    """
    name = SHORT[nick]
    stem = _stem(name, seed) if nick[0] == name[0] else _rhymes(nick[0], seed)[name]
    if not nick.endswith(("y", "ie", "i")):
        return (stem if stem[-1] not in "aeiou" else f"{stem}b").capitalize()
    double = stem[-1] if re.search(r"(?<![aeiou])[aeiou][lmnrs]\Z", stem) else ""
    return f"{stem}{double}y".capitalize()


@lru_cache(maxsize=64)
def _rhymes(first: str, seed: Seed) -> Mapping[str, str]:
    """The stems of short forms that begin with a letter, by the names that begin with another."""
    letter, made = initial(first, seed), dict[str, str]()
    for name in sorted({name for nick, name in SHORT.items() if nick[0] == first != name[0]}):
        rhyme = _RHYME.search(_stem(name, seed))
        rest = rhyme.group() if rhyme else ""
        tries = [onset + rest + end for end in ("", "d", "s", "t") for onset in syllables.ONSETS.get(letter, (letter,))]
        made[name] = next(one for one in tries if not _is_name(one) and one not in made.values())
    return made


def _stem(plain: str, seed: Seed) -> str:
    """The stem of a common name's surrogate: no other common name of women or men, or of families, has it."""
    kind = _KIND[plain]
    taken = frozenset(_rhymes(plain[0], seed).values()) if kind != "family" else frozenset[str]()
    key = seed("stems", "family" if kind == "family" else "given")
    return _stems(key, initial(plain[0], seed), taken)[_AMONG[plain]]


@lru_cache(maxsize=256)
def _stems(key: bytes, first: str, taken: frozenset[str]) -> tuple[str, ...]:
    """All stems that begin with a letter and are nobody's name, shuffled (Fisher and Yates 1938), closed ones first."""
    draw = Choices(key + first.encode())
    order = [one for one in syllables.stems(first) if one not in taken and len(one) > 1 and not _is_name(one)]
    for place in range(len(order) - 1, 0, -1):
        other = draw.below(place + 1)
        order[place], order[other] = order[other], order[place]
    return tuple(sorted(order, key=lambda one: one[-1] in "aeiou"))


def _is_name(stem: str) -> bool:
    forms = (stem, f"{stem}y", f"{stem}ie", f"{stem}{stem[-1]}y", f"{stem}b")
    return bool(pinyin.parts(stem)) or any(one in names for one in forms for names in (SHORT, _KIND, WOMEN, MEN))


@lru_cache(maxsize=4096)
def _made(plain: str, stem: str, key: bytes) -> str:
    attempt = 0
    while True:
        new = syllables.short(stem, _KIND[plain], Choices(key + bytes([attempt])))
        if new.casefold() not in _KIND and new.casefold() not in SHORT:
            return new
        attempt += 1


def _common(plain: str, seed: Seed) -> str:
    """A short name, and for each common name another one."""
    return _made(plain, _stem(plain, seed), seed("end", plain))


def cased(new: str, like: str) -> str:
    """A name in capitals (Greek ones bear no accent) or in lower case if another word is."""
    return scripts.capitals(new) if like.isupper() else new.lower() if like.islower() else new
