"""Findings in the cells of a classified column, or one that stands for the column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from polyveil.modalities import text as text_room
from polyveil.modalities.table.codec import as_text
from polyveil.modalities.table.detectors.columns import FAMILIES, Column, is_empty, is_plain
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field, Span
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

TEXT_DETECTOR = "column-text"
"""Detector of a column-level finding whose cells hold values among other words: transform searches them again."""

MAX_REMEMBERED = 100_000  # values of which the findings are kept
_NAME_WORDS = re.compile(r"[\s,^·]+")
_COVER = 0.9  # of a cell's characters that a more exact finding must cover


def people_by_row(frame: pl.DataFrame, columns: Sequence[Column]) -> dict[int, tuple[Known, ...]]:
    """The names that each row gives in its own columns: a note about the row's person may say one name of them."""
    people: dict[int, tuple[Known, ...]] = {}
    if not any(column.kind == "words" for column in columns):
        return people
    for column in columns:
        if column.kind == "whole" and column.entity == "PERSON":
            for row, value in enumerate(frame[column.name].to_list()):
                text = as_text(value)
                if text is not None and not is_empty(text):
                    people[row] = (*people.get(row, ()), Known("PERSON", text))
    return people


@dataclass(slots=True)
class Search:
    """How the columns of one batch are searched.

    people: names by row. cells: a finding a cell; else one a column. seen: what was found in values before, by column.
    """

    policy: Policy
    known: tuple[Known, ...]
    people: Mapping[int, tuple[Known, ...]]
    cells: bool
    seen: dict[tuple[str, str], list[Finding]] = field(default_factory=dict)

    def column(self, series: pl.Series, column: Column) -> list[Finding]:
        """The findings of one column. A column that the policy names itself is what the policy says."""
        override = next((op for name, op in self._overrides() if name == column.name.casefold()), None)
        if override == "keep":
            return []
        if column.kind == "opaque":
            return [Finding(column.entity, Field(f"*/{column.name}"), column.score, column.detector)]
        if override is not None and column.kind != "whole":
            column = Column(column.name, "whole", "DENY_LIST", 1.0, "column-policy")
        if column.kind == "whole":
            return self._whole(series, column)
        return self._words(series, column) if column.kind == "words" else []

    def _overrides(self) -> list[tuple[str, str]]:
        return [(name.casefold(), operator.op) for name, operator in self.policy.roads.table.columns.items()]

    def _whole(self, series: pl.Series, column: Column) -> list[Finding]:
        if column.detector != "column-policy" and column.score < self.policy.threshold(column.entity):
            return []
        if not self.cells:
            return [Finding(column.entity, Field(f"*/{column.name}"), column.score, column.detector)]
        rows: list[Finding] = []
        for row, value in enumerate(series.to_list()):
            text = as_text(value)
            if text is not None and not is_empty(text):
                entity = self._exact(text, column)
                rows.append(Finding(entity, Field(f"{row}/{column.name}"), column.score, column.detector, text))
        return rows

    def _exact(self, text: str, column: Column) -> str:
        """A cell's own type within its column's family, so that it has the same surrogate as anywhere else."""
        family = FAMILIES.get(column.entity)
        if family is None:
            return column.entity
        for found in self._found(text, column.name):
            span = found.location
            whole = isinstance(span, Span) and span.end - span.start >= _COVER * len(text.strip())
            if whole and found.entity in family:
                return found.entity
        return column.entity

    def _words(self, series: pl.Series, column: Column) -> list[Finding]:
        rows: list[Finding] = []
        entities: dict[str, float] = {}
        for row, value in enumerate(series.to_list()):
            text = as_text(value)
            if text is None or is_plain(text) or is_empty(text):
                continue
            for found in self._in_row(text, row, column.name):
                if not isinstance(found.location, Span):
                    continue
                entities[found.entity] = max(entities.get(found.entity, 0.0), found.score)
                if self.cells:
                    place = Field(f"{row}/{column.name}", found.location)
                    rows.append(Finding(found.entity, place, found.score, found.detector, found.value))
        if self.cells:
            return rows
        return [Finding(name, Field(f"*/{column.name}"), score, TEXT_DETECTOR) for name, score in entities.items()]

    def _in_row(self, text: str, row: int, name: str) -> list[Finding]:
        people = self.people.get(row, ())
        low = text.casefold()
        if any(word in low for person in people for word in _words_of(person.value)):
            return text_room.find(text, self.policy, known=(*self.known, *people), context=name)
        return self._found(text, name)

    def _found(self, text: str, name: str) -> list[Finding]:
        key = (name, text)
        if key not in self.seen:
            if len(self.seen) > MAX_REMEMBERED:
                self.seen.clear()
            self.seen[key] = text_room.find(text, self.policy, known=self.known, context=name)
        return self.seen[key]


def _words_of(name: str) -> list[str]:
    return [word for word in _NAME_WORDS.split(name.casefold()) if len(word) >= (3 if word.isascii() else 2)]
