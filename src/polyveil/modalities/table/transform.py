"""Transform a table: each finding's cell under the policy's operator, each column's type kept where it can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.table.codec import as_text, read, with_frame, write
from polyveil.modalities.table.detectors.columns import is_empty
from polyveil.modalities.table.inspect import HEADER_ROW, TEXT_DETECTOR
from polyveil.modalities.table.operators.dates import Order, order_of, shift_text
from polyveil.modalities.table.operators.epoch import shift_epoch
from polyveil.modalities.table.operators.typed import apply_typed
from polyveil.modalities.table.subjects import shifts
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Transformed
from polyveil.schema.locations import Field, Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator


@dataclass(slots=True)
class _Column:
    """The findings of one column: whole-column ones, words to be searched again, and cells."""

    whole: str | None = None
    words: set[str] = field(default_factory=set)
    cells: dict[int, list[Finding]] = field(default_factory=dict)


@dataclass(slots=True)
class _Work:
    ctx: Context
    days: pl.Series
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    memory: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def operator(self, entity: str, column: str) -> Operator:
        for name, operator in self.ctx.policy.roads.table.columns.items():
            if name.casefold() == column.casefold():
                return operator
        return self.ctx.policy.operator(entity, Modality.TABLE)

    def replacement(self, entity: str, value: str, operator: Operator) -> str:
        """The text road's answer to a value, computed once."""
        key = (entity, value, operator.model_dump_json())
        if key not in self.memory:
            self.memory[key] = text_room.replacement(entity, value, operator, self.ctx)
        return self.memory[key]


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The de-identified table in the policy's format. Raises AssetError as `codec.read` does."""
    table = read(part, ctx.limits)
    by_column, names = _by_column(findings, set(table.frame.columns))
    entities = {name: entity for name, column in by_column.items() if (entity := _entity(column)) is not None}
    days = shifts(table.frame, entities, part.hints.subject, ctx.identity, ctx.policy.date_shift_days)
    work = _Work(ctx, days)
    series = [
        _transformed(table.frame[name], by_column[name], work) if name in by_column else table.frame[name]
        for name in table.frame.columns
    ]
    frame = pl.DataFrame(series) if series else table.frame
    frame = _renamed(frame, names, work)
    data, media_type = write(with_frame(table, frame), ctx.policy.roads.table.format)
    applied = tuple(Applied(entity, op, count) for (entity, op), count in sorted(work.counts.items()))
    done = Part(part.path, Modality.TABLE, media_type, data)
    return Transformed(done, applied, {"rows": float(frame.height), "columns": float(frame.width)})


def _by_column(findings: Sequence[Finding], columns: set[str]) -> tuple[dict[str, _Column], dict[str, list[Finding]]]:
    found: dict[str, _Column] = {}
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
            found.setdefault(name, _Column()).words.add(finding.entity)
        elif row == "*":
            found.setdefault(name, _Column()).whole = finding.entity
        elif row.isdigit():
            found.setdefault(name, _Column()).cells.setdefault(int(row), []).append(finding)
    return found, names


def _entity(column: _Column) -> str | None:
    """What the column is, if its cells were found whole and are one entity."""
    if column.whole is not None:
        return column.whole
    found = {finding.entity for cell in column.cells.values() for finding in cell}
    spans = any(
        isinstance(finding.location, Field) and finding.location.span is not None
        for cell in column.cells.values()
        for finding in cell
    )
    return next(iter(found)) if len(found) == 1 and not spans else None


def _transformed(series: pl.Series, column: _Column, work: _Work) -> pl.Series:
    if isinstance(series.dtype, (pl.Binary, pl.Object)):
        work.counts["BINARY", "redact"] += len(series) - series.null_count()
        return pl.Series(series.name, [None] * len(series), dtype=pl.Binary)
    entity = column.whole or _one_entity(series, column)
    if entity is not None:
        operator = work.operator(entity, series.name)
        typed = _typed(series, entity, operator, work.days)
        if typed is not None and column.whole is None:  # the cells that were found, no others
            found = pl.Series([row in column.cells for row in range(len(series))], dtype=pl.Boolean)
            typed = typed.zip_with(found, series)
        if typed is not None:
            work.counts[entity, operator.op] += len(column.cells) or len(series) - series.null_count()
            return typed
    return _as_text_column(series, column, work)


