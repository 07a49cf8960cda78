"""What the parts of the sample are made of: files, gold labels, and texts whose plantings know their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from polyveil.schema.locations import Field, Location, Span
from polyveil.schema.modality import Modality


@dataclass(frozen=True, slots=True)
class Gold:
    """One planted piece of personal data in a part of a file."""

    part: str
    modality: Modality
    entity: str
    location: Location
    value: str = ""

    def row(self, asset: str) -> dict[str, Any]:
        """The label as a line of `labels.jsonl`: the shape of `inspect --json`, and `value`."""
        return {
            "asset": asset,
            "part": self.part,
            "modality": self.modality.value,
            "entity": self.entity,
            "location": self.location.to_json(),
            "score": 1.0,
            "detector": "gold",
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the sample: its path below the folder, its bytes and its gold labels."""

    path: str
    data: bytes = field(repr=False)
    labels: tuple[Gold, ...] = ()

    def copy(self, path: str) -> Item:
        """The same bytes and labels under another name."""
        return Item(path, self.data, self.labels)


@dataclass(slots=True)
class Draft:
    """A text under way; what is planted in it is labelled with its span."""

    text: str = ""
    planted: list[tuple[str, int, int]] = field(default_factory=list)

    def say(self, words: str) -> Draft:
        """Add words that are nobody's."""
        self.text += words
        return self

    def plant(self, entity: str, value: str) -> Draft:
        """Add a personal value."""
        self.planted.append((entity, len(self.text), len(self.text) + len(value)))
        self.text += value
        return self

    def fill(self, template: str, *values: tuple[str, str]) -> Draft:
        """Add a template in which each '{}' is the next (entity, value)."""
        pieces = template.split("{}")
        if len(pieces) != len(values) + 1:
            raise ValueError("a template needs as many values as it has places")
        for piece, value in zip(pieces, [*values, None], strict=True):
            self.say(piece)
            if value is not None:
                self.plant(*value)
        return self

    def labels(self, part: str = "", place: Callable[[Span], Location] = lambda span: span) -> tuple[Gold, ...]:
        """Gold labels of a text part."""
        return tuple(
            Gold(part, Modality.TEXT, entity, place(Span(start, end)), self.text[start:end])
            for entity, start, end in self.planted
        )

    def item(self, path: str, encoding: str = "utf-8") -> Item:
        """The text as a file."""
        return Item(path, self.text.encode(encoding), self.labels())


def cells(part: str, rows: Sequence[Sequence[str]], columns: Sequence[tuple[str, str]]) -> tuple[Gold, ...]:
    """Gold labels of a table: whole cells of the columns that have an entity type. `columns`: (name, entity or '')."""
    return tuple(
        Gold(part, Modality.TABLE, entity, Field(f"{number}/{name}"), row[place])
        for number, row in enumerate(rows)
        for place, (name, entity) in enumerate(columns)
        if entity and row[place]
    )
