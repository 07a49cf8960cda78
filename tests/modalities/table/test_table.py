from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import table
from polyveil.modalities.interface import Context
from polyveil.modalities.table.codec import ARROW, CSV, PARQUET, TSV
from polyveil.modalities.table.delimited import Dialect, parse, sniff
from polyveil.modalities.table.detectors.lexicon import entity_of_name
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection, Transformed
from polyveil.schema.locations import Field, Span
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator, Policy

_CUSTOMERS = """客户编号,姓名,手机号,email,dob,city,notes,amount
1001,张伟,13812345678,zhang.wei@example.com,1980-01-02,上海,"Wants a call, then a letter",12.50
1002,李娜,13987654321,li.na@example.org,1975-11-30,北京,"write to mail@private.example please",7
1003,Ada Lovelace,13711112222,ada@example.net,1990-06-15,London,n/a,0012
"""


def _ctx(tmp: Path, policy: Policy | None = None) -> Context:
    return Context(policy or load("default"), Identity(b"k" * 32), tmp)


def _part(data: bytes, media_type: str = CSV) -> Part:
    return Part("", Modality.TABLE, media_type, data)


def _parquet(frame: pl.DataFrame) -> Part:
    out = io.BytesIO()
    frame.write_parquet(out)
    return _part(out.getvalue(), PARQUET)


def _run(part: Part, ctx: Context) -> tuple[Inspection, Transformed, bytes]:
    inspection = table.inspect(part, ctx)
    done = table.transform(part, inspection.findings, ctx)
    assert isinstance(done.part.data, bytes)
    return inspection, done, done.part.data


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("姓名", "PERSON"),
        ("客户姓名", "PERSON"),
        ("客户数", None),
        ("name", "PERSON"),
        ("customerName", "PERSON"),
        ("first_name", "PERSON"),
        ("product_name", None),
        ("file name", None),
        ("username", "USERNAME"),
        ("手机号", "CN_PHONE_NUMBER"),
        ("phone_number", "PHONE_NUMBER"),
        ("Home Tel", "PHONE_NUMBER"),
        ("身份证号码", "CN_ID_CARD"),
        ("email_address", "EMAIL_ADDRESS"),
        ("ip_address", "IP_ADDRESS"),
        ("MAC", "MAC_ADDRESS"),
        ("mac_addr", "MAC_ADDRESS"),
        ("street address", "STREET_ADDRESS"),
        ("住址", "STREET_ADDRESS"),
        ("DOB", "DATE_TIME"),
        ("出生日期", "DATE_TIME"),
        ("updated_at", "DATE_TIME"),
        ("update", None),
        ("birthDate", "DATE_TIME"),
        ("lat", "GEO_COORDINATES"),
        ("GPS Longitude", "GEO_COORDINATES"),
        ("经度", "GEO_COORDINATES"),
        ("device_id", "DEVICE_ID"),
        ("deviceId", "DEVICE_ID"),
        ("sensor serial", "DEVICE_ID"),
        ("SSN", "US_SSN"),
        ("patient_id", "MEDICAL_RECORD_NUMBER"),
        ("病历号", "MEDICAL_RECORD_NUMBER"),
        ("age", "AGE"),
        ("page", None),
        ("zip_code", "POSTAL_CODE"),
        ("temperature", None),
        ("amount", None),
        ("满意度评级", None),
        ("card number", "CREDIT_CARD"),
        ("车牌号", "CN_LICENSE_PLATE"),
    ],
)
def test_names_of_columns(name: str, entity: str | None) -> None:
    assert entity_of_name(name) == entity


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_customers_in_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(csv.reader(io.StringIO(_CUSTOMERS)))
    inspection, _, data = _run(_part(out.getvalue().encode(encoding)), _ctx(tmp_path))
    found = {
        (finding.location.path, finding.entity): finding.value
        for finding in inspection.findings
        if isinstance(finding.location, Field)
    }
    assert found["0/姓名", "PERSON"] == "张伟"
    assert found["1/手机号", "CN_PHONE_NUMBER"] == "13987654321"
    assert found["2/email", "EMAIL_ADDRESS"] == "ada@example.net"
    assert found["0/dob", "DATE_TIME"] == "1980-01-02"
    text = data.decode(encoding)
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    assert rows[0] == next(csv.reader(io.StringIO(_CUSTOMERS)))
    assert [row[7] for row in rows[1:]] == ["12.50", "7", "0012"]
    assert rows[1][6] == "Wants a call, then a letter"
    for gone in (
        "张伟",
        "13812345678",
        "zhang.wei",
        "1980-01-02",
        "李娜",
        "mail@private.example",
        "Lovelace",
        "1990-06-15",
    ):
        assert gone not in text
    assert "\r\n" in text


