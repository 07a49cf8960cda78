"""The index: one small row an asset, in memory, so that pages of a large vault answer at once.

The rows come from the sealed records and are never written anywhere. They hold safe names and counts.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from polyveil.schema.outcome import Outcome
from polyveil.schema.record import AssetRecord

_COVERS = ("image", "video", "text", "table", "audio")


@dataclass(frozen=True, slots=True)
class PartRow:
    """What lists and figures need of a part. Sizes in bytes."""

    modality: str
    media_type: str
    object: str
    code: str
    findings: tuple[tuple[str, int], ...]
    bytes_in: int
    bytes_out: int
    bytes_stored: int


@dataclass(frozen=True, slots=True)
class Row:
    """What lists and figures need of an asset."""

    name: str
    asset: str
    media_type: str
    size: int
    outcome: str
    code: str
    detail: str
    run: str
    policy: str
    parts: tuple[PartRow, ...]

    @property
    def modalities(self) -> set[str]:
        return {part.modality for part in self.parts}

    @property
    def entities(self) -> dict[str, int]:
        """Findings by entity type."""
        counts: dict[str, int] = {}
        for part in self.parts:
            for entity, number in part.findings:
                counts[entity] = counts.get(entity, 0) + number
        return counts

    def cover(self) -> int | None:
        """The index of the part that stands for the asset in a gallery: the most visual of those that are sealed."""
        sealed = [(_COVERS.index(part.modality), index) for index, part in enumerate(self.parts) if part.object]
        return min(sealed)[1] if sealed else None


def row_of(record: AssetRecord) -> Row:
    """The row of a record."""
    return Row(
        record.name,
        record.asset,
        record.media_type,
        record.size,
        record.outcome.value,
        record.code,
        record.detail,
        record.run,
        record.policy,
        tuple(
            PartRow(
                part.modality.value,
                part.media_type,
                part.object,
                part.code,
                tuple(part.findings.items()),
                part.bytes_in,
                part.bytes_out,
                part.bytes_stored,
            )
            for part in record.parts
        ),
    )


@dataclass(frozen=True, slots=True)
class Query:
    """What to list: '' does not narrow."""

    modality: str = ""
    outcome: str = ""
    entity: str = ""
    code: str = ""
    words: str = ""  # part of a name or an asset id

    def wants(self, row: Row) -> bool:
        return (
            (not self.outcome or row.outcome == self.outcome)
            and (not self.code or row.code == self.code)
            and (not self.modality or any(part.modality == self.modality for part in row.parts))
            and (not self.entity or any(found == self.entity for part in row.parts for found, _ in part.findings))
            and (not self.words or self.words.casefold() in row.name.casefold() or row.asset.startswith(self.words))
        )


class Index:
    """Rows by asset id, listed by name."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._order: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def known(self) -> set[str]:
        return set(self._rows)

    def get(self, asset: str) -> Row | None:
        return self._rows.get(asset)

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.asset in self._rows:
                continue
            self._rows[row.asset] = row
            if len(rows) < 64:
                insort(self._order, (row.name, row.asset))
        if len(rows) >= 64:
            self._order = sorted((row.name, row.asset) for row in self._rows.values())

    def drop(self, assets: Iterable[str]) -> None:
        gone = {asset for asset in assets if self._rows.pop(asset, None) is not None}
        if gone:
            self._order = [entry for entry in self._order if entry[1] not in gone]

    def select(self, query: Query, page: int, size: int) -> tuple[list[Row], int]:
        """(rows of a page counted from 1, how many there are in all)."""
        rows = self._rows
        found = [row for _, asset in list(self._order) if (row := rows.get(asset)) is not None and query.wants(row)]
        start = max(0, page - 1) * size
        return found[start : start + size], len(found)


PROTECTED, QUARANTINED = Outcome.PROTECTED.value, Outcome.QUARANTINED.value
