"""What travels between coordinator and workers: references and plain data, never media."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from polyveil.collect.interface import Collected
from polyveil.modalities.spill import Spilled
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Fingerprint
from polyveil.schema.modality import Modality


@dataclass(frozen=True, slots=True)
class Job:
    """One asset to do: its place in the plan (from 0), a keyed id of its place, and where to read it."""

    index: int
    key: str
    item: Collected = field(repr=False)


@dataclass(frozen=True, slots=True)
class PartInspected:
    """What inspect found in one part. `code` is '' or why the part goes no further."""

    path: str
    modality: Modality
    media_type: str
    bytes_in: int
    findings: Sequence[Finding] = ()
    fingerprint: Fingerprint | None = None
    metrics: Mapping[str, float | str] = field(default_factory=dict)
    seconds: float = 0.0
    code: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """With found values: for the sealed ledger only."""
        mark = self.fingerprint
        return {
            "path": self.path,
            "modality": self.modality.value,
            "media_type": self.media_type,
            "bytes_in": self.bytes_in,
            "findings": [finding.to_json(show_value=True, compact=True) for finding in self.findings],
            "fingerprint": mark and [mark.exact.hex(), mark.near.hex(), [band.hex() for band in mark.bands]],
            "metrics": dict(self.metrics),
            "seconds": self.seconds,
            "code": self.code,
            "detail": self.detail,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> PartInspected:
        mark = row["fingerprint"]
        return cls(
            path=row["path"],
            modality=Modality(row["modality"]),
            media_type=row["media_type"],
            bytes_in=row["bytes_in"],
            findings=tuple(Finding.from_json(item) for item in row["findings"]),
            fingerprint=mark
            and Fingerprint(
                bytes.fromhex(mark[0]), bytes.fromhex(mark[1]), tuple(bytes.fromhex(band) for band in mark[2])
            ),
            metrics=row["metrics"],
            seconds=row["seconds"],
            code=row["code"],
            detail=row["detail"],
        )


@dataclass(frozen=True, slots=True)
class Inspected:
    """What inspect found in one asset. `asset` is the keyed id of (place, content, policy)."""

    asset: str
    digest: str
    name: str
    media_type: str
    size: int
    parts: tuple[PartInspected, ...] = ()
    code: str = ""
    detail: str = ""

    @property
    def spilled(self) -> tuple[Spilled, ...]:
        """Findings that lie in files of the run: no later run can use this."""
        return tuple(part.findings for part in self.parts if isinstance(part.findings, Spilled))

    def to_json(self) -> dict[str, Any]:
        return {
            "asset": self.asset,
            "digest": self.digest,
            "name": self.name,
            "media_type": self.media_type,
            "size": self.size,
            "parts": [part.to_json() for part in self.parts],
            "code": self.code,
            "detail": self.detail,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Inspected:
        return cls(**{**row, "parts": tuple(PartInspected.from_json(part) for part in row["parts"])})
