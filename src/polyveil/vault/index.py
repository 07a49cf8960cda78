"""The index of contents: which unit of a compartment holds a content, from the epochs.

It is kept nowhere: content ids stand in the epochs alone, so that an erasure takes them, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from polyveil.vault import epochs
from polyveil.vault.catalog import Catalog
from polyveil.vault.sealer import NO_CONTENT
from polyveil.vault.unit import PIECE


@dataclass(slots=True)
class ContentIndex:
    """Contents of one compartment. units: every unit that holds a content, as far as the catalog knows it."""

    units: dict[bytes, bytes]
    doubles: dict[bytes, list[bytes]] = field(default_factory=dict)
    """Further units of a content that several writers sealed at the same moment."""

    @classmethod
    def load(cls, folder: Path, catalog: Catalog, number: int) -> ContentIndex:
        """Read the epochs of a compartment. Raises IntegrityError when one is damaged."""
        known = {row.id for row in catalog.rows(number, PIECE)}
        made = cls({})
        for epoch in epochs.all_epochs(folder):
            for unit, secret in epochs.read(folder, epoch).items():
                if unit in known and secret.content != NO_CONTENT:
                    made.add(secret.content, unit)
        return made

    def add(self, content: bytes, unit: bytes) -> None:
        first = self.units.setdefault(content, unit)
        if first != unit and unit not in self.doubles.get(content, ()):
            self.doubles.setdefault(content, []).append(unit)

    def all_of(self, content: bytes) -> list[bytes]:
        """Every unit of a content."""
        first = self.units.get(content)
        return [] if first is None else [first, *self.doubles.get(content, ())]
