"""Replacements of what marks part: each word stays between the marks that it stood between."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    texts = [piece for piece, is_mark in given if not is_mark and piece]
    if len(texts) < 2:
        return None
    plain = "".join(texts)
    if _HAN.fullmatch(plain) and _HAN.fullmatch(value):
        units, unit = list(value), re.compile(".")
    elif any(not one[-1].isspace() and not two[0].isspace() for one, two in pairwise(texts)):
        return None
    else:
        units, unit = value.split(), _WORD
    if len(units) != len(unit.findall(plain)):
        return None
    rest = iter(units)
    return "".join(piece if is_mark else unit.sub(lambda _: next(rest), piece) for piece, is_mark in given)
