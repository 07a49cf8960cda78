"""What a report holds, and its JSON form."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from polyveil.schema.policy import Localised
from polyveil.schema.record import RunRecord


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of one modality: as they came, as they left the road, as the vault stores them."""

    modality: str
    parts: int
    bytes_in: int
    bytes_out: int
    bytes_stored: int


@dataclass(frozen=True, slots=True)
class Exemption:
    """One line of the exemption log: this operator answered so many findings, for this reason."""

    entity: str
    operator: str
    count: int
    reason: Localised | None
    legal: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An asset or part that was quarantined. `name` is the safe name."""

    name: str
    part: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture after the road, and before it if that was asked for; data URIs."""

    name: str
    after: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page shows.

    outcomes: assets by outcome. codes: by skip or quarantine code. entities: findings by (entity, modality).
    saved_bytes: input bytes of assets that were dropped as duplicates. seconds: by modality and stage.
    uninspected: parts whose content was kept without being inspected (a changed voice).
    """

    vault: str
    outcomes: dict[str, int]
    codes: dict[str, int]
    entities: dict[str, dict[str, int]]
    sizes: tuple[Size, ...]
    exemptions: tuple[Exemption, ...]
    quarantined: tuple[Quarantined, ...]
    near_duplicates: int
    duplicates: int
    saved_bytes: int
    seconds: dict[str, dict[str, float]]
    runs: tuple[RunRecord, ...]
    policies: dict[str, int]
    uninspected: int = 0
    pairs: tuple[Pair, ...] = field(default=(), repr=False)

    @property
    def assets(self) -> int:
        """All assets of the vault."""
        return sum(self.outcomes.values())


def to_json(report: Report) -> dict[str, Any]:
    """The report as JSON-able data, without pictures."""
    row = asdict(report)
    row.pop("pairs")
    row["assets"] = report.assets
    row["runs"] = [run.model_dump(mode="json") for run in report.runs]
    for line, exemption in zip(row["exemptions"], report.exemptions, strict=True):
        line["reason"] = exemption.reason.model_dump() if exemption.reason else None
    return row
