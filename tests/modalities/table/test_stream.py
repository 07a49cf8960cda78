from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import table
from polyveil.modalities.interface import Context
from polyveil.modalities.table import stream
from polyveil.modalities.table.codec import CSV, PARQUET
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Field
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

_ROWS = 1000


def _frame() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": [f"{i:04d}" for i in range(_ROWS)],
            "姓名": [f"张小{'甲乙丙丁'[i % 4]}" for i in range(_ROWS)],
            "email": [f"user{i % 90}@example.com" for i in range(_ROWS)],
            "notes": [f"ask mail{i % 50}@private.example, then wait" if i % 3 else "fine" for i in range(_ROWS)],
        }
    )


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A context under which any file is large."""
    monkeypatch.setattr(stream, "BATCH_ROWS", 100)
    small = replace(Limits(), max_memory_bytes=100)
    return Context(load("default"), Identity(b"k" * 32), tmp_path, small)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_large_text_table_is_answered_in_batches(ctx: Context, encoding: str) -> None:
    source = ctx.workdir / "in.csv"
    source.write_bytes(_frame().write_csv().encode(encoding))
    part = Part("", Modality.TABLE, CSV, source)
    inspection = table.inspect(part, ctx)
    places = {(f.entity, f.location.path) for f in inspection.findings if isinstance(f.location, Field)}
    assert {("PERSON", "*/姓名"), ("EMAIL_ADDRESS", "*/email"), ("EMAIL_ADDRESS", "*/notes")} <= places
    assert inspection.metrics["rows"] == float(_ROWS)
    done = table.transform(part, inspection.findings, ctx).part
    assert isinstance(done.data, Path)
    text = done.data.read_text(encoding)
    assert "private.example" not in text
    assert "user7@" not in text
    assert "张小" not in text
    out = pl.read_csv(text.encode(), infer_schema=False)
    assert out["id"].to_list() == _frame()["id"].to_list()
    assert [value for value in out["notes"] if value == "fine"] == ["fine"] * ((_ROWS + 2) // 3)
    assert sorted(path.name for path in ctx.workdir.glob("piece-*")) == []


def test_a_large_parquet_keeps_its_types(ctx: Context) -> None:
    source = ctx.workdir / "in.parquet"
    frame = _frame().with_columns(k=pl.int_range(_ROWS), age=pl.int_range(_ROWS) % 80)
    frame.write_parquet(source)
    part = Part("", Modality.TABLE, PARQUET, source)
    done = table.transform(part, table.inspect(part, ctx).findings, ctx).part
    assert isinstance(done.data, Path)
    out = pl.read_parquet(done.data)
    assert out.schema == frame.schema
    assert out["k"].to_list() == list(range(_ROWS))
    assert out["age"].max() == 70
    assert not set(out["email"]) & set(frame["email"])


def test_batches_and_the_whole_are_the_same_table(ctx: Context) -> None:
    source = ctx.workdir / "in.csv"
    source.write_bytes(_frame().write_csv().encode())
    many = table.inspect(Part("", Modality.TABLE, CSV, source), ctx).fingerprint
    whole = replace(ctx, limits=Limits())
    one = table.inspect(Part("", Modality.TABLE, CSV, source.read_bytes()), whole).fingerprint
    assert many == one


def test_damage_in_the_middle_is_refused(ctx: Context) -> None:
    source = ctx.workdir / "in.csv"
    raw = _frame().write_csv().encode()
    source.write_bytes(raw[: len(raw) // 2] + b"a,b,c,d,e,f,g,h\n" + raw[len(raw) // 2 :] + b"\xff\xfe\xff")
    with pytest.raises(AssetError) as error:
        table.inspect(Part("", Modality.TABLE, CSV, source), ctx)
    assert error.value.code is QuarantineCode.CORRUPT
