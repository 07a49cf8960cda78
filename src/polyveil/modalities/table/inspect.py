"""Inspect a table: classify columns, search words, measure."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.table.codec import as_text, read
from polyveil.modalities.table.detectors.columns import Column, classify, is_empty, is_plain
from polyveil.modalities.table.detectors.quality import measure
from polyveil.modalities.table.fingerprint import fingerprint
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection
from polyveil.schema.locations import Field, Span
from polyveil.schema.part import Known, Part
from polyveil.schema.policy import Policy

MAX_CELL_FINDINGS = 100_000  # cells of a column; above, one finding stands for the column
HEADER_ROW = "header"
TEXT_DETECTOR = "column-text"
"""Detector of a column-level finding whose cells hold values among other words: transform searches them again."""


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings by cell (`row/column`) or, in long tables, by column (`*/column`), column after column.

    Raises AssetError as `codec.read` does.
    """
    table = read(part, ctx.limits)
    frame = table.frame
    columns = classify(frame, ctx.policy)
    findings = list(_names(frame, columns, ctx.policy)) if table.dialect.header else []
    for index, column in enumerate(columns):
        findings += _column(frame[column.name], column, ctx.policy, part.hints.known)
        ctx.progress((index + 1) / len(columns))
    return Inspection(tuple(findings), fingerprint(frame), measure(frame, columns))


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


def _column(series: pl.Series, column: Column, policy: Policy, known: tuple[Known, ...]) -> list[Finding]:
    override = overridden(policy).get(column.name.casefold())
    if override == "keep":
        return []
    long = len(series) > MAX_CELL_FINDINGS
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
