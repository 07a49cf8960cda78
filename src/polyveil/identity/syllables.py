"""Names composed of syllables: so many that two words of one data set hardly ever get the same one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from polyveil.identity.stream import Choices

_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ee")
_CODAS = ("l", "m", "n", "r", "nd", "rt", "ld", "s")
ONSETS = {
    **{letter: (letter,) for letter in "hjlmnrvwxyz"},
    "b": ("b", "bl", "br"),
    "c": ("c", "ch", "cl", "cr"),
    "d": ("d", "dr"),
    "f": ("f", "fl", "fr"),
    "g": ("g", "gl", "gr"),
    "k": ("k", "kn"),
    "p": ("p", "pl", "pr"),
    "q": ("qu",),
    "s": ("s", "sh", "sl", "st"),
    "t": ("t", "th", "tr"),
}
"""What a syllable begins with that begins with a letter; vowels stand for themselves."""
_NUCLEI = {"a": ("a", "au"), "e": ("e", "ei"), "i": ("i",), "o": ("o", "oa"), "u": ("u",)}
_CLOSED = (
    *("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "nd", "rt", "ld", "lm", "rn", "st"),
    *("rd", "rm", "ns", "lv", "rv", "nt", "lt", "rk", "lk", "sk", "rl", "rs", "lf"),
    *("th", "sh", "nn", "ll", "rr", "ss", "mm", "ch", "nch", "rth"),
)
"""What closes a syllable that begins with a vowel."""
_MIDDLES = [
    f"{onset}{vowel}{coda}"
    for onset in ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "th", "v", "w", "z"]
    for vowel in "aeiou"
    for coda in ("", "l", "m", "n", "r", "s", "t")
]


Kind = Literal["woman", "man", "family"]


@dataclass(frozen=True, slots=True)
class Style:
    """How the names of one kind end, and how many syllables stand before that."""

    ends: tuple[str, ...]
    middles: int = 1
    starts: str = ""


_ENGLISH = Style(
    (
        "ton",
        "ham",
        "ley",
        "ford",
        "wick",
        "well",
        "worth",
        "field",
        "brook",
        "ridge",
        "stead",
        "son",
        "man",
        "den",
        "dale",
        "low",
        "by",
        "ster",
        "combe",
        "hurst",
        "shaw",
        "wood",
        "croft",
        "gate",
        "ling",
        "mere",
        "bridge",
        "stone",
        "land",
        "more",
        "cott",
        "thorpe",
        "ward",
        "wyn",
        "smith",
        "bury",
        "ney",
    )
)
_STYLES: tuple[tuple[re.Pattern[str], Style], ...] = tuple(
    (re.compile(pattern), Style(tuple(ends.split()), 1, starts))
    for pattern, ends, starts in (
        (r"(?:ov|ev|in|sky|skiy|enko|chuk)$", "ov ev in enko chuk sky nov rov lev", ""),
        (r"(?:ova|eva|ina|skaya)$", "ova eva ina skaya nova rova leva", ""),
        (r"(?:ski|wicz|czyk|owski)$", "ski wicz czyk owski ak ewski", ""),
        (r"(?:ez|es|os|illo|era|ero|ada)$", "ez es os illo era ero ada anda ona", ""),
        (r"(?:ini|elli|etti|ucci|ano|ino|one|ssi)$", "ini elli etti ucci ano ino one", ""),
        (r"(?:mann|stein|berg|burg|bauer|meyer|meier|schmidt)$", "mann stein berg burg bauer meyer feld hof", ""),
        (r"(?:sson|sen|strom|gren|lund|quist)$", "sson sen strom gren lund quist dahl", ""),
        (r"(?:oglu|dag|kaya|demir)$", "oglu dag kaya demir can soy", ""),
        (r"(?:ian|yan|dze|shvili)$", "ian yan dze shvili", ""),
        (r"(?:eau|eaux|ault|ard|ier|oux|ois)$", "eau ault ard ier oux ois elle", ""),
        (r"(?:kar|jee|swamy|nathan|murthy|rao|gupta|sharma|patel)$", "kar jee swamy nathan murthy wal", ""),
        (r"(?:moto|mura|yama|saki|gawa|naka|shita|kawa|hara)$", "moto mura yama saki gawa naka shita kawa", ""),
        (r"^mc", "lan nell gan vie ley key", "Mc"),
    )
)  # fmt: skip
_IRISH = Style(("nan", "gan", "nell", "hey", "van", "land", "gher"), 1, "O'")
_WOMEN = Style(("a", "ia", "elle", "ina", "ette", "lyn", "anna", "ora", "issa", "enne", "ella", "ice", "ise", "wyn"))
_MEN = Style(
    ("ard", "on", "er", "us", "ric", "mund", "win", "bert", "old", "an", "or", "in", "is", "fred", "ley", "as", "iel")
)


_ENGLISH_ALL_THE_SAME = frozenset(
    ["jones", "hughes", "barnes", "hayes", "rhodes", "holmes", "graves", "mills", "martin", "franklin", "griffin"]
)


@lru_cache(maxsize=32)
def stems(first: str) -> tuple[str, ...]:
    """Syllables that begin with a letter, and are closed if it is a vowel: what short names are made of."""
    if first in _NUCLEI:
        made = (f"{vowel}{coda}" for vowel in _NUCLEI[first] for coda in _CLOSED)
    else:
        made = (f"{onset}{vowel}{coda}" for onset in ONSETS[first] for vowel in _VOWELS for coda in ("", *_CODAS))
    return tuple(dict.fromkeys(made))


@lru_cache(maxsize=3)
def ends(kind: Kind) -> tuple[str, ...]:
    """How short names of a kind end; none of these ends is the end of one of another kind."""
    styles = {"woman": _WOMEN, "man": _MEN, "family": _ENGLISH}
    before = [styles[other] for other in list(styles)[: list(styles).index(kind)]]
    taken = {end for style in before for end in style.ends}
    return tuple(end for end in styles[kind].ends if not any(end.endswith(one) or one.endswith(end) for one in taken))


def short(stem: str, kind: Kind, draw: Choices) -> str:
    """A name of a stem and an ending, about as long as common ones."""
    is_open = stem[-1] in "aeiou"
    return (stem + draw.pick([end for end in ends(kind) if not (is_open and end[0] in "aeiou")])).capitalize()


def is_english(plain: str) -> bool:
    """Does a family name end as English ones do, as far as its ending tells?"""
    return plain in _ENGLISH_ALL_THE_SAME or not any(pattern.search(plain) for pattern, _ in _STYLES)


def family(plain: str, first: str, draw: Choices) -> str:
    """A family name that begins with a letter and ends as names of its kind of origin do. Arguments in lower case."""
    return _composed(next((style for pattern, style in _STYLES if pattern.search(plain)), _ENGLISH), first, draw)


def irish(draw: Choices) -> str:
    """A family name that begins with O'."""
    return _composed(_IRISH, draw.pick("bcdfghklmnprst"), draw)


def given(first: str, draw: Choices, *, woman: bool) -> str:
    """A given name that begins with a letter, with an ending that is common among women or men."""
    return _composed(_WOMEN if woman else _MEN, first, draw)


def _composed(style: Style, first: str, draw: Choices) -> str:
    start = draw.pick(stems(first if first.isascii() and first.isalpha() else draw.pick("bcdfghklmnprst")))
    middle = "".join(draw.pick(_MIDDLES) for _ in range(style.middles))
    end = draw.pick(style.ends)
    if end[0] in "aeiou" and middle[-1] in "aeiou":
        middle += draw.pick("dlmnrstv")
    return style.starts + (start + middle + end).capitalize()
