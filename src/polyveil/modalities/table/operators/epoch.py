"""Times as numbers: seconds, milliseconds, microseconds or nanoseconds since 1970."""

from __future__ import annotations

import polars as pl

_DAY_S = 86_400
# Epoch numbers of the years 1973 to 2286 by unit: (least, units a second).
_UNITS = ((100_000_000, 1), (100_000_000_000, 1_000), (100_000_000_000_000, 1_000_000), (10**17, 1_000_000_000))


def shift_epoch(series: pl.Series, days: pl.Series) -> pl.Series:
    """Epoch numbers shifted by whole days a row, type and unit kept; numbers of no known unit become null."""
    values = series.drop_nulls()
    if not len(values):
        return series
    middle = values.cast(pl.Float64).median()
    unit = next((per_s for least, per_s in reversed(_UNITS) if isinstance(middle, float) and middle >= least), None)
    if unit is None:
        return series.clear(len(series))
    return (series + days.cast(pl.Int64) * (_DAY_S * unit)).cast(series.dtype, strict=False)
