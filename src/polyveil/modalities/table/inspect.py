"""Inspect a table: classify columns, search words, measure."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from polyveil.errors import AssetError
from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.table.detectors.cells import Search, people_by_row
from polyveil.modalities.table.detectors.columns import Column, classify
from polyveil.modalities.table.detectors.quality import measure, together
from polyveil.modalities.table.fingerprint import Sketch
from polyveil.modalities.table.stream import source
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection
from polyveil.schema.locations import Field, Span
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part
from polyveil.schema.policy import Policy

MAX_CELL_FINDINGS = 100_000  # cells of a column; above, one finding stands for the column
MAX_TABLE_FINDINGS = 200_000  # of all columns; once reached, one finding stands for each further column
HEADER_ROW = "header"


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings by cell (`row/column`) or, in long tables, by column (`*/column`), column after column.

    Raises AssetError as `stream.source` does.
    """
    table = source(part, ctx)
    sketch, measures = Sketch(), []
    columns: list[Column] = []
    seen: dict[tuple[str, str], list[Finding]] = {}
    findings: dict[Finding, None] = {}
    for batch in table.batches():
        if not columns:
            columns = classify(batch, ctx.policy)
            findings |= dict.fromkeys(_names(batch, columns, ctx.policy) if table.dialect.header else ())
        few = table.whole and batch.height <= MAX_CELL_FINDINGS
        people = people_by_row(batch, columns) if few else {}
        for index, column in enumerate(columns):
            search = Search(
                ctx.policy, part.hints.known, people, cells=few and len(findings) <= MAX_TABLE_FINDINGS, seen=seen
            )
            findings |= dict.fromkeys(search.column(batch[column.name], column))
            ctx.progress((index + 1) / len(columns))
        sketch.update(batch)
        measures.append(measure(batch, columns))
    if not measures:
        raise AssetError(QuarantineCode.EMPTY, "a table of no rows")
    return Inspection(tuple(findings), sketch.fingerprint(), together(measures))


def _names(frame: pl.DataFrame, columns: list[Column], policy: Policy) -> Iterator[Finding]:
    """A column named by a value (one column a person, an address as a header) gives that value away."""
    for name, column in zip(frame.columns, columns, strict=True):
        if column.detector == "column-name" or not any(char.isdigit() or char == "@" for char in name):
            continue
        for found in text_room.find(name, policy):
            span = found.location
            if isinstance(span, Span) and span.end - span.start >= 6:
                yield Finding(
                    found.entity, Field(f"{HEADER_ROW}/{name}", span), found.score, found.detector, found.value
                )
