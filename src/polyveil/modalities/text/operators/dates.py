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
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIME = re.compile(
    r"(?:,? at|,|T)?\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?"
    r"(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?\Z"
    r"|\s?(?:上午|下午|晚上|凌晨|中午|早上)?\s?\d{1,2}[时点](?:\d{1,2}分?)?(?:\d{1,2}秒)?\Z"
)
_NUMERALS = str.maketrans("〇零一二三四五六七八九两", "001234567892")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A date and how to write another one in its form. exact: day and year are known."""

    date: dt.date
    write: Callable[[dt.date], str]
    exact: bool = True


def parse(text: str) -> Parsed | None:
    """Parse a date; None if it is none. 03/04/2020 is read month first unless that cannot be, 03.04.2020 day first.

    A time of day behind it stays as it is. A month alone is its middle, a day without a year one of 2023: what moves by
    the same days as all others keeps its distance from them, or nearly.
    """
    time = _TIME.search(text)
    if time and time.start():
        before = parse(text[: time.start()])
        if before:
            return Parsed(before.date, lambda new: before.write(new) + time.group(), before.exact)
    for reader in (_iso, _numeric, _compact, _chinese, _english, _republic, _month_alone, _no_year, _asctime):
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
    day_first = int(first) > 12 or (mark == "." and int(second) <= 12)
    month, day = (second, first) if day_first else (first, second)
    width = 2 if len(first) == 2 and len(second) == 2 else 1

    def write(new: dt.date) -> str:
        pair = (new.day, new.month) if day_first else (new.month, new.day)
        tail = f"{new.year:04d}"[-len(year) :]
        return f"{pair[0]:0{width}d}{mark}{pair[1]:0{width}d}{mark}{tail}"

    return Parsed(dt.date(full, int(month), int(day)), write)


def _compact(text: str) -> Parsed | None:
    found = re.fullmatch(r"((?:19|20)\d{6})(T?\d{4,6}(?:\.\d{1,4})?(?:Z|[+-]\d{4})?)?", text)
    if not found:
        return None
    when, time = dt.date(int(text[:4]), int(text[4:6]), int(text[6:8])), found[2] or ""
    return Parsed(when, lambda new: f"{new.year:04d}{new.month:02d}{new.day:02d}{time}")


def _chinese(text: str) -> Parsed | None:
    found = re.fullmatch(
        r"([\d〇零一二三四五六七八九]{4}) ?年 ?([\d一二三四五六七八九十]{1,3}) ?月 ?"
        r"([\d一二三四五六七八九十]{1,3}) ?([日号])",
        text,
    )
    if not found:
        return None
    year, month, day = (chinese_number(piece) for piece in found.groups()[:3])
    spelt = not re.search(r"\d", text)

    def write(new: dt.date) -> str:
        if spelt:
            years = "".join("〇一二三四五六七八九"[int(one)] for one in str(new.year))
            return f"{years}年{_numeral(new.month)}月{_numeral(new.day)}{found.group(4)}"
        padded = "02d" if len(found.group(2)) == 2 == len(found.group(3)) else "d"
        return f"{new.year}年{new.month:{padded}}月{new.day:{padded}}{found.group(4)}"

    return Parsed(dt.date(year, month, day), write)


def _numeral(number: int) -> str:
    """A number below a hundred in Chinese numerals."""
    tens, ones = divmod(number, 10)
    names = "〇一二三四五六七八九"
    return (names[tens] * (tens > 1) + "十" * (tens > 0) + names[ones] * (ones > 0)) or "〇"


def _republic(text: str) -> Parsed | None:
    """Years of the Republic of China, or two digits of a year."""
    found = re.fullmatch(r"(民[国國] ?)?(\d{2,3}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?([日号號])", text)
    if not found:
        return None
    era, years, month, day, mark = found.groups()
    since = 1911 if era or len(years) == 3 else 2000 if int(years) < 50 else 1900
    when = dt.date(since + int(years), int(month), int(day))
    return Parsed(when, lambda new: f"{era or ''}{(new.year - since) % 1000:02d}年{new.month}月{new.day}{mark}")


def _month_alone(text: str) -> Parsed | None:
    english = re.fullmatch(r"([A-Za-z]+)(\.?,?) (\d{4})", text)
    chinese = re.fullmatch(r"([\d〇零一二三四五六七八九]{4}) ?年 ?([\d一二三四五六七八九十]{1,2}) ?月", text)
    figures = re.fullmatch(r"(\d{4})([-/.])(\d{2})", text)
    if english:
        name, comma, year = english.groups()
        when = dt.date(int(year), _month(name), 15)
        return Parsed(when, lambda new: f"{_named(new, name)}{comma} {new.year}", exact=False)
    if chinese:
        whole = _chinese(f"{text.strip()}{'15' if text[0].isdigit() else '十五'}日")
        return whole and Parsed(whole.date, lambda new: whole.write(new).partition("月")[0] + "月", exact=False)
    if figures:
        when = dt.date(int(figures[1]), int(figures[3]), 15)
        return Parsed(when, lambda new: f"{new.year:04d}{figures[2]}{new.month:02d}", exact=False)
    return None


def _no_year(text: str) -> Parsed | None:
    chinese = re.fullmatch(r"(\d{1,2}) ?月 ?(\d{1,2}) ?([日号號])", text)
    before = re.fullmatch(r"([A-Za-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?", text)
    behind = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([A-Za-z]+)", text)
    if chinese:
        when = dt.date(2023, int(chinese[1]), int(chinese[2]))
        return Parsed(when, lambda new: f"{new.month}月{new.day}{chinese[3]}", exact=False)
    if before:
        when = dt.date(2023, _month(before[1]), int(before[2]))
        return Parsed(when, lambda new: f"{_named(new, before[1])} {new.day}", exact=False)
    if behind:
        when = dt.date(2023, _month(behind[2]), int(behind[1]))
        return Parsed(when, lambda new: f"{new.day} {_named(new, behind[2])}", exact=False)
    return None


def _asctime(text: str) -> Parsed | None:
    """C's asctime and what `date` prints: 'Mon Mar 11 10:12:44 2024'; the day of the week follows the date."""
    found = re.fullmatch(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ( ?\d{1,2}) (\d{2}:\d{2}:\d{2}(?: [A-Z]{3,4})?) (\d{4})", text)
    if not found:
        return None
    name, day, time, year = found.groups()
    when = dt.date(int(year), _month(name), int(day))
    return Parsed(
        when, lambda new: f"{_DAYS[new.weekday()]} {_cased(new, name)} {new.day:>{len(day)}} {time} {new.year:04d}"
    )


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
    joined = re.fullmatch(r"(\d{2})([/ -]?)([A-Za-z]{3})([/ -]?)(\d{4})((?::\d{2}){3}(?: [+-]\d{4})?)?", text)
    if joined and not day_first:
        day, mark, name, other, year, time = joined.groups(default="")
        when = dt.date(int(year), _month(name), int(day))
        return Parsed(when, lambda new: f"{new.day:02d}{mark}{_cased(new, name)}{other}{new.year}{time}")
    if day_first:
        day, mark, name, year = day_first.groups()
        when = dt.date(int(year), _month(name), int(day))
        return Parsed(when, lambda new: f"{new.day}{mark}{_named(new, name)}{mark}{new.year}")
    return None


def _month(name: str) -> int:
    short = name.lower()[:3]
    return [month[:3] for month in _MONTHS].index(short) + 1


def _cased(new: dt.date, like: str) -> str:
    short = _MONTHS[new.month - 1][:3]
    return short.upper() if like.isupper() else short if like.islower() else short.capitalize()


def _named(new: dt.date, like: str) -> str:
    full = _MONTHS[new.month - 1].capitalize()
    return full if len(like) > 4 or like.lower() in _MONTHS else full[:3]
