"""Gold labels: what is known to be in a data set, as JSON lines in the shape of `inspect --json` plus `value`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from polyveil.errors import UsageError
from polyveil.schema.finding import Finding
from polyveil.schema.modality import Modality


@dataclass(frozen=True, slots=True)
class Label:
    """One planted piece of personal data: asset (path below the data set), part, modality and the finding itself."""

    asset: str
    part: str
    modality: Modality
    finding: Finding = field(repr=False)

    @property
    def value(self) -> str:
        """The planted text; '' for what has none (a face)."""
        return self.finding.value or ""


def read_gold(path: Path) -> list[Label]:
    """Read a gold file.

    Raises:
        UsageError: the file cannot be read, or a line is not a label; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as UTF-8 text ({type(error).__name__})") from None
    labels = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            labels.append(
                Label(str(row["asset"]), str(row.get("part", "")), Modality(row["modality"]), Finding.from_json(row))
            )
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}:{number}: not a gold label ({type(error).__name__})") from None
    return labels
