"""Surrogate names of Chinese characters, which are exchanged within their class by keyed permutations.

A character becomes the same one wherever it stands in a given name, and another where it is a family name: so 芳姐,
小王 and 王老师 are who 王芳 is. What is written in both scripts becomes what is, a simplified character another
simplified one, and its traditional form the traditional form of that: so 陳 is to 陈 as its surrogate is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from polyveil.identity.characters import COMPOUND_ZH, FAMILY_ZH, GIVEN_ZH, KEPT, RARE_ZH, TRADITIONAL, exchange
from polyveil.identity.permute import Seed
from polyveil.identity.stream import Choices

_TO_TRADITIONAL = str.maketrans(TRADITIONAL)
_TO_SIMPLIFIED = str.maketrans({new: old for old, new in TRADITIONAL.items()})
_FAMILIES = frozenset(FAMILY_ZH + RARE_ZH)
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


_INTRODUCED = re.compile(r"(?:我|他|她|免[贵貴]|敝|本人)?(?:姓|叫)(?=[\u4e00-\u9fff])")
"""'我姓王': what says that a name follows."""
_NO_NAME = "你您我他她们的了也吗呢吧帮说请"
"""Characters that end no name."""


def chinese(value: str, seed: Seed) -> str:
    """A family name for the family name, as many characters for the given name; honorifics and the rest stay."""
    introduced = _INTRODUCED.match(value)
    if introduced:
        return introduced.group() + chinese(value[introduced.end() :], seed)
    end = len(value.rstrip(_NO_NAME))
    if len(value) > end > 1:  # what a detector took too much
        return chinese(value[:end], seed) + value[end:]
    called = _CALLED.fullmatch(value)
    if called:
        name = called["name"]
        new = _said(called["before"], name, seed) if called["before"] and len(name) == 1 else _han(name, seed)
        return called["before"] + new + called["after"]
    if len(value) == 2 and value[0] in "老小阿大" and value[0] != value[1]:
        return value[0] + _said(value[0], value[1], seed)
    han = "".join(HAN.findall(value))
    if value[:1] in ("老", "小") and value[1:].translate(_TO_SIMPLIFIED) in COMPOUND_ZH:
        return value[0] + _han(value[1:], seed)
    letters = iter(_han(han, seed) if han else "")
    return "".join(next(letters) if HAN.match(letter) else letter for letter in value)


def _han(han: str, seed: Seed) -> str:
    """A whole name, a family name, or a given name alone: that begins with what is no family name."""
    simple = han.translate(_TO_SIMPLIFIED)
    if simple[:2] in COMPOUND_ZH:
        return _compound(han[:2], seed) + _given(han[2:], seed)
    if simple[0] in _FAMILIES or simple[0] not in GIVEN_ZH:
        return _letter("family", han[0], seed) + _given(han[1:], seed)
    return _given(han, seed)


def _said(before: str, letter: str, seed: Seed) -> str:
    """What follows 老, 小 or 阿: a family name if it is a common one, but not behind 阿; else what a given name has."""
    simple = letter.translate(_TO_SIMPLIFIED)
    is_family = simple not in GIVEN_ZH or (before != "阿" and simple in FAMILY_ZH)
    return _letter("family" if is_family else "given", letter, seed)


def _given(han: str, seed: Seed) -> str:
    new = [_letter("given", letter, seed) for letter in han]
    if len(han) > 1 and han[1] != KEPT:
        new[0] = KEPT if han[0] == KEPT else _letter("given", KEPT, seed) if new[0] == KEPT else new[0]
    return "".join(new)


def _letter(purpose: str, letter: str, seed: Seed) -> str:
    """What stands for a character of a family name, or of a given name."""
    simple = letter.translate(_TO_SIMPLIFIED)
    made = exchange(seed("characters", ""))
    new = (made.family if purpose == "family" else made.given).get(simple, "")
    if not new:
        return _unusual(seed, purpose, letter)
    return new if simple == letter else new.translate(_TO_TRADITIONAL)


def _compound(family: str, seed: Seed) -> str:
    simple = family.translate(_TO_SIMPLIFIED)
    both = _both(simple)
    new = _next(seed, "compound", tuple(one for one in COMPOUND_ZH if _both(one) == both), simple)
    return new if simple == family else new.translate(_TO_TRADITIONAL)


def _both(simple: str) -> bool:
    """Is it written alike in both scripts?"""
    return simple == simple.translate(_TO_TRADITIONAL)


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
