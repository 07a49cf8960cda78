"""Tables: customers as CSV in English and Chinese, readings of household meters as Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from random import Random

from polyveil.sample.gold import Gold, Item, cells
from polyveil.sample.people import Cast

CUSTOMERS_EN = (
    ("customer_id", ""),
    ("name", "PERSON"),
    ("email", "EMAIL_ADDRESS"),
    ("phone", "PHONE_NUMBER"),
    ("ssn", "US_SSN"),
    ("card_number", "CREDIT_CARD"),
    ("plan", ""),
    ("spent", ""),
)
CUSTOMERS_ZH = (
    ("编号", ""),
    ("姓名", "PERSON"),
    ("手机", "CN_PHONE_NUMBER"),
    ("身份证号", "CN_ID_CARD"),
    ("地址", "STREET_ADDRESS"),
    ("银行卡", "CN_BANK_CARD"),
    ("金额", ""),
)
_PLANS = ("basic", "family", "premium")
_CHINA = timezone(timedelta(hours=8))


def items(people: Cast, rng: Random) -> Iterator[Item]:
    """All tables, with exact and near duplicates."""
    english = customers_en(people, rng)
    yield english
    yield english.copy("table/customers_en_copy.csv")
    yield customers_zh(people, rng)
    readings = meter(people, rng)
    yield _parquet("table/meter.parquet", readings)
    yield _parquet("table/meter_copy.parquet", readings)
    changed = [(*row[:3], row[3] + (0.25 if number == 7 else 0.0)) for number, row in enumerate(readings)]
    yield _parquet("table/meter_corrected.parquet", changed)
    yield _csv("table/room_climate.csv", climate(rng), ("time", "room", "celsius", "humidity"), ())


def customers_en(people: Cast, rng: Random) -> Item:
    """Nine customers; only some of the columns are personal."""
    rows = [
        (
            str(1000 + number),
            one.name,
            one.email,
            one.phone,
            one.ssn,
            one.card,
            rng.choice(_PLANS),
            f"{rng.randrange(2000, 90000) / 100:.2f}",
        )
        for number, one in enumerate(people.english)
    ]
    labels = cells("", rows, CUSTOMERS_EN)
    return _csv("table/customers_en.csv", rows, [name for name, _ in CUSTOMERS_EN], labels)


def customers_zh(people: Cast, rng: Random) -> Item:
    """Nine customers under Chinese column names."""
    rows = [
        (
            f"K{number:04d}",
            one.name,
            one.phone,
            one.cn_id,
            one.address,
            one.card,
            f"{rng.randrange(2000, 90000) / 100:.2f}",
        )
        for number, one in enumerate(people.chinese)
    ]
    labels = cells("", rows, CUSTOMERS_ZH)
    return _csv("table/customers_zh.csv", rows, [name for name, _ in CUSTOMERS_ZH], labels)


def meter(people: Cast, rng: Random) -> list[tuple[str, str, datetime, float]]:
    """Readings of four electricity meters every half hour of two days, with the holder's name in a column."""
    start = datetime(2024, 3, 4, tzinfo=_CHINA)
    rows = []
    for number, one in enumerate(people.english[:4]):
        for step in range(96):
            load = 0.2 + 0.6 * (step % 48 in range(13, 18)) + 1.1 * (step % 48 in range(36, 45)) + rng.random() * 0.1
            rows.append((f"HM-{number + 1:03d}", one.name, start + timedelta(minutes=30 * step), round(load, 3)))
    return rows


def climate(rng: Random) -> list[tuple[str, ...]]:
    """Room temperatures: nothing personal at all."""
    return [
        (f"{step:02d}:00", room, f"{20 + rng.random() * 3:.2f}", f"{40 + rng.random() * 9:.1f}")
        for step in range(24)
        for room in ("hall", "archive")
    ]


def _csv(path: str, rows: Sequence[Sequence[str]], header: Sequence[str], labels: Sequence[Gold]) -> Item:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return Item(path, out.getvalue().encode(), tuple(labels))


def _parquet(path: str, rows: Sequence[tuple[str, str, datetime, float]]) -> Item:
    import polars as pl

    frame = pl.DataFrame(
        rows,
        schema={
            "meter": pl.String,
            "account_holder": pl.String,
            "time": pl.Datetime("ms", "Asia/Shanghai"),
            "kwh": pl.Float64,
        },
        orient="row",
    )
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    words = [(row[0], row[1]) for row in rows]
    return Item(path, out.getvalue(), cells("", words, (("meter", ""), ("account_holder", "PERSON"))))
