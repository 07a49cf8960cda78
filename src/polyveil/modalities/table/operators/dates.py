"""Dates written as text, shifted by days in the form in which they were written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

Order = Literal["dmy", "mdy"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November")
_NAMES = (*_FULL, "December")
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})(?P<a>[-/.年])(?P<m>\d{1,2})(?P<b>[-/.月])(?P<d>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(?P<p>\d{1,2})(?P<s>[-/.])(?P<q>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(
    r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?[ -])?\b(?P<m>[A-Za-z]{3,9})\b\.?[ -]"
    r"(?:(?P<e>\d{1,2})(?:st|nd|rd|th)?,? )?(?P<y>\d{4})"
)


def order_of(values: Iterable[str]) -> Order:
    """Is 03/04/2020 in this column the third of April? Yes if any first number cannot be a month; else American."""
    first = second = 0
    for value in values:
        match = _YEAR_LAST.search(value)
        if match:
            first, second = max(first, int(match["p"])), max(second, int(match["q"]))
            if "." in match["s"]:
                return "dmy"
    return "dmy" if first > 12 >= second else "mdy"


def shift_text(value: str, days: int, order: Order) -> str | None:
    """The text with its first date shifted and its time kept; None if no date is found in it."""
    for pattern in (_YEAR_FIRST, _COMPACT, _YEAR_LAST, _NAMED):
        match = pattern.search(value)
        if match is None:
            continue
        parsed = _parsed(match, order)
        if parsed is None:
            continue
        try:
            shifted = parsed + timedelta(days=days)
        except OverflowError:
            continue
        return value[: match.start()] + _written(match, shifted, order) + value[match.end() :]
    return None


def _parsed(match: re.Match[str], order: Order) -> date | None:
    part = match.groupdict()
    try:
        year = int(part["y"])
        if len(part["y"]) == 2:
            year += 2000 if year < 50 else 1900
        if "p" in part:
            one, two = int(part["p"]), int(part["q"])
            day, month = (one, two) if order == "dmy" else (two, one)
        elif match.re is _NAMED:
            month = _MONTHS.index(part["m"][:3].lower()) + 1
            day = int(part["d"] or part["e"] or 0)
        else:
            month, day = int(part["m"]), int(part["d"])
        return date(year, month, day)
    except (ValueError, TypeError):
        return None


def _written(match: re.Match[str], day: date, order: Order) -> str:
    part = match.groupdict()
    if match.re is _YEAR_FIRST:
        return f"{day.year:04d}{part['a']}{_like(part['m'], day.month)}{part['b']}{_like(part['d'], day.day)}"
    if match.re is _COMPACT:
        return f"{day:%Y%m%d}"
    year = f"{day.year:04d}" if len(part["y"]) == 4 else f"{day.year % 100:02d}"
    if match.re is _YEAR_LAST:
        one, two = (day.day, day.month) if order == "dmy" else (day.month, day.day)
        return f"{_like(part['p'], one)}{part['s']}{_like(part['q'], two)}{part['s']}{year}"
    name = _NAMES[day.month - 1] if len(part["m"]) > 3 else _NAMES[day.month - 1][:3]
    name = name.upper() if part["m"].isupper() else name
    return f"{day.day} {name} {year}" if part["d"] else f"{name} {day.day}, {year}"


def _like(old: str, number: int) -> str:
    """Zero-padded if the old number was, or might have been."""
    return f"{number:02d}" if len(old) == 2 else str(number)
