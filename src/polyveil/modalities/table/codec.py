"""Read and write tables: CSV and TSV of any delimiter and encoding, Parquet, Arrow IPC (Feather).

Text formats are read as text, every cell as it stands: no number or date is guessed, so that a zero-led postcode
and a 19-digit card survive. Binary formats keep their types.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from polyveil.errors import AssetError
from polyveil.modalities.table.delimited import Dialect, parse, recoded, sniff
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

CSV, TSV = "text/csv", "text/tab-separated-values"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.file"
MAX_CELLS = 50_000_000
MAX_DECODED_BYTES = 400 * 1024**2  # the frame; the road holds at most three copies of a column beside it
_FORMATS: dict[str, Literal["csv", "parquet", "arrow"]] = {
    CSV: "csv",
    TSV: "csv",
    "text/plain": "csv",
    "application/csv": "csv",
    PARQUET: "parquet",
    "application/x-parquet": "parquet",
    "application/parquet": "parquet",
    ARROW: "arrow",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/feather": "arrow",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A decoded table. `dialect` is that of a text format."""

    frame: pl.DataFrame = field(repr=False)
    kind: Literal["csv", "parquet", "arrow"]
    dialect: Dialect = field(default_factory=Dialect)


def kind_of(part: Part) -> Literal["csv", "parquet", "arrow"]:
    """The format of a part. Raises AssetError: empty, unsupported."""
    kind = _FORMATS.get(part.media_type)
    if kind is None:
        raise AssetError(QuarantineCode.UNSUPPORTED, f"no table reader for {part.media_type}")
    if part.size == 0:
        raise AssetError(QuarantineCode.EMPTY, "a table of no bytes")
    return kind


def read(part: Part, limits: Limits) -> Table:
    """Decode a part. Raises AssetError: empty, corrupt, too large, unsupported."""
    kind = kind_of(part)
    if part.size > limits.max_text_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"a table of {part.size} bytes")
    if kind == "csv":
        raw = part.read()
        dialect = sniff(raw, tabs=part.media_type == TSV)
        return Table(_bounded(parse(raw, dialect)), "csv", dialect)
    with reads(kind):
        return Table(_bounded(_parquet(part) if kind == "parquet" else _arrow(part.read())), kind)


@contextmanager
def reads(kind: str) -> Iterator[None]:
    """Whatever the reader raises for a damaged file becomes an AssetError (corrupt)."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError, ValueError):
        raise AssetError(QuarantineCode.CORRUPT, f"the file does not read as {kind}") from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # polars' Rust core: a damaged file, not a defect of the caller
            raise AssetError(QuarantineCode.CORRUPT, f"the file does not read as {kind}") from None
        raise


def _parquet(part: Part) -> pl.DataFrame:
    source = part.data if isinstance(part.data, Path) else io.BytesIO(part.data)
    rows = pl.scan_parquet(source).select(pl.len()).collect().item()
    width = len(pl.read_parquet_schema(source))
    if rows * width > MAX_CELLS:
        raise AssetError(QuarantineCode.TOO_LARGE, f"{rows} rows of {width} columns")
    return pl.read_parquet(source)


def _arrow(raw: bytes) -> pl.DataFrame:
    return pl.read_ipc(io.BytesIO(raw)) if raw[:6] == b"ARROW1" else pl.read_ipc_stream(io.BytesIO(raw))


def _bounded(frame: pl.DataFrame) -> pl.DataFrame:
    if frame.height * max(frame.width, 1) > MAX_CELLS or frame.estimated_size() > MAX_DECODED_BYTES:
        raise AssetError(QuarantineCode.TOO_LARGE, f"{frame.height} rows of {frame.width} columns")
    if frame.width == 0:
        raise AssetError(QuarantineCode.EMPTY, "a table of no columns")
    return frame


def write(table: Table, wanted: Literal["keep", "parquet", "csv"]) -> tuple[bytes, str]:
    """(bytes, media type) in the table's own format or the wanted one. Text keeps its encoding if that has
    every character, else it is UTF-8; nested cells are JSON.
    """
    kind = table.kind if wanted == "keep" else wanted
    out = io.BytesIO()
    if kind == "parquet":
        table.frame.write_parquet(out, compression="zstd")
        return out.getvalue(), PARQUET
    if kind == "arrow":
        table.frame.write_ipc(out, compression="zstd")
        return out.getvalue(), ARROW
    dialect = table.dialect if table.kind == "csv" else Dialect()
    flat(table.frame).write_csv(
        out,
        separator=dialect.delimiter,
        include_header=dialect.header,
        include_bom=dialect.bom,
        line_terminator=dialect.newline,
        quote_style="necessary",
    )
    return recoded(out.getvalue(), dialect), TSV if dialect.delimiter == "\t" else CSV


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Nested columns as text, for formats that hold no nesting."""
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    return frame.with_columns(pl.Series(name, [as_text(v) for v in frame[name]], dtype=pl.String) for name in nested)


def as_text(value: object) -> str | None:
    """A cell's value as text; nested ones as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (pl.Series, list, dict)):
        import json

        plain = value.to_list() if isinstance(value, pl.Series) else value
        return json.dumps(plain, ensure_ascii=False, default=str)
    return str(value)
