"""generalise: less exact, still true: an age band, a month or year, a city, rounded coordinates."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from polyveil.modalities.interface import Context
from polyveil.modalities.text.operators import tag
from polyveil.modalities.text.operators.dates import chinese_number, parse

_CITY_ZH = re.compile(r"([\u4e00-\u9fff]{2,8}?(?:市|自治州|盟))")
_CITY_US = re.compile(r",\s*([A-Z][\w'’. -]{1,30}, [A-Z]{2})\b,?\s*(?:\d{5}(?:-\d{4})?)?\s*(?:USA?)?$")
_CITY_UK = re.compile(r",\s*([A-Z][\w'’ -]{1,30}?),?\s+[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}$")


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:
    """`width` and `top` (AGE), `to`: 'month' or 'year' (DATE_TIME), 'city' (addresses), `decimals` (GEO_COORDINATES).

    What cannot be generalised is tagged.
    """
    if entity == "AGE":
        return _age(value, params) or tag.apply(entity, value, {}, ctx)
    if entity == "DATE_TIME":
        parsed = parse(value)
        if parsed is not None and (parsed.exact or re.search(r"\d{4}", value)):
            return _month(value, parsed.date) if params.get("to") == "month" else f"{parsed.date.year}"
    if entity == "GEO_COORDINATES":
        decimals = int(params.get("decimals", 1))
        rounded = re.sub(r"\d+\.\d+", lambda found: f"{float(found.group()):.{decimals}f}", value)
        if "." in value and not re.search("[°分]", value):
            return rounded
    if entity in ("STREET_ADDRESS", "LOCATION"):
        city = _CITY_ZH.search(value) or _CITY_US.search(value) or _CITY_UK.search(value)
        if city:
            return city.group(1)
    return tag.apply(entity, value, {}, ctx)


def _month(value: str, date: dt.date) -> str:
    """The month in the language of the value."""
    if "年" in value:
        return f"{date.year}年{date.month}月"
    return date.strftime("%B %Y" if re.search(r"[A-Za-z]{4}", value) else "%Y-%m")


def _age(value: str, params: dict[str, Any]) -> str | None:
    """What stands beside the number stays ('47岁', '47 years old'); None if there is no number."""
    found = re.search(r"\d{1,3}", value) or re.search(r"[一二两三四五六七八九十百零〇]{1,6}", value)
    if not found:
        return None
    years, top = chinese_number(found.group()), int(params.get("top", 90))
    if years >= top:
        band = f"{top}+"
    elif "width" not in params:
        return value
    else:
        width = max(1, int(params["width"]))
        low = years // width * width
        band = f"{low}-{low + width - 1}"
    return value[: found.start()] + band + value[found.end() :]