def _typed(series: pl.Series, entity: str, operator: Operator, days: pl.Series) -> pl.Series | None:
    if entity == "DATE_TIME" and operator.op == "date_shift" and series.dtype.is_numeric():
        return shift_epoch(series, days)
    return apply_typed(series, entity, operator, days)


def _one_entity(series: pl.Series, column: _Column) -> str | None:
    """The entity of a typed column whose every value was found whole; text columns are answered cell by cell."""
    if series.dtype == pl.String or not column.cells:
        return None
    entities = {finding.entity for cell in column.cells.values() for finding in cell}
    return next(iter(entities)) if len(entities) == 1 else None


def _as_text_column(series: pl.Series, column: _Column, work: _Work) -> pl.Series:
    values: list[str | None] = []
    order = order_of(text for text in series.head(1000).to_list() if isinstance(text, str))
    for row, value in enumerate(series.to_list()):
        text = as_text(value)
        if text is not None and not is_empty(text):
            text = _cell(text, row, (series.name, order), column, work)
        values.append(text)
    return _retyped(pl.Series(series.name, values, dtype=pl.String), series.dtype)


def _cell(text: str, row: int, place: tuple[str, Order], column: _Column, work: _Work) -> str:
    name = place[0]
    if column.whole is not None:
        return _whole(column.whole, text, row, place, work)
    cell = column.cells.get(row, [])
    for finding in cell:
        if isinstance(finding.location, Field) and finding.location.span is None:
            return _whole(finding.entity, text, row, place, work)
    marks = [
        (finding.location.span, finding.entity)
        for finding in cell
        if isinstance(finding.location, Field) and finding.location.span is not None
    ]
    if column.words:
        found = text_room.find(text, work.ctx.policy, context=name)
        marks += [(f.location, f.entity) for f in found if f.entity in column.words and isinstance(f.location, Span)]
    return _marked(text, marks, name, work) if marks else text


def _whole(entity: str, text: str, row: int, place: tuple[str, Order], work: _Work) -> str:
    """A cell that is one value; a date is shifted with the rest of its person's."""
    operator = work.operator(entity, place[0])
    if entity == "DATE_TIME" and operator.op == "date_shift":
        shifted = shift_text(text, int(work.days[row]), place[1])
        if shifted is not None:
            work.counts[entity, operator.op] += 1
            return shifted
    return _replaced(entity, text, place[0], work)


def _replaced(entity: str, text: str, name: str, work: _Work) -> str:
    operator = work.operator(entity, name)
    work.counts[entity, operator.op] += 1
    return work.replacement(entity, text, operator)


def _marked(text: str, marks: list[tuple[Span, str]], name: str, work: _Work) -> str:
    out, at = [], 0
    for span, entity in sorted(marks, key=lambda mark: (mark[0].start, -mark[0].end)):
        if span.start < at:
            at = max(at, span.end)  # the rest of an overlapping finding goes too
            continue
        out.append(text[at : span.start])
        out.append(_replaced(entity, text[span.start : span.end], name, work))
        at = span.end
    return "".join(out) + text[at:]


def _retyped(answers: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Numbers stay numbers if every answer still is one that the type holds."""
    if not dtype.is_integer():
        return answers
    cast = answers.cast(dtype, strict=False)
    return cast if cast.null_count() == answers.null_count() else answers


def _renamed(frame: pl.DataFrame, names: dict[str, list[Finding]], work: _Work) -> pl.DataFrame:
    fresh: dict[str, str] = {}
    for name, found in names.items():
        marks = [(f.location.span, f.entity) for f in found if isinstance(f.location, Field) and f.location.span]
        answer = _marked(name, marks, "", work)
        while answer in frame.columns or answer in fresh.values():
            answer += "_"
        fresh[name] = answer
    return frame.rename(fresh) if fresh else frame
