"""A view of a text in which evasions are undone, with an exact map back to the original code points.

NFKC (full-width and circled digits), zero-width and soft-hyphen removal, Chinese numerals in long runs, and the escapes
of JSON and HTML. Findings are made in the view; spans are given in the original.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from polyveil.schema.locations import Span

_INVISIBLE = dict.fromkeys(
    [
        0x00AD,
        0x034F,
        0x061C,
        0x180E,
        0xFEFF,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
    ]
)
_NUMERALS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_NUMERAL_RUN = re.compile(r"[〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}")
_DASHES = str.maketrans("‐‑‒–—−﹣－", "--------")
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")


@dataclass(frozen=True, slots=True)
class View:
    """`text` with, for each of its code points, the original range it came from."""

    text: str
    starts: tuple[int, ...] | None  # None: the view is the original
    ends: tuple[int, ...] | None

    def original(self, start: int, end: int) -> Span:
        """The original span of a range of the view."""
        if self.starts is None or self.ends is None or start == end:
            return Span(start, end)
        return Span(self.starts[start], self.ends[end - 1])


def view(text: str) -> View:
    """Normalise a text. ASCII without escapes is its own view."""
    if text.isascii() and "\\u" not in text and "&" not in text:
        return View(text, None, None)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(text):
        raw, step = _unescaped(text, position)
        for character in _plain(raw):
            pieces.append(character)
            starts.append(position)
            ends.append(position + step)
        position += step
    plain = "".join(pieces)
    plain = _NUMERAL_RUN.sub(lambda run: run.group().translate(_NUMERALS), plain)
    return View(plain, tuple(starts), tuple(ends))


def _unescaped(text: str, position: int) -> tuple[str, int]:
    """The character at a position and how many original code points it takes."""
    character = text[position]
    if character not in "\\&":
        return character, 1
    found = _ESCAPE.match(text, position)
    if found is None:
        return character, 1
    token = found.group()
    if token[0] == "&":
        plain = html.unescape(token)
        return (plain, len(token)) if plain != token else (character, 1)
    code = int(token[2:], 16)
    if 0xD800 <= code < 0xE000:
        return "\ufffd", len(token)
    return chr(code), len(token)


def _plain(character: str) -> str:
    if character.isascii():
        return character
    folded = unicodedata.normalize("NFKC", character).translate(_INVISIBLE).translate(_DASHES)
    return folded if character not in "：，。；！？（）" else character  # kept: patterns know them, and layout does
