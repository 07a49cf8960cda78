"""generalise: less exact, still true: an age band, a month or year, a city, rounded coordinates."""

from __future__ import annotations

import re
from typing import Any

from polyveil.modalities.interface import Context
from polyveil.modalities.text.operators import tag
from polyveil.modalities.text.operators.dates import parse


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:
    """`width` and `top` (AGE), `to`: 'month' or 'year' (DATE_TIME), 'city' (addresses), `decimals` (GEO_COORDINATES).

    What cannot be generalised is tagged.
    """
    if entity == "AGE":
        return _age(value, params)
    if entity == "DATE_TIME":
        parsed = parse(value)
        if parsed is not None:
            return parsed.date.strftime("%Y-%m" if params.get("to") == "month" else "%Y")
    if entity == "GEO_COORDINATES":
        decimals = int(params.get("decimals", 1))
        rounded = re.sub(r"\d+\.\d+", lambda found: f"{float(found.group()):.{decimals}f}", value)
        if "°" not in value:
            return rounded
    if entity in ("STREET_ADDRESS", "LOCATION"):
        city = re.search(r"[\u4e00-\u9fff]{2,8}?(?:市|自治州|盟)", value)
        if city:
            return city.group()
    return tag.apply(entity, value, {}, ctx)


def _age(value: str, params: dict[str, Any]) -> str:
    years = int(re.sub(r"\D", "", value) or 0)
    top = int(params.get("top", 90))
    if years >= top:
        return f"{top}+"
    if "width" not in params:
        return value
    width = max(1, int(params["width"]))
    low = years // width * width
    return f"{low}-{low + width - 1}"
