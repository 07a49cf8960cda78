"""Operators on typed columns: what keeps a number a number and a date a date."""

from __future__ import annotations

from typing import Any

import polars as pl

from polyveil.schema.policy import Operator

_DAY_MS = 86_400_000


def apply_typed(series: pl.Series, entity: str, operator: Operator, days: pl.Series) -> pl.Series | None:
    """The whole column under the operator with its type kept, None if the operator needs text.

    Args:
        series: any type.
        entity: what the column is.
        operator: from the policy.
        days: shift of each row's dates, Int32.
    """
    dtype = series.dtype
    if operator.op == "keep":
        return series
    if operator.op == "redact" and dtype != pl.String:
        return series.clear(len(series))
    if isinstance(dtype, (pl.Date, pl.Datetime)):
        return _dates(series, operator, days)
    if dtype.is_float():
        return _floats(series, entity, operator)
    if dtype.is_integer():
        return _integers(series, entity, operator)
    return None


def _dates(series: pl.Series, operator: Operator, days: pl.Series) -> pl.Series:
    if operator.op == "date_shift":
        frame = pl.DataFrame([series.alias("dates"), days.alias("days")])  # calendar days: the local hour stays
        try:
            shifted = frame.select(pl.col("dates").dt.offset_by(pl.format("{}d", pl.col("days"))))["dates"]
        except pl.exceptions.ComputeError:  # the local hour does not exist on the new day: days of 24 hours then
            span = (days.cast(pl.Int64) * _DAY_MS).cast(pl.Duration("ms"))
            shifted = (series + span).cast(series.dtype)
        return shifted.rename(series.name)
    if operator.op == "generalise":
        to = str(operator.params.get("to", "year"))
        every = {"year": "1y", "month": "1mo", "week": "1w", "day": "1d", "hour": "1h", "quarter": "1q"}.get(to)
        if every is not None:
            return series.dt.truncate(every)
    return series.clear(len(series))  # a typed date has no pseudonym, mask or tag


def _floats(series: pl.Series, entity: str, operator: Operator) -> pl.Series:
    params: dict[str, Any] = operator.params
    if operator.op == "generalise":
        if "decimals" in params or entity == "GEO_COORDINATES":
            return series.round(int(params.get("decimals", 1)))
        width = float(params.get("width", 10))
        floored = (series / width).floor() * width
        top = params.get("top")
        return floored.clip(upper_bound=float(top)) if top is not None else floored
    return series.clear(len(series))  # a measured number has no pseudonym: better none than a false one


def _integers(series: pl.Series, entity: str, operator: Operator) -> pl.Series | None:
    if operator.op == "generalise" and entity in {"AGE", "DATE_TIME"}:
        params = operator.params
        result = series
        if entity == "AGE":
            if "width" in params:
                width = int(params["width"])
                result = (result // width) * width
            if "top" in params:
                result = result.clip(upper_bound=int(params["top"]))
            return result.cast(series.dtype)
    return None
