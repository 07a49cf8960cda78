"""Surrogate names: word for word, so that 'John Smith', 'SMITH^JOHN' and 'Smith' stay one person.

Western words become words composed of syllables, one of more than a million for each kind of ending, whatever place
they stand in; common English ones become short ones, each another. Chinese characters are exchanged within their class
by keyed permutations, so that different names never become the same one; a common family name becomes an uncommon one,
so that a surrogate is hardly anyone's true name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from polyveil.identity import syllables
from polyveil.identity.ff1 import FF1
from polyveil.identity.permute import Seed
from polyveil.identity.stream import Choices


def _lines(name: str) -> list[str]:
    text = (resources.files(__package__) / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def lexicon(name: str) -> list[str]:
    """The words of a list beside this module."""
    return [word for line in _lines(name) for word in line.split()]


FAMILY_ZH, RARE_ZH = ("".join(lexicon(name)) for name in ("family_zh", "family_rare_zh"))
GIVEN_ZH = "".join(lexicon("given_zh"))
COMPOUND_ZH = lexicon("compound_zh")
_GIVEN_CLASSES = tuple(
    (common, rare) for common, rare in zip(lexicon("given_zh")[:3], lexicon("given_zh")[3:], strict=True)
)
"""Common and rarer characters of women's names, of men's, of both."""
_WOMEN, _MEN = (frozenset(line.casefold().split()) for line in _lines("gender_en"))
_KNOWN: tuple[tuple[syllables.Kind, list[str]], ...] = (
    ("family", [one.casefold() for one in lexicon("family_en") if syllables.is_english(one.casefold())]),
    ("man", sorted(_MEN)),
    ("woman", sorted(_WOMEN)),
)
_COMMON = {word: (kind, number) for kind, words in _KNOWN for number, word in enumerate(words)}
"""Common English names, of which kind each is, and its number among them."""

_WORD = re.compile(r"[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*")
_KEPT = frozenset(lexicon("kept"))
"""Titles, particles and suffixes: they stay as they are."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CALLED = re.compile(
    r"(?P<before>[老小阿]?)(?P<name>[\u4e00-\u9fff]{1,4}?)"
    r"(?P<after>先生|女士|小姐|太太|夫人|医生|大夫|护士|教授|博士|老师|主任|院长|经理|总监|律师|警官|法官|师傅|阿姨|叔叔|局长|处长|科长|工程师|书记|同学|总|工|哥|姐)"
)


def western(value: str, seed: Seed) -> str:
    """Each word becomes a word of its own kind and case; titles, particles and a genitive's 's stay."""

    def swap(found: re.Match[str]) -> str:
        plain = found.group().casefold()
        if plain in _KEPT or plain == "s":
            return found.group()
        if len(plain) == 1:
            return _other(Choices(seed("initial", plain)), "ABCDEFGHJKLMNPRSTVW", plain.upper())
        return cased(word(plain, seed), found.group())

    return _WORD.sub(swap, value)


def word(plain: str, seed: Seed) -> str:
    """The surrogate of one word of a name, given in lower case; it does not depend on where the word stood."""
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
        if new.casefold() != plain:
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
    """A name in capitals or in lower case if another word is."""
    return new.upper() if like.isupper() else new.lower() if like.islower() else new


def chinese(value: str, seed: Seed) -> str:
    """A family name for the family name, as many characters for the given name; honorifics and the rest stay."""
    called = _CALLED.fullmatch(value)
    if called:
        return called["before"] + _han(called["name"], seed) + called["after"]
    if len(value) == 2 and value[0] in "老小阿" and value[1] in FAMILY_ZH + RARE_ZH:
        return value[0] + _han(value[1], seed)
    if len(value) == 2 and value[0] == "阿":
        return value[0] + _given("阿", value[1], seed)
    han = "".join(_HAN.findall(value))
    new = iter(_han(han, seed)) if han else iter(())
    return "".join(next(new) if _HAN.match(letter) else letter for letter in value)


def _han(han: str, seed: Seed) -> str:
    compound = han[:2] in COMPOUND_ZH
    family, given = (han[:2], han[2:]) if compound else (han[:1], han[1:])
    made = _next(seed, "compound", tuple(COMPOUND_ZH), family) if compound else _family(family, seed)
    for place, letter in enumerate(given):
        made += _given(han[: len(family) + place], letter, seed)
    return made


def _given(before: str, letter: str, seed: Seed) -> str:
    """Among the characters of its class."""
    kinds = next((kinds for kinds in _GIVEN_CLASSES if letter in "".join(kinds)), None)
    if kinds is None:
        return _unusual(seed, "given", letter)
    return _exchanged(letter, *(_shuffled(seed("order", f"{kind[:1]}\x1f{before}"), kind) for kind in kinds))


def _family(letter: str, seed: Seed) -> str:
    if letter not in FAMILY_ZH + RARE_ZH:
        return _unusual(seed, "family", letter)
    kinds = (("common", FAMILY_ZH), ("rare", RARE_ZH))
    return _exchanged(letter, *(_shuffled(seed("family", name), kind) for name, kind in kinds))


def _exchanged(letter: str, common: Sequence[str], rare: Sequence[str]) -> str:
    """Common to uncommon, so that a surrogate is hardly the name of someone else in the data; uncommon to what no
    common one becomes, never the letter itself: there are more uncommon ones than common ones.
    """
    if letter in common:
        return rare[common.index(letter)]
    free = [*rare[len(common) :], *common]
    return free[rare.index(letter)]


def _next(seed: Seed, purpose: str, items: Sequence[str], old: str) -> str:
    """The item after `old` in an order of the items that the seed gives: injective, and never `old` itself."""
    order = _shuffled(seed("order", purpose), items)
    return order[(order.index(old) + 1) % len(order)]


def _unusual(seed: Seed, purpose: str, letter: str) -> str:
    """A character of no class for another, simplified and common (GB 2312) for such."""
    return next(_next(seed, f"{purpose} {len(rest)}", rest, letter) for rest in _rest(purpose) if letter in rest)


@lru_cache(maxsize=512)
def _shuffled(seed: bytes, items: Sequence[str]) -> Sequence[str]:
    """Fisher and Yates 1938."""
    draw, order = Choices(seed), list(items)
    for place in range(len(order) - 1, 0, -1):
        other = draw.below(place + 1)
        order[place], order[other] = order[other], order[place]
    return order


@lru_cache(maxsize=2)
def _rest(purpose: str) -> tuple[str, str]:
    """Characters in no class: those of GB 2312, and all others of the block."""
    known = {*FAMILY_ZH, *RARE_ZH} if purpose == "family" else {*GIVEN_ZH}
    rows = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    common = "".join(letter for letter in rows if letter and letter not in known)
    seen = known | set(common)
    return common, "".join(chr(code) for code in range(0x4E00, 0xA000) if chr(code) not in seen)


def _other(draw: Choices, pool: Sequence[str], old: str) -> str:
    choice = draw.pick(pool)
    while choice == old:
        choice = draw.pick(pool)
    return choice
