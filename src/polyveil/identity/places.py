"""Surrogate places, streets and organisations: words that say what kind of thing it is stay, others are exchanged."""

from __future__ import annotations

import re
import unicodedata

from polyveil.identity import names, scripts
from polyveil.identity.chinese import pools
from polyveil.identity.permute import Seed, permuted
from polyveil.identity.stream import Choices
from polyveil.identity.wordlist import lexicon

_KIND, _KIND_ZH = (frozenset(lexicon(f"place_kinds_{language}")) for language in ("en", "zh"))
_HAN = re.compile(r"[\u3400-\u9fff]")
_SCRIPTS = (
    (0x00C0, 0x024F, "aeioubdfghklmnprst"),
    (0x0370, 0x03FF, "αβγδεζηθικλμνξοπρστυφχψω"),
    (0x0400, 0x04FF, "абвгдежзиклмнопрстуфхцчшэюя"),
    (0x3040, 0x309F, "あいうえおかきくけこさしすせそたちつてとなにぬねの"),
    (0x30A0, 0x30FF, "アイウエオカキクケコサシスセソタチツテトナニヌネノ"),
    (0xAC00, 0xD7A3, "가나다라마바사아자차카타파하고노도로모보소오조"),
)


def place(value: str, seed: Seed) -> str:
    """'221B Baker Street' becomes another number of another street, '北京市朝阳区12号' another city and district."""

    def swap(found: re.Match[str]) -> str:
        word = found.group()
        if word.casefold() in _KIND:
            return word
        if _HAN.search(word):
            return letters(value[: found.end()], "place", seed, _KIND_ZH)[found.start() :]
        if scripts.other(word):
            return names.cased(scripts.word(unicodedata.normalize("NFKC", word).casefold(), seed), word)
        if len(word) < 3 or (word.isupper() and len(word) < 4):
            return letters(permuted(word, "place", seed), "place", seed)
        return names.cased(names.word(word.casefold(), seed), word)

    new = names.WORD.sub(swap, value)
    return re.sub(r"[0-9]+", lambda run: permuted(run.group(), "place", seed), new)


def letters(value: str, purpose: str, seed: Seed, kept: frozenset[str] = frozenset()) -> str:
    """Letters beyond ASCII become others of their script; a Han character by what stands before it, injectively."""
    if value.isascii():
        return value
    out = []
    for number, letter in enumerate(value):
        if _HAN.match(letter):
            out.append(letter if letter in kept else _han(letter, f"{purpose}\x1f{value[:number]}", seed))
        elif not letter.isascii() and letter.isalpha():
            out.append(_other(letter, f"{purpose}\x1f{value[:number]}", seed))
        else:
            out.append(letter)
    return "".join(out)


def _han(letter: str, before: str, seed: Seed) -> str:
    pool = next((pool for pool in pools() if letter in pool), "")
    if not pool:  # an extension of the block
        pool = pools()[0]
        return pool[int.from_bytes(seed("han", before + letter)[:4], "big") % len(pool)]
    by = 1 + int.from_bytes(seed("han", before)[:4], "big") % (len(pool) - 1)
    return pool[(pool.index(letter) + by) % len(pool)]


def _other(letter: str, before: str, seed: Seed) -> str:
    code = ord(letter.lower())
    pool = next((pool for first, last, pool in _SCRIPTS if first <= code <= last), "")
    if not pool:
        return "x"
    draw = Choices(seed("letter", before + letter))
    new = draw.pick(pool)
    while new == letter.lower():
        new = draw.pick(pool)
    return new.upper() if letter.isupper() else new
