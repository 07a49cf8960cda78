"""A text in blocks: cut where it is safe, each with what stands before and behind it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

OWN = 1024**2
"""Code points of a block, at most."""
MARGIN = 16 * 1024
"""Code points that are seen beyond a block's ends: longer than any value, a private key of 8 192 bits included."""
_SENTENCE = re.compile(r"[.!?。！？；][\"'”’)\]]*(?:\s|(?<=[。！？；”’]))")
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Block:
    """Part of a text and its surroundings.

    text: what is seen. start: the place of its first code point in the whole text. begin, end: the block's own range
    within `text`; the own ranges of all blocks together are the whole text.
    """

    text: str = field(repr=False)
    start: int
    begin: int
    end: int

    @property
    def own(self) -> str:
        return self.text[self.begin : self.end]


def blocks(pieces: Iterable[str], own: int = OWN, margin: int = MARGIN) -> Iterator[Block]:
    """Cut a text that comes in pieces of any length. At most own + 2 * margin code points and one piece are held.

    Where a block ends, in this order: an empty line, the end of a line, of a sentence, of a word; a word longer than a
    block is cut anywhere, and seen whole if it is shorter than the margin.
    """
    source = iter(pieces)
    held: list[str] = []
    length, ended = 0, False
    text, start, begin = "", 0, 0
    while True:
        while not ended and length < begin + own + margin:
            piece = next(source, None)
            if piece is None:
                ended = True
            elif piece:
                held.append(piece)
                length += len(piece)
        text = "".join(held)
        if ended and length <= begin + own:
            if begin < length:
                yield Block(text, start, begin, length)
            return
        end = _cut(text, begin + own // 2, begin + own)
        yield Block(text[: end + margin], start, begin, end)
        left = _line(text, max(0, end - margin), end)
        start, begin = start + left, end - left
        held = [text[left:]]
        length -= left


def _cut(text: str, least: int, most: int) -> int:
    """The best place to cut in (least, most]."""
    for mark in ("\n\n", "\n\r\n", "\n"):
        place = text.rfind(mark, least, most)
        if place >= 0:
            return place + len(mark)
    for pattern in (_SENTENCE, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, max(least, most - 4096), most)]
        if ends:
            return ends[-1]
    while most > least + 1 and unicodedata.combining(text[most : most + 1] or " "):
        most -= 1  # an accent stays with its letter
    return most


def _line(text: str, left: int, end: int) -> int:
    """The first beginning of a line or word at or behind `left` that leaves something before `end` to be seen."""
    last = max(left, end - (end - left) // 4)
    place = text.find("\n", left, last)
    if place >= 0:
        return place + 1
    word = _SPACE.search(text, left, last)
    return word.end() if word else left
