"""Replacements of what marks part: each word stays between the marks that it stood between."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_WORD = re.compile(r"\S+")
_HAN = re.compile(r"[\u3400-\u9fff]+")


def woven(pieces: Iterable[tuple[str, bool]], value: str) -> str | None:
    """The value among the marks of what it replaces: `<b>John</b> <b>Smith</b>` has two bold words afterwards too.

    Args:
        pieces: what is replaced, in order, and whether each is a mark, which stays, or text.
        value: as many words, or Han characters, as the text has.

    Returns:
        None if the value has another number of words, or a mark parts a word.
    """
    given = list(pieces)
    parts = parted([piece for piece, is_mark in given if not is_mark], value)
    if parts is None:
        return None
    rest = iter(parts)
    return "".join(piece if is_mark else next(rest) for piece, is_mark in given)


def parted(texts: Sequence[str], value: str) -> list[str] | None:
    """The value in as many parts as the text that it replaces, word for word; None where that does not go."""
    said = [one for one in texts if one]
    plain = "".join(said)
    if len(said) < 2 or plain != plain.strip():
        return None
    if _HAN.fullmatch(plain) and _HAN.fullmatch(value):
        units, unit = list(value), re.compile(".")
    elif any(not one[-1].isspace() and not two[0].isspace() for one, two in pairwise(said)):
        return None
    else:
        units, unit = value.split(), _WORD
    if len(units) != len(unit.findall(plain)):
        return None
    rest = iter(units)
    return [unit.sub(lambda _: next(rest), one) for one in texts]