def test_words_are_found_with_their_span(tmp_path: Path) -> None:
    inspection = table.inspect(_part(_CUSTOMERS.encode()), _ctx(tmp_path))
    spans = [
        (finding.location.path, finding.location.span, finding.value)
        for finding in inspection.findings
        if isinstance(finding.location, Field) and finding.location.span is not None
    ]
    assert ("1/notes", Span(9, 29), "mail@private.example") in spans


def test_values_show_what_a_column_without_a_name_is(tmp_path: Path) -> None:
    rows = "".join(f"{i},user{i}@example.com,x\n" for i in range(1, 30))
    inspection, _, data = _run(_part(rows.encode()), _ctx(tmp_path))
    assert {finding.entity for finding in inspection.findings} >= {"EMAIL_ADDRESS"}
    assert b"user7@example.com" not in data
    assert data.count(b"\n") == 29  # no header was invented, no row taken for one


def test_the_same_value_has_the_same_answer_and_rows_stay(tmp_path: Path) -> None:
    frame = pl.DataFrame({"name": ["Ada Byron", "Bob Ross", "Ada Byron"], "n": ["1", "2", "3"]})
    _, _, data = _run(_parquet(frame), _ctx(tmp_path))
    out = pl.read_parquet(data)
    assert out["name"][0] == out["name"][2] != out["name"][1]
    assert out["n"].to_list() == ["1", "2", "3"]


def _readings(count: int) -> pl.DataFrame:
    start = datetime(2024, 1, 1)  # noqa: DTZ001  # naive on purpose: sensors write so
    return pl.DataFrame(
        {
            "device_id": [f"meter-{i % 7}" for i in range(count)],
            "timestamp": [start + timedelta(minutes=i) for i in range(count)],
            "ts": [1_700_000_000_000 + 1000 * i for i in range(count)],
            "lat": [48.858_370 + i * 1e-6 for i in range(count)],
            "lon": [2.294_481] * count,
            "age": [20 + i % 60 for i in range(count)],
            "mac": [f"aa:bb:cc:dd:ee:{i % 256:02x}" for i in range(count)],
            "temperature": [20.0 + i % 5 for i in range(count)],
            "photo": [b"\x89PNG secret"] * count,
        }
    )


def test_sensor_readings_keep_their_types(tmp_path: Path) -> None:
    frame = _readings(300)
    inspection, done, data = _run(_parquet(frame), _ctx(tmp_path))
    out = pl.read_parquet(data)
    assert out.columns == frame.columns
    assert {k: v for k, v in out.schema.items() if k not in {"device_id", "mac"}} == {
        k: v for k, v in frame.schema.items() if k not in {"device_id", "mac"}
    }
    assert out["lat"].to_list() == pytest.approx([48.9] * 300)
    shift = out["timestamp"] - frame["timestamp"]
    assert shift.n_unique() == 1
    assert shift[0] != timedelta(0)
    assert (out["ts"] - frame["ts"]).n_unique() == 1
    assert timedelta(milliseconds=int(out["ts"][0] - frame["ts"][0])) == shift[0]
    assert set(out["age"].to_list()) == {20, 30, 40, 50, 60, 70}
    assert out["device_id"].n_unique() == 7
    assert not set(out["device_id"]) & set(frame["device_id"])
    assert out["temperature"].to_list() == frame["temperature"].to_list()
    assert out["photo"].null_count() == 300
    assert b"aa:bb:cc" not in data
    assert {line.entity for line in done.applied} >= {"DEVICE_ID", "GEO_COORDINATES", "DATE_TIME", "MAC_ADDRESS", "AGE"}
    assert inspection.metrics["rows"] == 300.0


