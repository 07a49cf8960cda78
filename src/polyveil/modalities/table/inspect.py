"""Inspect a table: classify columns, search words, measure."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from polyveil.errors import AssetError
from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.table.codec import as_text
from polyveil.modalities.table.detectors.columns import Column, classify, is_empty, is_plain
from polyveil.modalities.table.detectors.quality import measure, together
from polyveil.modalities.table.fingerprint import Sketch
from polyveil.modalities.table.stream import source
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection
from polyveil.schema.locations import Field, Span
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Known, Part
from polyveil.schema.policy import Policy

MAX_CELL_FINDINGS = 100_000  # cells of a column; above, one finding stands for the column
MAX_TABLE_FINDINGS = 200_000  # of all columns; once reached, one finding stands for each further column
HEADER_ROW = "header"
TEXT_DETECTOR = "column-text"
"""Detector of a column-level finding whose cells hold values among other words: transform searches them again."""


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings by cell (`row/column`) or, in long tables, by column (`*/column`), column after column.

    Raises AssetError as `stream.source` does.
    """
    table = source(part, ctx)
    sketch, measures = Sketch(), []
    columns: list[Column] = []
    findings: dict[Finding, None] = {}
    for batch in table.batches():
        if not columns:
            columns = classify(batch, ctx.policy)
            findings |= dict.fromkeys(_names(batch, columns, ctx.policy) if table.dialect.header else ())
        for index, column in enumerate(columns):
            cells = table.whole and batch.height <= MAX_CELL_FINDINGS and len(findings) <= MAX_TABLE_FINDINGS
            found = _column(batch[column.name], column, ctx.policy, part.hints.known, long=not cells)
            findings |= dict.fromkeys(found)
            ctx.progress((index + 1) / len(columns))
        sketch.update(batch)
        measures.append(measure(batch, columns))
    if not measures:
        raise AssetError(QuarantineCode.EMPTY, "a table of no rows")
    return Inspection(tuple(findings), sketch.fingerprint(), together(measures))


def overridden(policy: Policy) -> dict[str, str]:
    """Column names that the policy names itself, case-folded, with their operators."""
    return {name.casefold(): operator.op for name, operator in policy.roads.table.columns.items()}


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


def _column(
    series: pl.Series, column: Column, policy: Policy, known: tuple[Known, ...], *, long: bool
) -> list[Finding]:
    override = overridden(policy).get(column.name.casefold())
    if override == "keep":
        return []
    if column.kind == "opaque":
        return [Finding(column.entity, Field(f"*/{column.name}"), column.score, column.detector)]
    if override is not None and column.kind != "whole":
        column = Column(column.name, "whole", "DENY_LIST", 1.0, "column-policy")
    if column.kind == "whole":
        return _whole(series, column, policy, long=long)
    if column.kind == "plain":
        return []
    return _words(series, column, policy, known, long=long)


def _whole(series: pl.Series, column: Column, policy: Policy, *, long: bool) -> list[Finding]:
    if column.detector != "column-policy" and column.score < policy.threshold(column.entity):
        return []
    if long:
        return [Finding(column.entity, Field(f"*/{column.name}"), column.score, column.detector)]
    rows = []
    for row, value in enumerate(series.to_list()):
        text = as_text(value)
        if text is not None and not is_empty(text):
            rows.append(Finding(column.entity, Field(f"{row}/{column.name}"), column.score, column.detector, text))
    return rows


def _words(series: pl.Series, column: Column, policy: Policy, known: tuple[Known, ...], *, long: bool) -> list[Finding]:
    seen: dict[str, list[Finding]] = {}
    rows: list[Finding] = []
    entities: dict[str, float] = {}
    for row, value in enumerate(series.to_list()):
        text = as_text(value)
        if text is None or is_plain(text) or is_empty(text):
            continue
        if text not in seen:
            seen[text] = text_room.find(text, policy, known=known, context=column.name)
        for found in seen[text]:
            if not isinstance(found.location, Span):
                continue
            entities[found.entity] = max(entities.get(found.entity, 0.0), found.score)
            if not long:
                place = Field(f"{row}/{column.name}", found.location)
                rows.append(Finding(found.entity, place, found.score, found.detector, found.value))
    if long:
        return [Finding(name, Field(f"*/{column.name}"), score, TEXT_DETECTOR) for name, score in entities.items()]
    return rows
