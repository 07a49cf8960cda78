"""Surrogates of what names an account: its words become what they become in names, written together or apart."""

from __future__ import annotations

import re

from polyveil.identity import names, pinyin
from polyveil.identity.initials import initial
from polyveil.identity.permute import Seed, permuted

_GIVEN = names.WOMEN | names.MEN | names.SHORT.keys()
_FAMILIES = names.FAMILIES | names.IRISH
_CONSONANTS = re.compile("[bcdfghjklmnpqrtvwxz]{1,2}")
"""Initials that are written to a family name; a vowel or an s is rather its own end."""


def account(value: str, seed: Seed) -> str:
    """'johnsmith', 'jsmith' and 'smith_john' by the surrogates of both names, numbers as other numbers."""
    runs = re.findall(r"[A-Za-z]{3,}", value)

    def swap(found: re.Match[str]) -> str:
        run = found.group().casefold()
        new = _initials(run, seed) if len(run) < 3 else _words(run, seed, alone=len(runs) == 1)
        return names.cased(re.sub(r"\W", "", new), found.group())

    shape = re.sub(r"[A-Za-z]+", swap, value)
    return re.sub(r"[0-9]+", lambda run: permuted(run.group(), "mail", seed), shape)


def is_word_of_names(run: str) -> bool:
    """Is a word in lower case somebody's given name or family name, as far as lists know?"""
    return run in _GIVEN or _is_family(run)


def _words(run: str, seed: Seed, *, alone: bool) -> str:
    """`alone`: no other word is parted from it by a mark, so that initials may be written to it."""
    if run in _GIVEN or run in _FAMILIES:
        return names.word(run, seed)
    for place in range(len(run) - 2, 1, -1):
        one, two = run[:place], run[place:]
        if (one in _GIVEN and _is_family(two)) or (_is_family(one) and two in _GIVEN):
            return names.word(one, seed).lower() + names.word(two, seed).lower()
    chinese = pinyin.whole(run, seed)
    if chinese:
        return chinese
    for size in (1, 2) if alone else ():
        first, rest = run[:size], run[size:]
        if _is_family(rest) and (size == 1 or _CONSONANTS.fullmatch(first)):
            return _initials(first, seed) + names.word(rest, seed).lower()
        rest, last = run[:-size], run[-size:]
        if _is_family(rest) and _CONSONANTS.fullmatch(last) and (len(rest) > 3 or pinyin.is_family(rest)):
            return names.word(rest, seed).lower() + _initials(last, seed)
    return names.word(run, seed)


def _initials(run: str, seed: Seed) -> str:
    return "".join(initial(letter, seed) for letter in run)


def _is_family(run: str) -> bool:
    return (run in _FAMILIES and len(run) > 2) or pinyin.is_family(run)
