"""Dates in the forms that people write, parsed and written back in the same form."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_TIME = re.compile(
    r"(?:,? at|,|T)?\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?\Z"
    r"|\s?(?:上午|下午|晚上|凌晨|中午|早上)?\s?\d{1,2}[时点](?:\d{1,2}分?)?(?:\d{1,2}秒)?\Z"
)
_NUMERALS = str.maketrans("〇零一二三四五六七八九两", "001234567892")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A date and how to write another one in its form."""

    date: dt.date
    write: Callable[[dt.date], str]


def parse(text: str) -> Parsed | None:
    """Parse a date with a day; None if the text is none. 03/04/2020 is read month first unless that cannot be.

    A time of day behind it stays as it is.
    """
    time = _TIME.search(text)
    if time and time.start():
        before = parse(text[: time.start()])
        return before and Parsed(before.date, lambda new: before.write(new) + time.group())
    for reader in (_iso, _numeric, _compact, _chinese, _english):
        try:
            found = reader(text.strip())
        except ValueError:
            found = None
        if found is not None:
            return found
    return None


def _iso(text: str) -> Parsed | None:
    found = re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(.*)", text, re.DOTALL)
    if not found:
        return None
    year, mark, month, day, rest = found.groups()
    padded = len(month) == 2 and len(day) == 2
    shape = "{0.year:04d}{1}{0.month:02d}{1}{0.day:02d}{2}" if padded else "{0.year}{1}{0.month}{1}{0.day}{2}"
    return Parsed(dt.date(int(year), int(month), int(day)), lambda new: shape.format(new, mark, rest))


def _numeric(text: str) -> Parsed | None:
    found = re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", text)
    if not found:
        return None
    first, mark, second, year = found.groups()
    full = int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 50 else 1900 + int(year)
    day_first = int(first) > 12
    month, day = (second, first) if day_first else (first, second)
    width = 2 if len(first) == 2 and len(second) == 2 else 1

    def write(new: dt.date) -> str:
        pair = (new.day, new.month) if day_first else (new.month, new.day)
        tail = f"{new.year:04d}"[-len(year) :]
        return f"{pair[0]:0{width}d}{mark}{pair[1]:0{width}d}{mark}{tail}"

    return Parsed(dt.date(full, int(month), int(day)), write)


def _compact(text: str) -> Parsed | None:
    if not re.fullmatch(r"(?:19|20)\d{6}", text):
        return None
    return Parsed(dt.date(int(text[:4]), int(text[4:6]), int(text[6:])), lambda new: new.strftime("%Y%m%d"))


def _chinese(text: str) -> Parsed | None:
    found = re.fullmatch(
        r"([\d〇零一二三四五六七八九]{4}) ?年 ?([\d一二三四五六七八九十]{1,3}) ?月 ?"
        r"([\d一二三四五六七八九十]{1,3}) ?([日号])",
        text,
    )
    if not found:
        return None
    year, month, day = (chinese_number(piece) for piece in found.groups()[:3])
    return Parsed(dt.date(year, month, day), lambda new: f"{new.year}年{new.month}月{new.day}{found.group(4)}")


def chinese_number(text: str) -> int:
    """A number below two hundred, or digit by digit, in digits or Chinese numerals."""
    if "百" in text:
        hundreds, _, rest = text.partition("百")
        return chinese_number(hundreds or "一") * 100 + chinese_number(rest.lstrip("零〇") or "〇")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return int(tens.translate(_NUMERALS) or 1) * 10 + int(ones.translate(_NUMERALS) or 0)
    return int(text.translate(_NUMERALS))


def _english(text: str) -> Parsed | None:
    month_first = re.fullmatch(r"([A-Za-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(,?) (\d{4})", text)
    day_first = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)?([ -])([A-Za-z]+)\.?,?[ -](\d{4})", text)
    if month_first:
        name, day, comma, year = month_first.groups()
        when = dt.date(int(year), _month(name), int(day))
        return Parsed(when, lambda new: f"{_named(new, name)} {new.day}{comma} {new.year}")
    if day_first:
        day, mark, name, year = day_first.groups()
        when = dt.date(int(year), _month(name), int(day))
        return Parsed(when, lambda new: f"{new.day}{mark}{_named(new, name)}{mark}{new.year}")
    return None


def _month(name: str) -> int:
    short = name.lower()[:3]
    return [month[:3] for month in _MONTHS].index(short) + 1


def _named(new: dt.date, like: str) -> str:
    full = _MONTHS[new.month - 1].capitalize()
    return full if len(like) > 4 or like.lower() in _MONTHS else full[:3]
