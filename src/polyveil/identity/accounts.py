"""Surrogates of what names an account: its words become what they become in names, written together or apart."""

from __future__ import annotations

import re

from polyveil.identity import names, pinyin
from polyveil.identity.initials import initial
from polyveil.identity.permute import Seed, permuted

_GIVEN = names.WOMEN | names.MEN | names.SHORT.keys()
_FAMILIES = names.FAMILIES | names.IRISH


def account(value: str, seed: Seed) -> str:
    """'johnsmith', 'jsmith' and 'smith_john' by the surrogates of both names, numbers as other numbers."""

    def swap(found: re.Match[str]) -> str:
        run = found.group().casefold()
        new = "".join(initial(letter, seed) for letter in run) if len(run) < 3 else _words(run, seed)
        return names.cased(re.sub(r"\W", "", new), found.group())

    shape = re.sub(r"[A-Za-z]+", swap, value)
    return re.sub(r"[0-9]+", lambda run: permuted(run.group(), "mail", seed), shape)


def is_word_of_names(run: str) -> bool:
    """Is a word in lower case somebody's given name or family name, as far as lists know?"""
    return run in _GIVEN or _is_family(run)


def _words(run: str, seed: Seed) -> str:
    if run in _GIVEN or run in _FAMILIES:
        return names.word(run, seed)
    for place in range(len(run) - 2, 1, -1):
        one, two = run[:place], run[place:]
        if (one in _GIVEN and _is_family(two)) or (_is_family(one) and two in _GIVEN):
            return names.word(one, seed).lower() + names.word(two, seed).lower()
    chinese = pinyin.whole(run, seed)
    if chinese:
        return chinese
    if _is_family(run[1:]):
        return initial(run[0], seed) + names.word(run[1:], seed).lower()
    if _is_family(run[:-1]) and len(run) > 4:
        return names.word(run[:-1], seed).lower() + initial(run[-1], seed)
    return names.word(run, seed)


def _is_family(run: str) -> bool:
    return (run in _FAMILIES and len(run) > 2) or pinyin.is_family(run)
