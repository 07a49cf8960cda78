"""Names composed of syllables: so many that two words of one data set hardly ever get the same one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from polyveil.identity.stream import Choices

_ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "cr",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sh",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ee"]
_CODAS = ["l", "m", "n", "r", "nd", "rt", "ld", "x"]
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
        (r"^o['’]", "nan gan nell hey van land gher", "O'"),
        (r"^mc", "lan nell gan vie ley key", "Mc"),
    )
)  # fmt: skip
_WOMEN = Style(
    ("a", "ia", "elle", "ina", "ette", "lyn", "anna", "ora", "issa", "enne", "ella", "ice", "ise", "wyn", "mina", "lia")
)
_MEN = Style(
    (
        "ard",
        "on",
        "er",
        "us",
        "ric",
        "mund",
        "win",
        "bert",
        "old",
        "an",
        "or",
        "in",
        "is",
        "fred",
        "ton",
        "ley",
        "as",
        "iel",
    )
)


_ENGLISH_ALL_THE_SAME = frozenset(
    ["jones", "hughes", "barnes", "hayes", "rhodes", "holmes", "graves", "mills", "martin", "franklin", "griffin"]
)


@lru_cache(maxsize=3)
def short(kind: Kind) -> tuple[str, ...]:
    """Names of one syllable and an ending, about as long as common ones; no name is of two kinds."""
    styles = {"woman": _WOMEN, "man": _MEN, "family": _ENGLISH}
    before = [styles[other] for other in list(styles)[: list(styles).index(kind)]]
    taken = {end for style in before for end in style.ends}
    ends = [end for end in styles[kind].ends if not any(end.endswith(one) or one.endswith(end) for one in taken)]
    made = (
        f"{onset}{vowel}{coda}{end}"
        for onset in _ONSETS
        for vowel in _VOWELS
        for coda in ("", *_CODAS)
        for end in ends
        if not (coda == "" and end[0] in "aeiou")
    )
    return tuple(dict.fromkeys(name.capitalize() for name in made))


def is_english(plain: str) -> bool:
    """Does a family name end as English ones do, as far as its ending tells?"""
    return plain in _ENGLISH_ALL_THE_SAME or not any(pattern.search(plain) for pattern, _ in _STYLES)


def family(plain: str, draw: Choices) -> str:
    """A family name that ends as names of its kind of origin do. `plain` is in lower case."""
    style = next((style for pattern, style in _STYLES if pattern.search(plain)), _ENGLISH)
    return _composed(style, draw)


def given(draw: Choices, *, woman: bool) -> str:
    """A given name with an ending that is common among women or men."""
    return _composed(_WOMEN if woman else _MEN, draw)


def _composed(style: Style, draw: Choices) -> str:
    first = draw.pick(_ONSETS) + draw.pick(_VOWELS) + draw.pick(_CODAS)
    middle = "".join(draw.pick(_MIDDLES) for _ in range(style.middles))
    end = draw.pick(style.ends)
    if end[0] in "aeiou" and middle[-1] in "aeiou":
        middle += draw.pick("dlmnrstv")
    return style.starts + (first + middle + end).capitalize()
