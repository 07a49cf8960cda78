"""Answers to one column: whole, cell by cell, or within the words of its cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.table.codec import as_text
from polyveil.modalities.table.detectors.columns import is_empty, is_plain
from polyveil.modalities.table.operators.dates import Order, order_of, shift_text
from polyveil.modalities.table.operators.epoch import shift_epoch
from polyveil.modalities.table.operators.typed import apply_typed
from polyveil.modalities.table.subjects import Rows
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field, Span
from polyveil.schema.modality import Modality
from polyveil.schema.policy import Operator

_MAX_MEMORY = 100_000  # answers that are remembered


@dataclass(slots=True)
class ColumnFindings:
    """The findings of one column: whole-column ones, words to be searched again, and cells."""

    whole: str | None = None
    words: set[str] = field(default_factory=set)
    cells: dict[int, list[Finding]] = field(default_factory=dict)

    @property
    def entity(self) -> str | None:
        """What the column is, if its cells were found whole and are one entity."""
        if self.whole is not None:
            return self.whole
        found = {finding.entity for cell in self.cells.values() for finding in cell}
        spans = any(
            isinstance(finding.location, Field) and finding.location.span is not None
            for cell in self.cells.values()
            for finding in cell
        )
        return next(iter(found)) if len(found) == 1 and not spans else None


@dataclass(slots=True)
class Work:
    """What answering needs, what it remembers and what it counts."""

    ctx: Context
    rows: Rows = field(default_factory=lambda: Rows((), pl.Series("days", [], dtype=pl.Int32)))
    orders: dict[str, Order] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    memory: dict[tuple[str, str, str], str] = field(default_factory=dict)
    seen: dict[tuple[str, str], list[Finding]] = field(default_factory=dict)

    def operator(self, entity: str, column: str) -> Operator:
        for name, operator in self.ctx.policy.roads.table.columns.items():
            if name.casefold() == column.casefold():
                return operator
        return self.ctx.policy.operator(entity, Modality.TABLE)

    def found(self, text: str, column: str) -> list[Finding]:
        """What the text detectors find in a cell, looked for once."""
        key = (column, text)
        if key not in self.seen:
            if len(self.seen) > _MAX_MEMORY:
                self.seen.clear()
            plain = is_plain(text)
            self.seen[key] = [] if plain else text_room.find(text, self.ctx.policy, context=column)
        return self.seen[key]

    def replacement(self, entity: str, value: str, column: str) -> str:
        """The text road's answer to a value in a column, computed once."""
        key = (entity, value, column)
        if key not in self.memory:
            if len(self.memory) > _MAX_MEMORY:
                self.memory.clear()
            self.memory[key] = text_room.replacement(entity, value, self.operator(entity, column), self.ctx)
        return self.memory[key]


def answered(series: pl.Series, column: ColumnFindings, work: Work) -> pl.Series:
    """The column after its findings were answered, its type kept where the operator allows."""
    if isinstance(series.dtype, (pl.Binary, pl.Object)):
        work.counts["BINARY", "redact"] += len(series) - series.null_count()
        return pl.Series(series.name, [None] * len(series), dtype=pl.Binary)
    entity = column.whole or _one_entity(series, column)
    if entity is not None:
        operator = work.operator(entity, series.name)
        typed = _typed(series, entity, operator, work.rows.days)
        if typed is not None and column.whole is None:  # the cells that were found, no others
            found = pl.Series([row in column.cells for row in range(len(series))], dtype=pl.Boolean)
            typed = typed.zip_with(found, series)
        if typed is not None:
            work.counts[entity, operator.op] += len(column.cells) or len(series) - series.null_count()
            return typed
    if column.whole is not None and not column.words and not series.dtype.is_nested():
        operator = work.operator(column.whole, series.name)
        if not (column.whole == "DATE_TIME" and operator.op == "date_shift"):
            return _mapped(series, column.whole, work)
    return _as_text_column(series, column, work)


def _mapped(series: pl.Series, entity: str, work: Work) -> pl.Series:
    """A text column that is one entity, whole: each distinct value answered once."""
    operator = work.operator(entity, series.name)
    texts = series.cast(pl.String)
    old = [text for text in texts.drop_nulls().unique().to_list() if not is_empty(text)]
    new = [work.replacement(entity, text, series.name) for text in old]
    work.counts[entity, operator.op] += int(texts.is_in(old).sum())
    return _retyped(texts.replace(old, new), series.dtype)