def test_a_long_column_has_one_finding(tmp_path: Path) -> None:
    count = 100_001
    frame = pl.DataFrame({"name": ["Ada Byron", "Bob Ross", "Cy Twombly"] * (count // 3), "k": range(count // 3 * 3)})
    frame = pl.concat([frame, frame.head(count - frame.height)]) if frame.height < count else frame
    inspection, _, data = _run(_parquet(frame), _ctx(tmp_path))
    assert [finding.location for finding in inspection.findings] == [Field("*/name")]
    assert b"Twombly" not in data


def test_policy_columns_come_before_classification(tmp_path: Path) -> None:
    policy = load("default")
    columns = {"Name": Operator(op="keep"), "amount": Operator(op="redact")}
    roads = policy.roads.model_copy(update={"table": policy.roads.table.model_copy(update={"columns": columns})})
    ctx = _ctx(tmp_path, policy.model_copy(update={"roads": roads}))
    _, _, data = _run(
        _part(b"name,amount,email\nAda Byron,99123,ada@example.com\nBob Ross,88123,bob@example.com\n"), ctx
    )
    assert b"Ada Byron" in data
    assert b"99123" not in data
    assert b"ada@example.com" not in data


@pytest.mark.parametrize(("wanted", "media_type"), [("keep", CSV), ("parquet", PARQUET), ("csv", CSV)])
def test_format_is_kept_or_as_the_policy_says(tmp_path: Path, wanted: str, media_type: str) -> None:
    policy = load("default")
    roads = policy.roads.model_copy(update={"table": policy.roads.table.model_copy(update={"format": wanted})})
    _, done, _ = _run(_part(_CUSTOMERS.encode()), _ctx(tmp_path, policy.model_copy(update={"roads": roads})))
    assert done.part.media_type == media_type


def test_arrow_and_tsv_are_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    pl.DataFrame({"email": ["a@example.com", "b@example.com"]}).write_ipc(out)
    _, done, data = _run(_part(out.getvalue(), ARROW), _ctx(tmp_path))
    assert done.part.media_type == ARROW
    assert b"a@example.com" not in data
    _, done, data = _run(_part(b"email\tn\na@example.com\t1\n", TSV), _ctx(tmp_path))
    assert done.part.media_type == TSV
    assert data.startswith(b"email\tn\n")


def test_ragged_rows_are_kept(tmp_path: Path) -> None:
    _, _, data = _run(_part(b"name,n\nAda Byron,1,more,words\nBob Ross\n"), _ctx(tmp_path))
    rows = list(csv.reader(io.StringIO(data.decode())))
    assert [len(row) for row in rows] == [4, 4, 4]
    assert rows[1][1:] == ["1", "more", "words"]


@pytest.mark.parametrize(
    ("data", "media_type", "code"),
    [
        (b"", CSV, QuarantineCode.EMPTY),
        (b"\n\n", CSV, QuarantineCode.EMPTY),
        (b"a,b\n\0\0,\0\n", CSV, QuarantineCode.CORRUPT),
        (b'a,b\n"never closed,1\n' + b"x,y\n" * 5, CSV, QuarantineCode.CORRUPT),
        (b"PAR1 and nothing more PAR1", PARQUET, QuarantineCode.CORRUPT),
        (b"PAR1", PARQUET, QuarantineCode.CORRUPT),
        (b"ARROW1\0\0 no", ARROW, QuarantineCode.CORRUPT),
        (b"x", "application/x-unheard-of", QuarantineCode.UNSUPPORTED),
    ],
)
def test_bad_input_has_a_code(tmp_path: Path, data: bytes, media_type: str, code: QuarantineCode) -> None:
    with pytest.raises(AssetError) as error:
        table.inspect(_part(data, media_type), _ctx(tmp_path))
    assert error.value.code is code


def test_a_truncated_parquet_is_refused(tmp_path: Path) -> None:
    part = _parquet(_readings(100))
    assert isinstance(part.data, bytes)
    for cut in (10, len(part.data) // 2, len(part.data) - 3):
        with pytest.raises(AssetError):
            table.inspect(_part(part.data[:cut], PARQUET), _ctx(tmp_path))


def test_near_and_exact_copies(tmp_path: Path) -> None:
    frame = _readings(400).drop("photo")
    one = table.inspect(_parquet(frame), _ctx(tmp_path)).fingerprint
    reordered = table.inspect(_parquet(frame.select(reversed(frame.columns))), _ctx(tmp_path)).fingerprint
    edited = frame.with_columns(
        pl.when(pl.int_range(pl.len()) < 20).then(0.0).otherwise("temperature").alias("temperature")
    )
    near = table.inspect(_parquet(edited), _ctx(tmp_path)).fingerprint
    far = table.inspect(_parquet(frame.with_columns(pl.col("temperature") + 1)), _ctx(tmp_path)).fingerprint
    assert one.exact == reordered.exact
    assert one.exact != near.exact
    assert table.similar(one, near)
    assert set(one.bands) & set(near.bands)
    assert not table.similar(one, far)


def test_cleaning_counts_and_changes_nothing(tmp_path: Path) -> None:
    values = [20.0 + i % 5 for i in range(100)]
    values[7], values[8] = -400.0, 1000.0
    frame = pl.DataFrame({"temperature": values, "humidity": [50.0] * 99 + [140.0], "k": [*range(99), 98]})
    frame = pl.concat([frame, frame.tail(1)])
    inspection, _, data = _run(_parquet(frame), _ctx(tmp_path))
    assert inspection.metrics["impossible_values"] == 3.0
    assert inspection.metrics["duplicate_rows"] == 1.0
    assert inspection.metrics["outliers"] == 2.0
    assert pl.read_parquet(data).equals(frame)


def test_a_reviewed_finding_is_answered(tmp_path: Path) -> None:
    part = _part(b"product,n\nfrobnicator,1\nQuux Senior,2\n")
    extra = [Finding("PERSON", Field("1/product"), 1.0, "review", "Quux Senior")]
    data = table.transform(part, extra, _ctx(tmp_path)).part.data
    assert isinstance(data, bytes)
    assert b"Quux" not in data
    assert b"frobnicator,1" in data


_cell = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff", exclude_categories=["Cs"]), min_size=1)


@given(st.integers(2, 5).flatmap(lambda w: st.lists(st.lists(_cell, min_size=w, max_size=w), min_size=1, max_size=8)))
def test_any_quoted_cells_read_as_they_are(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    frame = parse(out.getvalue().encode(), Dialect(header=False))
    assert [list(row) for row in frame.rows()] == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        frame = parse(data, sniff(data))
    except AssetError:
        return
    assert frame.width >= 1


def test_the_released_table_says_how_well_rows_hide(tmp_path: Path) -> None:
    rows = (
        "name,age,sex,blood\n" + "".join(f"Ada Byron{i},{30 + i % 4},f,{i}\n" for i in range(20)) + "Bob Ross,71,m,1\n"
    )
    _, done, _ = _run(_part(rows.encode()), _ctx(tmp_path))
    assert done.metrics["quasi_identifiers"] == 2.0
    assert done.metrics["k_anonymity"] == 1.0
    assert done.metrics["unique_share"] == pytest.approx(1 / 21, abs=1e-4)


def test_times_of_day_are_no_dates(tmp_path: Path) -> None:
    raw = b"time,room,celsius\n00:00,hall,22.9\n13:30,archive,20.1\n"
    _, _, data = _run(_part(raw), _ctx(tmp_path))
    assert data == raw


def test_an_hour_that_the_clocks_skip_is_still_shifted(tmp_path: Path) -> None:
    start, end = datetime(2024, 1, 1, 2, 30), datetime(2026, 1, 1)  # noqa: DTZ001
    stamps = pl.datetime_range(start, end, "1d", time_zone="Europe/Paris", eager=True)
    frame = pl.DataFrame({"time": stamps, "patient_id": [f"P{i % 40}" for i in range(len(stamps))]})
    _, _, data = _run(_parquet(frame), _ctx(tmp_path))
    out = pl.read_parquet(data)["time"]
    assert out.null_count() == 0
    assert (out != stamps).all()


def test_local_hours_survive_a_change_of_clocks(tmp_path: Path) -> None:
    stamps = pl.datetime_range(datetime(2024, 3, 1), datetime(2024, 4, 20), "6h", time_zone="Europe/Paris", eager=True)  # noqa: DTZ001
    frame = pl.DataFrame({"time": stamps, "k": range(len(stamps))})
    _, _, data = _run(_parquet(frame), _ctx(tmp_path))
    out = pl.read_parquet(data)["time"]
    assert out.dtype == stamps.dtype
    assert out.dt.hour().to_list() == stamps.dt.hour().to_list()
    assert (out != stamps).all()


def test_a_note_about_the_row_is_searched_for_its_names(tmp_path: Path) -> None:
    rows = b"name,notes\nZebulon Quarry,Zebulon rang again\nBob Ross,the quarry is closed\n"
    _, _, data = _run(_part(rows), _ctx(tmp_path))
    assert b"Zebulon" not in data
    assert b"the quarry is closed" in data


def test_one_number_has_one_surrogate_in_a_column_and_in_words(tmp_path: Path) -> None:
    rows = "phone,notes\n13812345678,请拨打 13812345678\n212-555-0143,x\n212-555-0199,y\n".encode()
    _, _, data = _run(_part(rows), _ctx(tmp_path))
    out = list(csv.reader(io.StringIO(data.decode())))
    assert out[1][0] != "13812345678"
    assert out[1][0] in out[1][1]
