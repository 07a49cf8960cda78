"""Content-free measurements of a table: doubled rows, impossible readings, outliers. Counted, never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from polyveil.modalities.table.detectors.columns import Column
from polyveil.modalities.table.detectors.lexicon import words

# Bounds outside which a reading is no reading: geographic and physical limits, generous for the body.
_BOUNDS = (
    (re.compile(r"(?:.* )?lat(?:itude)?"), -90.0, 90.0),
    (re.compile(r"(?:.* )?(?:lon|lng|long|longitude)"), -180.0, 180.0),
    (re.compile(r"(?:.* )?(?:temp|temperature)(?: c| celsius)?"), -273.15, 5_000.0),
    (re.compile(r"(?:.* )?(?:humidity|rh|battery|soc|spo2)(?: pct| percent)?"), 0.0, 100.0),
    (re.compile(r"(?:.* )?(?:heart rate|hr|bpm|pulse)"), 0.0, 400.0),
    (re.compile(r"(?:.* )?age(?: years)?"), 0.0, 130.0),
    (re.compile(r"(?:.* )?(?:pm ?2 ?5|pm ?10|co2|lux|distance|weight|height|power|energy|speed)(?: .*)?"), 0.0, 1e9),
)
_OUTLIER = 10.0  # robust z-scores: |x - median| / (1.4826 MAD), Rousseeuw and Croux 1993
_MIN_FOR_OUTLIERS = 20


def measure(frame: pl.DataFrame, columns: Sequence[Column]) -> dict[str, float]:
    """Counts by batch: rows, columns, doubled rows, empty cells, impossible readings, outliers, classified columns."""
    numbers = {name: _numbers(frame[name]) for name in frame.columns}
    return {
        "rows": float(frame.height),
        "columns": float(frame.width),
        "duplicate_rows": float(_duplicates(frame)),
        "empty_cells": float(sum(frame[name].null_count() for name in frame.columns)),
        "impossible_values": float(sum(_impossible(name, series) for name, series in numbers.items())),
        "outliers": float(sum(_outliers(series) for series in numbers.values())),
        "personal_columns": float(sum(column.kind == "whole" for column in columns)),
    }


def together(batches: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The counts of a table from those of its batches (doubles and outliers are counted within a batch)."""
    once = {"columns", "personal_columns"}
    return {
        name: value if name in once else sum(batch[name] for batch in batches) for name, value in batches[0].items()
    }


def _duplicates(frame: pl.DataFrame) -> int:
    flat = [name for name, dtype in frame.schema.items() if not dtype.is_nested() and dtype != pl.Object]
    if not flat or frame.height == 0:
        return 0
    return frame.height - frame.select(flat).hash_rows(seed=0).n_unique()


def _numbers(series: pl.Series) -> pl.Series | None:
    if series.dtype.is_numeric():
        return series.cast(pl.Float64)
    if series.dtype != pl.String:
        return None
    cast = series.head(100).cast(pl.Float64, strict=False)
    if cast.null_count() > series.head(100).null_count() + 5 or cast.null_count() == len(cast):
        return None
    return series.cast(pl.Float64, strict=False)


def _impossible(name: str, series: pl.Series | None) -> int:
    if series is None:
        return 0
    plain = words(name)
    for pattern, low, high in _BOUNDS:
        if pattern.fullmatch(plain):
            return int(((series < low) | (series > high) | series.is_nan()).fill_null(value=False).sum())
    return int(series.is_infinite().fill_null(value=False).sum())


def _outliers(series: pl.Series | None) -> int:
    if series is None:
        return 0
    values = series.drop_nulls().drop_nans()
    if len(values) < _MIN_FOR_OUTLIERS:
        return 0
    deviation = (values - values.median()).abs()
    spread = float(deviation.median() or 0.0) * 1.4826  # type: ignore[arg-type]  # a float column's median is a float
    return int((deviation > _OUTLIER * spread).sum()) if spread > 0 else 0