def _typed(series: pl.Series, entity: str, operator: Operator, days: pl.Series) -> pl.Series | None:
    if entity == "DATE_TIME" and operator.op == "date_shift" and series.dtype.is_numeric():
        return shift_epoch(series, days)
    return apply_typed(series, entity, operator, days)


def _one_entity(series: pl.Series, column: ColumnFindings) -> str | None:
    """The entity of a typed column whose every value was found whole; text columns are answered cell by cell."""
    if series.dtype == pl.String or not column.cells:
        return None
    entities = {finding.entity for cell in column.cells.values() for finding in cell}
    return next(iter(entities)) if len(entities) == 1 else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: its column, its row, and how the column writes its dates."""

    column: str
    row: int
    order: Order


def _as_text_column(series: pl.Series, column: ColumnFindings, work: Work) -> pl.Series:
    values: list[str | None] = []
    if series.name not in work.orders:
        work.orders[series.name] = order_of(text for text in series.head(10_000).to_list() if isinstance(text, str))
    order = work.orders[series.name]
    for row, value in enumerate(series.to_list()):
        text = as_text(value)
        if text is not None and not is_empty(text):
            text = _cell(text, _Place(series.name, row, order), column, work)
        values.append(text)
    return _retyped(pl.Series(series.name, values, dtype=pl.String), series.dtype)


def _cell(text: str, place: _Place, column: ColumnFindings, work: Work) -> str:
    if column.whole is not None:
        return _replaced(column.whole, text, place, work)
    cell = column.cells.get(place.row, [])
    for finding in cell:
        if isinstance(finding.location, Field) and finding.location.span is None:
            return _replaced(finding.entity, text, place, work)
    marks = [
        (finding.location.span, finding.entity)
        for finding in cell
        if isinstance(finding.location, Field) and finding.location.span is not None
    ]
    if column.words:
        found = work.found(text, place.column)
        marks += [(f.location, f.entity) for f in found if f.entity in column.words and isinstance(f.location, Span)]
    return _marked(text, marks, place, work) if marks else text


def _replaced(entity: str, text: str, place: _Place, work: Work) -> str:
    operator = work.operator(entity, place.column)
    work.counts[entity, operator.op] += 1
    if entity == "DATE_TIME" and operator.op == "date_shift":
        return _shifted(text, place, work)
    return work.replacement(entity, text, place.column)


def _shifted(text: str, place: _Place, work: Work) -> str:
    """A date moved with all others of its row's person."""
    shifted = shift_text(text, int(work.rows.days[place.row]), place.order)
    if shifted is not None:
        return shifted
    operator = Operator.model_validate({"op": "date_shift", "subject": work.rows.subjects[place.row]})
    return text_room.replacement("DATE_TIME", text, operator, work.ctx)


def _marked(text: str, marks: list[tuple[Span, str]], place: _Place, work: Work) -> str:
    out, at = [], 0
    for span, entity in sorted(marks, key=lambda mark: (mark[0].start, -mark[0].end)):
        if span.start < at:
            at = max(at, span.end)  # the rest of an overlapping finding goes too
            continue
        out.append(text[at : span.start])
        out.append(_replaced(entity, text[span.start : span.end], place, work))
        at = span.end
    return "".join(out) + text[at:]


def _start(finding: Finding) -> int:
    span = finding.location.span if isinstance(finding.location, Field) else None
    return span.start if span is not None else 0


def renamed(name: str, findings: list[Finding], work: Work) -> str:
    """A column's name without the personal values that were found in it."""
    out = name
    for finding in sorted(findings, key=_start, reverse=True):
        if isinstance(finding.location, Field) and finding.location.span is not None:
            span = finding.location.span
            operator = work.operator(finding.entity, "")
            work.counts[finding.entity, operator.op] += 1
            answer = work.replacement(finding.entity, name[span.start : span.end], "")
            out = out[: span.start] + answer + out[span.end :]
    return out


def _retyped(answers: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Numbers stay numbers if every answer still is one that the type holds."""
    if not dtype.is_integer():
        return answers
    cast = answers.cast(dtype, strict=False)
    return cast if cast.null_count() == answers.null_count() else answers
