"""Delimited text: encoding, delimiter, header and rows of unequal length."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from polyveil.errors import AssetError
from polyveil.schema.outcome import QuarantineCode

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 100
_SAMPLE_BYTES = 256 * 1024
_DATA_LIKE = re.compile(r"[-+]?[\d.,:/ -]*\d[\d.,:/ %-]*\Z|.*@.*\.|.*\d{7}")
_MAX_FIELD = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text table is written."""

    delimiter: str = ","
    encoding: str = "utf-8"
    header: bool = True
    bom: bool = False
    newline: str = "\n"


def sniff(raw: bytes, *, tabs: bool = False, whole: bool = True) -> Dialect:
    """The dialect of a text table, or of the head of one. Raises AssetError (corrupt) if no encoding fits."""
    encoding, bom = _encoding(raw, whole=whole)
    text = decode(raw[:_SAMPLE_BYTES], encoding, whole=whole and len(raw) <= _SAMPLE_BYTES)
    newline = "\r\n" if "\r\n" in text else "\n"
    delimiter = "\t" if tabs and "\t" in text else _delimiter(text)
    rows = _rows(text, delimiter)
    return Dialect(delimiter, encoding, _has_header(rows), bom, newline)


def _encoding(raw: bytes, *, whole: bool) -> tuple[str, bool]:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return name, True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw, final=whole)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", False
    from charset_normalizer import from_bytes

    best = from_bytes(raw[: 64 * 1024]).best()
    if best is None:
        raise AssetError(QuarantineCode.CORRUPT, "the table's text encoding is not known")
    name = best.encoding
    return ("gb18030" if name in {"gb2312", "gbk", "gb18030", "cp936"} else name), False


def decode(raw: bytes, encoding: str, *, whole: bool = True) -> str:
    """The text of the bytes. Raises AssetError (corrupt) where they do not decode, or hold NUL characters."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        text = decoder.decode(raw, final=whole)
    except (UnicodeDecodeError, LookupError):
        raise AssetError(QuarantineCode.CORRUPT, "the table does not decode as text") from None
    if "\0" in text:
        raise AssetError(QuarantineCode.CORRUPT, "the table holds NUL characters")
    return text.removeprefix("\ufeff")


def recoded(data: bytes, dialect: Dialect) -> bytes:
    """A table in UTF-8 in its own encoding; as it is if that lacks a character."""
    if dialect.encoding in {"utf-8", "utf-8-sig"}:
        return data
    try:
        return data.decode("utf-8-sig").encode(dialect.encoding)
    except UnicodeEncodeError:
        return data


def recode(path: Path, dialect: Dialect) -> None:
    """The same for a file, a piece at a time, in place."""
    if dialect.encoding in {"utf-8", "utf-8-sig"}:
        return
    other, encoder = path.with_suffix(".recoded"), codecs.getincrementalencoder(dialect.encoding)()
    try:
        with path.open(encoding="utf-8-sig", newline="") as source, other.open("wb") as target:
            while text := source.read(1 << 20):
                target.write(encoder.encode(text))
            target.write(encoder.encode("", final=True))
    except UnicodeEncodeError:
        other.unlink()
    else:
        other.replace(path)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    lines = io.StringIO("\n".join(text.splitlines()[:_SAMPLE_LINES]), newline="")
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _delimiter(text: str) -> str:
    """The delimiter by which most sample rows have the same, largest number of fields."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _rows(text, delimiter) if row]
        if not widths:
            return (0.0, 0)
        common = max(set(widths), key=widths.count)
        return (widths.count(common) / len(widths) if common > 1 else 0.0, common)

    return max(_DELIMITERS, key=score)


def _has_header(rows: list[list[str]]) -> bool:
    """Does the first row name the columns? Not if it holds numbers, addresses or doubles."""
    if len(rows) < 2:
        return bool(rows) and not any(_DATA_LIKE.match(cell.strip()) for cell in rows[0] if cell.strip())
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    return bool(named) and len(set(named)) == len(named) and not any(_DATA_LIKE.match(cell) for cell in named)


def parse(raw: bytes, dialect: Dialect) -> pl.DataFrame:
    """Every cell as text (empty ones null). Rows of unequal length are padded; none is dropped.

    Raises AssetError (corrupt) if no reader makes rows of it.
    """
    text = decode(raw, dialect.encoding)
    try:
        frame = pl.read_csv(
            text.encode(),
            separator=dialect.delimiter,
            has_header=False,
            infer_schema=False,
            raise_if_empty=True,
            missing_columns="raise",
        )
    except pl.exceptions.NoDataError:
        raise AssetError(QuarantineCode.EMPTY, "a table of no rows") from None
    except (pl.exceptions.PolarsError, ValueError):
        frame = _padded(text, dialect)
    if all(frame[name].null_count() == frame.height for name in frame.columns):
        raise AssetError(QuarantineCode.EMPTY, "a table of no values")
    body = frame.slice(1) if dialect.header else frame
    return body.rename(column_names(frame, dialect))


def _padded(text: str, dialect: Dialect) -> pl.DataFrame:
    csv.field_size_limit(_MAX_FIELD)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, strict=True) if row
        ]
    except csv.Error:
        raise AssetError(QuarantineCode.CORRUPT, "the rows do not parse") from None
    if not rows:
        raise AssetError(QuarantineCode.EMPTY, "a table of no rows")
    width = max(len(row) for row in rows)
    if width * len(rows) > 4 * sum(len(row) for row in rows) + 1000:
        raise AssetError(QuarantineCode.CORRUPT, "the rows do not make a table")
    columns = {f"column_{i + 1}": [row[i] if i < len(row) and row[i] else None for row in rows] for i in range(width)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def column_names(frame: pl.DataFrame, dialect: Dialect) -> dict[str, str]:
    """Names for the reader's columns: the cells of the first row if that is a header, made distinct; else numbers."""
    if not dialect.header:
        return {old: f"column_{i + 1}" for i, old in enumerate(frame.columns)}
    names: list[str] = []
    for i, cell in enumerate(frame.row(0)):
        name = (cell or "").strip() or f"column_{i + 1}"
        while name in names:
            name += "_"
        names.append(name)
    return dict(zip(frame.columns, names, strict=True))
