"""A finding: a piece of personal data that a detector located."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from polyveil.schema.locations import Location, Span, Track, location_from_json


@dataclass(frozen=True, slots=True)
class Finding:
    """Entity type, location, score in [0, 1] and the detector that made it.

    `value` is the text that was found, where there is one. It is kept out of `repr` so that no log prints it,
    and out of `to_json` unless asked for.
    """

    entity: str
    location: Location
    score: float
    detector: str
    value: str | None = field(default=None, repr=False, compare=False)

    def to_json(self, *, show_value: bool = False, compact: bool = False) -> dict[str, Any]:
        """compact: long tracks as records have them, see `Track.to_compact_json`."""
        place = self.location
        row: dict[str, Any] = {
            "entity": self.entity,
            "location": place.to_compact_json() if compact and isinstance(place, Track) else place.to_json(),
            "score": round(self.score, 4),
            "detector": self.detector,
        }
        if show_value and self.value is not None:
            row["value"] = self.value
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Finding:
        """Raises KeyError or ValueError when the row is not a finding."""
        return cls(
            entity=str(row["entity"]),
            location=location_from_json(row["location"]),
            score=float(row.get("score", 1.0)),
            detector=str(row.get("detector", "gold")),
            value=row.get("value"),
        )


def ends(finding: Finding) -> tuple[int, int]:
    """Start and end of a finding in a text. Raises TypeError where it lies in something else."""
    location = finding.location
    if not isinstance(location, Span):
        raise TypeError("a text finding has a span")
    return location.start, location.end
