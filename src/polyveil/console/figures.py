"""Figures: what the overview shows, added up over the index."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from polyveil.console.index import Row
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome, QuarantineCode, SkipCode

_DUPLICATES = {SkipCode.EXACT_DUPLICATE.value, SkipCode.NEAR_DUPLICATE.value}
_QUARANTINE = {code.value for code in QuarantineCode}


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over a vault. Sizes in bytes.

    modalities: assets by (modality, outcome). entities: findings by (entity type, modality). codes: assets by skip or
    quarantine code. sizes: by modality, as it came, as it left the road, as it is stored.
    duplicate_bytes: input of assets that were dropped as duplicates.
    """

    assets: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    modalities: dict[str, dict[str, int]] = field(default_factory=dict)
    entities: dict[str, dict[str, int]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    duplicates: int = 0
    duplicate_bytes: int = 0
    policies: dict[str, int] = field(default_factory=dict)

    @property
    def bytes_in(self) -> int:
        return sum(row[0] for row in self.sizes.values()) + self.duplicate_bytes

    @property
    def bytes_stored(self) -> int:
        return sum(row[2] for row in self.sizes.values())

    @property
    def saved(self) -> int:
        """Bytes that the vault takes less than what came, duplicates included; below 0 when it takes more."""
        return self.bytes_in - self.bytes_stored

    def to_json(self) -> dict[str, Any]:
        row = asdict(self)
        row["sizes"] = {
            name: dict(zip(("in", "out", "stored"), sizes, strict=True)) for name, sizes in self.sizes.items()
        }
        return {**row, "bytes_in": self.bytes_in, "bytes_stored": self.bytes_stored, "saved": self.saved}


def figures(rows: Iterable[Row]) -> Figures:
    """Add rows up."""
    outcomes: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    policies: Counter[str] = Counter()
    modalities: dict[str, Counter[str]] = defaultdict(Counter)
    entities: dict[str, Counter[str]] = defaultdict(Counter)
    sizes: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    duplicates = duplicate_bytes = assets = 0
    for row in rows:
        assets += 1
        outcomes[row.outcome] += 1
        policies[row.policy] += 1
        if row.code:
            codes[row.code] += 1
        if row.code in _DUPLICATES:
            duplicates += 1
            duplicate_bytes += row.size
        for modality in row.modalities:
            modalities[modality][row.outcome] += 1
        for part in row.parts:
            if part.code in _QUARANTINE and row.outcome == Outcome.PROTECTED.value:
                codes[part.code] += 1
            if not part.object:
                continue
            for entity, number in part.findings:
                entities[entity][part.modality] += number
            total = sizes[part.modality]
            for place, number in enumerate((part.bytes_in, part.bytes_out, part.bytes_stored)):
                total[place] += number
    return Figures(
        assets,
        {one.value: outcomes[one.value] for one in Outcome},
        {one.value: dict(modalities[one.value]) for one in Modality if one.value in modalities},
        {entity: dict(row) for entity, row in sorted(entities.items(), key=lambda item: -sum(item[1].values()))},
        dict(codes.most_common()),
        {one.value: (sizes[one.value][0], sizes[one.value][1], sizes[one.value][2])
         for one in Modality if one.value in sizes},
        duplicates,
        duplicate_bytes,
        dict(policies),
    )  # fmt: skip
