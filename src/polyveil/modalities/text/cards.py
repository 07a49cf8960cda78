"""Calendars (iCalendar) and cards (vCard): the words that hold them together are nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterable

from polyveil.schema.finding import Finding, ends

_FRAME = re.compile(r"^[ \t]*(?:BEGIN|END):(V[A-Z]{3,12})[ \t]*\r?$", re.MULTILINE)
"""iCalendar (RFC 5545, 3.6) and vCard (RFC 6350, 6.1)."""
_PROPERTY = re.compile(r"^([A-Z][A-Z-]{0,24})[:;]", re.MULTILINE)


def outside_frames(found: Iterable[Finding], text: str) -> list[Finding]:
    """Findings without those in the first and last lines of calendars and cards, which would not open any more.

    Nor are names of properties anybody's.
    """
    if "BEGIN:V" not in text:
        return list(found)
    frames = {place for match in _FRAME.finditer(text) for place in (match.start(1), match.end(1))}
    named = {match.span(1) for match in _PROPERTY.finditer(text)}
    return [one for one in found if frames.isdisjoint(ends(one)) and ends(one) not in named]
