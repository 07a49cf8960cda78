"""Values that a line break tears in two: what ends a line and what begins the next are read as one word."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate

from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

SURE = 0.7
"""Least score of a value that is put together: two halves may stand together by chance."""
_BREAK = re.compile(r"(?P<head>[^\s\x00-\x1f]{2,40})[ \t]?\r?\n[ \t]{0,8}(?P<tail>[^\s\x00-\x1f]{2,40})")
_HEAD = 43
"""Characters before a line break, at most, that `_BREAK` begins with."""
_DIGITS = re.compile(r"\d")
_NUMBER_LINE = re.compile(r"[ \t]*\d[\d ,.-]*[ \t]*\r?(?:\n|$)")


def find_broken(text: str, find: Callable[[str], list[Finding]]) -> list[Finding]:
    """Findings that lie over a line break; `find` searches a text for patterns."""
    joined: list[str] = []
    starts: list[int] = []
    matches: list[re.Match[str]] = []
    length = position = line = 0
    while (line := text.find("\n", line)) >= 0:
        empty = line == 0 or text[line - 1] == "\n"
        match = None if empty else _BREAK.search(text, max(position, line - _HEAD), line + 50)
        line += 1
        if not match:
            continue
        position = match.start("tail")
        line = max(line, position)
        if not _likely(text, match):
            continue
        piece = match["head"] + match["tail"]
        starts.append(length)
        matches.append(match)
        joined.append(piece)
        length += len(piece) + 3
    if not joined:
        return []
    whole = _by_row(
        find(" \n ".join(match["head"] for match in matches)), [len(match["head"]) + 3 for match in matches]
    )
    found = []
    for one in find(" \n ".join(joined)):
        location = one.location
        if not isinstance(location, Span) or one.score < SURE:
            continue
        row = bisect_right(starts, location.start) - 1
        match, start = matches[row], starts[row]
        seam = start + len(match["head"])
        if (row, one.entity) in whole:
            continue
        if location.start < seam < location.end <= start + len(joined[row]):
            left = match.start("head") + location.start - start
            right = match.start("tail") + location.end - seam
            found.append(replace(one, location=Span(left, right)))
    return found


def _by_row(found: list[Finding], lengths: list[int]) -> set[tuple[int, str]]:
    """Which entities stand whole in which of the joined pieces."""
    ends = list(accumulate(lengths))
    return {(bisect_right(ends, one.location.start), one.entity) for one in found if isinstance(one.location, Span)}


def _likely(text: str, match: re.Match[str]) -> bool:
    """Digits on both sides or an at sign; no column of numbers, in which every line is a value of its own."""
    head, tail = match["head"], match["tail"]
    if "@" in head + tail:
        return True
    if not (_DIGITS.search(head) and _DIGITS.search(tail)):
        return False
    above = text.rfind("\n", 0, max(0, text.rfind("\n", 0, match.start("tail")) - 1))
    before = text[max(above - 200, text.rfind("\n", 0, max(0, above)) + 1) : above + 1] if above > 0 else ""
    below = text.find("\n", match.end(), match.end() + 200) + 1
    after = text[below : below + 80] if below else ""
    return not (_NUMBER_LINE.fullmatch(before) or _NUMBER_LINE.match(after))
