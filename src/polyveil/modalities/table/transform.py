"""Transform a table: each finding's cell under the policy's operator, each column's type kept where it can be."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.table.answers import ColumnFindings, Work, answered, renamed
from polyveil.modalities.table.detectors.cells import TEXT_DETECTOR
from polyveil.modalities.table.detectors.risk import anonymity
from polyveil.modalities.table.inspect import HEADER_ROW
from polyveil.modalities.table.stream import Sink, source
from polyveil.modalities.table.subjects import rows_of
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Transformed
from polyveil.schema.locations import Field
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The de-identified table in the policy's format. Raises AssetError as `stream.source` does."""
    table = source(part, ctx)
    sink = Sink(ctx.policy.roads.table.format, table, ctx)
    work = Work(ctx)
    by_column: dict[str, ColumnFindings] = {}
    names: dict[str, list[Finding]] = {}
    risk: dict[str, float] = {}
    told = ctx.policy.operator("DATE_TIME", Modality.TABLE).params.get("subject")  # as in texts
    subject = str(told) if told else part.hints.subject
    rows = width = 0
    for batch in table.batches():
        if not rows:
            by_column, names = _by_column(findings, set(batch.columns))
        entities = {name: entity for name, column in by_column.items() if (entity := column.entity) is not None}
        work.rows = rows_of(batch, entities, subject, ctx.identity, ctx.policy.date_shift_days)
        columns = [
            answered(batch[name], by_column[name], work) if name in by_column else batch[name] for name in batch.columns
        ]
        done = pl.DataFrame(columns)
        if table.whole:
            risk = anonymity(done, entities)
        sink.add(_renamed(done, names, work))
        rows, width = rows + batch.height, batch.width
    if not rows:
        raise AssetError(QuarantineCode.EMPTY, "a table of no rows")
    data, media_type = sink.close()
    applied = tuple(Applied(entity, op, count) for (entity, op), count in sorted(work.counts.items()))
    new = Part(part.path, Modality.TABLE, media_type, data)
    return Transformed(new, applied, {"rows": float(rows), "columns": float(width), **risk})


def _by_column(
    findings: Sequence[Finding], columns: set[str]
) -> tuple[dict[str, ColumnFindings], dict[str, list[Finding]]]:
    found: dict[str, ColumnFindings] = {}
    names: dict[str, list[Finding]] = {}
    for finding in findings:
        if not isinstance(finding.location, Field):
            continue
        row, _, name = finding.location.path.partition("/")
        if name not in columns:
            continue
        if row == HEADER_ROW:
            names.setdefault(name, []).append(finding)
        elif row == "*" and finding.detector == TEXT_DETECTOR:
            found.setdefault(name, ColumnFindings()).words.add(finding.entity)
        elif row == "*":
            found.setdefault(name, ColumnFindings()).whole = finding.entity
        elif row.isdigit():
            found.setdefault(name, ColumnFindings()).cells.setdefault(int(row), []).append(finding)
    return found, names


def _renamed(frame: pl.DataFrame, names: dict[str, list[Finding]], work: Work) -> pl.DataFrame:
    fresh: dict[str, str] = {}
    for name, found in names.items():
        answer = renamed(name, found, work)
        while answer in frame.columns or answer in fresh.values():
            answer += "_"
        fresh[name] = answer
    return frame.rename(fresh) if fresh else frame
