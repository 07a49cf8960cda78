"""Surrogate names of Chinese characters, which are exchanged within their class by keyed permutations.

Different names never become the same one; a common family name becomes an uncommon one, so that a surrogate is hardly
anyone's true name. What is written in both scripts becomes what is, a simplified character another simplified one, and
its traditional form the traditional form of that: so 陳 is to 陈 as its surrogate is, whatever stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from polyveil.identity.permute import Seed
from polyveil.identity.stream import Choices
from polyveil.identity.wordlist import lexicon

FAMILY_ZH, RARE_ZH = ("".join(lexicon(name)) for name in ("family_zh", "family_rare_zh"))
GIVEN_ZH = "".join(lexicon("given_zh"))
COMPOUND_ZH = lexicon("compound_zh")
_GIVEN_CLASSES = tuple(
    (common, rare) for common, rare in zip(lexicon("given_zh")[:3], lexicon("given_zh")[3:], strict=True)
)
"""Common and rarer characters of women's names, of men's, of both."""
TRADITIONAL = {pair[0]: pair[1] for pair in lexicon("traditional_zh")}
_TO_TRADITIONAL = str.maketrans(TRADITIONAL)
_TO_SIMPLIFIED = str.maketrans({new: old for old, new in TRADITIONAL.items()})
_KNOWN = {
    purpose: frozenset(letters) | frozenset(letters.translate(_TO_TRADITIONAL))
    for purpose, letters in (("family", FAMILY_ZH + RARE_ZH), ("given", GIVEN_ZH))
}

HAN = re.compile(r"[\u4e00-\u9fff]")
_CALLED = re.compile(
    r"(?P<before>[老小阿]?)(?P<name>[\u4e00-\u9fff]{1,4}?)"
    r"(?P<after>先生|女士|小姐|太太|夫人|[医醫]生|大夫|[护護]士|教授|博士|老[师師]|主任|院[长長]|[经經]理|[总總][监監]|律[师師]|警官"
    r"|法官|[师師]傅|阿姨|叔叔|局[长長]|[处處][长長]|科[长長]|工程[师師]|[书書][记記]|同[学學]|[总總]|工|哥|姐|叔|伯|[婶嬸]|姨|嫂|某某?)"
)


def chinese(value: str, seed: Seed) -> str:
    """A family name for the family name, as many characters for the given name; honorifics and the rest stay."""
    called = _CALLED.fullmatch(value)
    if called:
        return called["before"] + _han(called["name"], seed) + called["after"]
    if len(value) == 2 and value[0] in "老小阿" and value[1].translate(_TO_SIMPLIFIED) in FAMILY_ZH + RARE_ZH:
        return value[0] + _han(value[1], seed)
    if len(value) == 2 and value[0] == "阿":
        return value[0] + _given("阿", value[1], seed)
    han = "".join(HAN.findall(value))
    new = iter(_han(han, seed)) if han else iter(())
    return "".join(next(new) if HAN.match(letter) else letter for letter in value)


def _han(han: str, seed: Seed) -> str:
    size = 2 if han[:2].translate(_TO_SIMPLIFIED) in COMPOUND_ZH else 1
    made = (_compound if size == 2 else _family)(han[:size], seed)
    for place in range(size, len(han)):
        made += _given(han[:place], han[place], seed)
    return made


def _compound(family: str, seed: Seed) -> str:
    simple = family.translate(_TO_SIMPLIFIED)
    new = _next(seed, "compound", _alike(tuple(COMPOUND_ZH), both=_both(simple)), simple)
    return new if simple == family else new.translate(_TO_TRADITIONAL)


def _given(before: str, letter: str, seed: Seed) -> str:
    """Among the characters of its class."""
    simple = letter.translate(_TO_SIMPLIFIED)
    kinds = next((kinds for kinds in _GIVEN_CLASSES if simple in "".join(kinds)), None)
    if kinds is None:
        return _unusual(seed, "given", letter)
    context = before.translate(_TO_SIMPLIFIED)
    return _exchanged(letter, *((kind, seed("order", f"{kind[:1]}\x1f{context}")) for kind in kinds))


def _family(letter: str, seed: Seed) -> str:
    if letter.translate(_TO_SIMPLIFIED) not in FAMILY_ZH + RARE_ZH:
        return _unusual(seed, "family", letter)
    return _exchanged(letter, (FAMILY_ZH, seed("family", "common")), (RARE_ZH, seed("family", "rare")))


def _both(simple: str) -> bool:
    """Is it written alike in both scripts?"""
    return simple == simple.translate(_TO_TRADITIONAL)


@lru_cache(maxsize=32)
def _alike(items: tuple[str, ...], *, both: bool) -> tuple[str, ...]:
    """Those that are written alike in both scripts, or those that are not."""
    return tuple(item for item in items if _both(item) == both)


def _exchanged(letter: str, *kinds: tuple[str, bytes]) -> str:
    """Common to uncommon, so that a surrogate is hardly the name of someone else in the data; uncommon to what no
    common one becomes, never the letter itself: there are more uncommon ones than common ones, in either script.
    """
    simple = letter.translate(_TO_SIMPLIFIED)
    common, rare = (_shuffled(key, _alike(tuple(kind), both=_both(simple))) for kind, key in kinds)
    free = [*rare[len(common) :], *common]
    new = rare[common.index(simple)] if simple in common else free[rare.index(simple)]
    return new if simple == letter else new.translate(_TO_TRADITIONAL)


def _next(seed: Seed, purpose: str, items: Sequence[str], old: str) -> str:
    """The item after `old` in an order of the items that the seed gives: injective, and never `old` itself."""
    order = _shuffled(seed("order", purpose), items)
    return order[(order.index(old) + 1) % len(order)]


def _unusual(seed: Seed, purpose: str, letter: str) -> str:
    """A character of no class for another that is as common, and written in the same script."""
    rest = next(pool for pool in pools(_KNOWN[purpose]) if letter in pool)
    return _next(seed, f"{purpose} {len(rest)}", rest, letter)


@lru_cache(maxsize=512)
def _shuffled(seed: bytes, items: Sequence[str]) -> Sequence[str]:
    """Fisher and Yates 1938."""
    draw, order = Choices(seed), list(items)
    for place in range(len(order) - 1, 0, -1):
        other = draw.below(place + 1)
        order[place], order[other] = order[other], order[place]
    return order


@lru_cache(maxsize=4)
def pools(known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Characters that are about as common and written in the same script, without the `known` ones: of each level of
    GB 2312 those that Big5 counts among the frequent ones, and the others; the others of these frequent ones; all
    others of the block.
    """
    levels = [_decoded("gb2312", rows, range(0xA1, 0xFF)) for rows in (range(0xB0, 0xD8), range(0xD8, 0xF8))]
    frequent = _decoded("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    made, seen = [], {*known}
    for pool in (
        *(pool for level in levels for pool in ([one for one in level if one in frequent], level)),
        frequent,
        every,
    ):
        made.append("".join(one for one in pool if one not in seen and HAN.match(one)))
        seen.update(pool)
    return tuple(made)


def _decoded(encoding: str, rows: Sequence[int], cells: Sequence[int]) -> dict[str, None]:
    """The characters of a part of a two-byte code, in its order."""
    letters = (bytes((row, cell)).decode(encoding, "ignore") for row in rows for cell in cells)
    return dict.fromkeys(letter for letter in letters if letter)
