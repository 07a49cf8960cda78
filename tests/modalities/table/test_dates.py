from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.identity import Identity
from polyveil.modalities import table
from polyveil.modalities.interface import Context
from polyveil.modalities.table.codec import CSV
from polyveil.modalities.table.operators.dates import order_of, shift_text
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2024-02-28", "mdy", "2024-03-01"),
        ("2024-02-28T12:30:00Z", "mdy", "2024-03-01T12:30:00Z"),
        ("2024/2/8", "mdy", "2024/2/10"),
        ("20240228", "mdy", "20240301"),
        ("28.02.2024", "dmy", "01.03.2024"),
        ("02/28/2024 08:15", "mdy", "03/01/2024 08:15"),
        ("28/02/24", "dmy", "01/03/24"),
        ("2024年2月28日", "mdy", "2024年3月01日"),
        ("Feb 28, 2024", "mdy", "Mar 1, 2024"),
        ("28 February 2024", "mdy", "1 March 2024"),
        ("last week", "mdy", None),
        ("99/99/2024", "mdy", None),
        ("9999-12-31", "mdy", None),
    ],
)
def test_dates_keep_their_form(text: str, order: str, expected: str | None) -> None:
    assert shift_text(text, 2, "dmy" if order == "dmy" else "mdy") == expected


@pytest.mark.parametrize(
    ("values", "order"),
    [(["03/04/2020", "25/12/2020"], "dmy"), (["03/04/2020", "12/25/2020"], "mdy"), (["03.04.2020"], "dmy")],
)
def test_the_column_tells_day_from_month(values: list[str], order: str) -> None:
    assert order_of(values) == order


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(-400, 400))
def test_shifts_are_undone_by_their_opposite(day: date, days: int) -> None:
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day:%d/%m/%Y}", f"{day.year}年{day.month:02d}月{day.day:02d}日"):
        if f"{day + timedelta(days=days):%Y}"[:2] not in {"19", "20"}:
            continue
        there = shift_text(text, days, "dmy")
        assert there is not None
        assert shift_text(there, -days, "dmy") == text


def test_each_person_keeps_intervals_and_people_differ(tmp_path: Path) -> None:
    rows = "patient_id,admitted,discharged,visit_date\n"
    people = [f"MR{1000 + i}" for i in range(12)]
    for i, person in enumerate(people * 2):
        start = date(2023, 1, 1) + timedelta(days=7 * i)
        rows += f"{person},{start.isoformat()},{(start + timedelta(days=5)).isoformat()},2023-06-0{1 + i % 9}\n"
    ctx = Context(load("default"), Identity(b"k" * 32), tmp_path)
    part = Part("", Modality.TABLE, CSV, rows.encode())
    data = table.transform(part, table.inspect(part, ctx).findings, ctx).part.data
    assert isinstance(data, bytes)
    before = pl.read_csv(io.BytesIO(rows.encode()), try_parse_dates=True)
    after = pl.read_csv(io.BytesIO(data), try_parse_dates=True)
    assert (after["discharged"] - after["admitted"]).n_unique() == 1
    shift = (after["admitted"] - before["admitted"]).dt.total_days()
    assert 0 not in shift.to_list()
    assert shift.to_list() == (after["visit_date"] - before["visit_date"]).dt.total_days().to_list()
    assert shift[:12].to_list() == shift[12:].to_list()
    assert shift.n_unique() > 6
    assert not set(after["patient_id"]) & set(people)
