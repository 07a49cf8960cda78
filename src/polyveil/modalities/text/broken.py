"""Values that a line break tears in two: what ends a line and what begins the next are read as one word."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate

from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

SURE = 0.7
"""Least score of a value that is put together: two halves may stand together by chance."""
_LONGEST = 64
_HEAD = re.compile(r"(?:(?<![A-Za-z0-9])[+(]?[A-Z]{0,4}[\d()-]{1,15}[ ]){0,6}[^\s\x00-\x1f]{2,40}\Z")
_TAIL = re.compile(r"\n[ \t]{0,8}([^\s\x00-\x1f]{2,40}(?:[ ][\d()-]{1,15}(?![^\W\d_])){0,6})")
"""A word, with the groups of digits that stand before or behind it: '4539 1488' and '0343 6467'."""
_RECORD = re.compile(r"\W?\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d")
"""How a line of a log begins: it goes on with no value of the line above."""
_NAME = re.compile(r"[A-Z][a-z'’-]*[A-Z]?[a-z'’-]+")
"""A word that no address of mail goes on from: 'O'Neill' above `bob.oneill@corp.com` in a signature."""
_DIGITS = re.compile(r"\d")
_NUMBER_LINE = re.compile(r"[ \t]*\d[\d ,.-]*[ \t]*\r?(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Seam:
    """What ends a line and what begins the next one, and where they begin in the text."""

    head: str = field(repr=False)
    tail: str = field(repr=False)
    left: int
    right: int

    def wholes(self) -> Iterator[tuple[str, str]]:
        """What the two halves may have been: as they are, with a space where spaces part groups, without a hyphen."""
        yield self.head, ""
        if " " in self.head + self.tail:
            yield self.head, " "
        if self.head[-1] == "-" and self.head[-2].isalnum():
            yield self.head[:-1], ""


def _seams(text: str) -> Iterator[Seam]:
    place = text.find("\n")
    while place >= 0:
        end = place - (text[place - 1 : place] == "\r")
        end -= text[end - 1 : end] in (" ", "\t") if end > 0 else 0
        head = _HEAD.search(text[max(0, end - _LONGEST) : end])
        tail = _TAIL.match(text, place) if head else None
        if head and tail:
            yield Seam(head.group(), tail.group(1), end - len(head.group()), tail.start(1))
        place = text.find("\n", place + 1)


def find_broken(text: str, find: Callable[[str], list[Finding]]) -> list[Finding]:
    """Findings that lie over a line break; `find` searches a text for patterns."""
    joined: list[str] = []
    starts: list[int] = []
    seams: list[tuple[Seam, str, int]] = []
    length = 0
    for seam in _seams(text):
        if not _likely(text, seam):
            continue
        for head, glue in seam.wholes():
            piece = head + glue + seam.tail
            starts.append(length)
            seams.append((seam, head, len(glue)))
            joined.append(piece)
            length += len(piece) + 3
    if not joined:
        return []
    whole = _by_row(find(" \n ".join(head for _, head, _ in seams)), [len(head) + 3 for _, head, _ in seams])
    found = []
    for one in find(" \n ".join(joined)):
        location = one.location
        if not isinstance(location, Span) or one.score < SURE:
            continue
        row = bisect_right(starts, location.start) - 1
        (torn, front, gap), start = seams[row], starts[row]
        middle = start + len(front)
        if (row, one.entity) in whole:
            continue
        if one.entity == "EMAIL_ADDRESS" and _NAME.fullmatch(front):
            continue
        if location.start < middle < location.end <= start + len(joined[row]):
            left = torn.left + location.start - start
            right = torn.right + max(0, location.end - middle - gap)
            found.append(replace(one, location=Span(left, right)))
    return found


def _by_row(found: list[Finding], lengths: list[int]) -> set[tuple[int, str]]:
    """Which entities stand whole in which of the joined pieces."""
    ends = list(accumulate(lengths))
    return {(bisect_right(ends, one.location.start), one.entity) for one in found if isinstance(one.location, Span)}


def _likely(text: str, seam: Seam) -> bool:
    """Digits on both sides or an at sign; no column of numbers, in which every line is a value of its own, no log."""
    if "@" in seam.head or "@" in seam.tail:
        return True
    if not (_DIGITS.search(seam.head) and _DIGITS.search(seam.tail)) or _RECORD.match(text, seam.right):
        return False
    above = text.rfind("\n", 0, max(0, text.rfind("\n", 0, seam.right) - 1))
    before = text[max(above - 200, text.rfind("\n", 0, max(0, above)) + 1) : above + 1] if above > 0 else ""
    below = text.find("\n", seam.right + len(seam.tail), seam.right + len(seam.tail) + 200) + 1
    after = text[below : below + 80] if below else ""
    return not (_NUMBER_LINE.fullmatch(before) or _NUMBER_LINE.match(after))
