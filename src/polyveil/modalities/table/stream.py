"""Tables as batches of rows: one batch where the table fits, many where it does not, so that memory stays bounded."""

from __future__ import annotations

import codecs
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.table.codec import CSV, PARQUET, TSV, Table, flat, kind_of, read, reads, write
from polyveil.modalities.table.delimited import Dialect, column_names, recode, sniff
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

BATCH_ROWS = 100_000
_LARGE_CELLS = 5_000_000
_HEAD = 256 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A table to be read batch by batch, as often as wanted. `whole` says that there is one batch."""

    kind: Literal["csv", "parquet", "arrow"]
    dialect: Dialect
    whole: bool
    batches: Callable[[], Iterator[pl.DataFrame]] = field(repr=False)


def source(part: Part, ctx: Context) -> Source:
    """Raises AssetError as `codec.read` does, here or while batches are read."""
    kind = kind_of(part)
    if part.size > ctx.limits.max_expanded_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"a table of {part.size} bytes")
    if kind == "csv" and part.size > ctx.limits.max_memory_bytes:
        return _delimited(part, ctx)
    if kind == "parquet" and _is_large(part, ctx):
        return Source("parquet", Dialect(), whole=False, batches=lambda: _parquet(part))
    table = read(part, ctx.limits)
    return Source(table.kind, table.dialect, whole=True, batches=lambda: iter([table.frame]))


def _is_large(part: Part, ctx: Context) -> bool:
    if not isinstance(part.data, Path):
        return False
    with reads("parquet"):
        cells = pl.scan_parquet(part.data).select(pl.len()).collect().item() * len(pl.read_parquet_schema(part.data))
    return bool(part.size > ctx.limits.max_memory_bytes or cells > _LARGE_CELLS)


def _parquet(part: Part) -> Iterator[pl.DataFrame]:
    with reads("parquet"):
        yield from _nonempty(pl.scan_parquet(part.data))


def _nonempty(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    for batch in frame.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True):
        if batch.height:
            yield batch


def _delimited(part: Part, ctx: Context) -> Source:
    with part.open() as file:
        head = file.read(_HEAD)
    dialect = sniff(head, tabs=part.media_type == TSV, whole=False)
    path = _as_utf8(part, dialect, ctx)
    return Source("csv", dialect, whole=False, batches=lambda: _rows(path, dialect))


def _as_utf8(part: Part, dialect: Dialect, ctx: Context) -> Path:
    """The file itself if polars can read it, else a private copy in UTF-8."""
    if isinstance(part.data, Path) and dialect.encoding in {"utf-8", "utf-8-sig"}:
        return part.data
    path = ctx.workdir / f"table-{secrets.token_hex(8)}.csv"
    decoder = codecs.getincrementaldecoder(dialect.encoding)()
    try:
        with part.open() as source_file, path.open("w", encoding="utf-8", newline="") as target:
            while chunk := source_file.read(1 << 20):
                target.write(decoder.decode(chunk))
            target.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        raise AssetError(QuarantineCode.CORRUPT, "the table does not decode as text") from None
    return path


def _rows(path: Path, dialect: Dialect) -> Iterator[pl.DataFrame]:
    with reads("csv"):
        frame = pl.scan_csv(path, separator=dialect.delimiter, has_header=False, infer_schema=False)
        names: dict[str, str] | None = None
        for batch in _nonempty(frame):
            if names is None:
                names = column_names(batch, dialect)
                body = batch.slice(1) if dialect.header else batch
            else:
                body = batch
            if body.height:
                yield body.rename(names)


class Sink:
    """Answered batches on their way into one file, in memory for one batch, in private files for many."""

    def __init__(self, wanted: Literal["keep", "parquet", "csv"], origin: Source, ctx: Context) -> None:
        self._wanted, self._origin, self._workdir = wanted, origin, ctx.workdir
        self._pieces: list[Path] = []
        self._one: pl.DataFrame | None = None

    def add(self, batch: pl.DataFrame) -> None:
        if self._origin.whole:
            self._one = batch
            return
        path = self._workdir / f"piece-{secrets.token_hex(8)}.parquet"
        batch.write_parquet(path, compression="lz4", statistics=False)
        self._pieces.append(path)

    def close(self) -> tuple[bytes | Path, str]:
        """(the file, its media type)."""
        if self._one is not None:
            return write(Table(self._one, self._origin.kind, self._origin.dialect), self._wanted)
        kind = self._origin.kind if self._wanted == "keep" else self._wanted
        path = self._workdir / f"answered-{secrets.token_hex(8)}"
        frame = self._together()
        if kind == "csv":
            dialect = self._origin.dialect
            frame.sink_csv(
                path,
                separator=dialect.delimiter,
                include_header=dialect.header,
                include_bom=dialect.bom,
                line_terminator=dialect.newline,
                quote_style="necessary",
            )
            recode(path, dialect)
        else:
            frame.sink_parquet(path, compression="zstd")
        for piece in self._pieces:
            piece.unlink()
        if kind != "csv":
            return path, PARQUET
        return path, TSV if self._origin.dialect.delimiter == "\t" else CSV

    def _together(self) -> pl.LazyFrame:
        """All pieces in order; a column that is text in one of them is text in all."""
        schemas = [pl.read_parquet_schema(piece) for piece in self._pieces]
        texts = {name for name in schemas[0] if len({schema[name] for schema in schemas}) > 1}
        frames = [
            pl.scan_parquet(piece).with_columns(pl.col(name).cast(pl.String) for name in texts)
            for piece in self._pieces
        ]
        frame = pl.concat(frames, how="vertical")
        if (self._origin.kind if self._wanted == "keep" else self._wanted) == "csv":
            nested = [name for name, dtype in schemas[0].items() if dtype.is_nested()]
            if nested:
                frame = frame.map_batches(flat, streamable=True)
        return frame
