"""The audit log as the console shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from polyveil.console.shelf import Shelf
from polyveil.errors import PolyveilError


@dataclass(frozen=True, slots=True)
class Verdict:
    """Does the log verify? `problem` is '' if so; `size` in events; `root` is the Merkle root, hexadecimal."""

    size: int
    root: str
    problem: str = ""


def verdict(shelf: Shelf) -> Verdict:
    """Check the chain and every signature."""
    try:
        head = shelf.vault.log.verify(signing=shelf.vault.signing_keys())
    except PolyveilError as error:
        return Verdict(0, "", str(error))
    return Verdict(head.size, head.root)


def events(shelf: Shelf, page: int, size: int) -> tuple[list[dict[str, Any]], int]:
    """(a page of events counted from 1, the newest first; how many there are)."""
    lines = shelf.vault.log.lines()
    end = max(0, len(lines) - (page - 1) * size)
    rows = []
    for line in reversed(lines[max(0, end - size) : end]):
        try:
            rows.append(json.loads(line))
        except ValueError:
            rows.append({"event": "damaged"})
    return rows, len(lines)
