"""Every place of a pattern of RE2 in bytes, as bare numbers."""

from __future__ import annotations

from typing import Any

import re2

_ANYWHERE = re2._re2.RE2.Anchor.UNANCHORED  # noqa: SLF001 - the public iterator makes five objects a match


def spans(pattern: Any, data: bytes, group: int = 0) -> list[tuple[int, int]]:
    """The ranges of a group in all matches, in order and apart; none where the group takes no part."""
    match, place, stop = pattern._regexp.Match, 0, len(data)  # noqa: SLF001
    found: list[tuple[int, int]] = []
    while True:
        ranges = match(_ANYWHERE, data, place, stop)
        end = ranges[0][1]
        if end < 0:
            return found
        if ranges[group][1] >= 0:
            found.append(ranges[group])
        if place == stop:
            return found
        place = end if end > place else place + 1
