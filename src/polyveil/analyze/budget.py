"""The privacy budget of a vault: what was spent is on disk before an answer leaves, and never comes back."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import IO

from polyveil.errors import IntegrityError, PolicyError, UsageError

TOTAL = 3.0
"""Epsilon of a vault over its whole life, unless it was set otherwise before the first query."""


@dataclass(frozen=True, slots=True)
class Spent:
    """One query: what was asked (names of counts, no data), what it cost, when (UTC) and who asked."""

    query: str
    epsilon: float
    time: str
    who: str


class Budget:
    """A file of JSON lines that only grows; several processes may spend from it.

    By sequential composition the epsilons of all answers add up (Dwork, Roth 2014, theorem 3.16).
    """

    def __init__(self, path: Path, total: float = TOTAL) -> None:
        if total <= 0:
            raise UsageError("a budget is above 0")
        self._path, self.total = path, total

    def spent(self) -> list[Spent]:
        """Everything that was spent, the oldest first. Raises IntegrityError when the file is damaged."""
        try:
            with self._path.open() as lines:
                return self._read(lines)
        except FileNotFoundError:
            return []

    def left(self) -> float:
        """Epsilon that is left."""
        return float(Fraction(self.total) - _sum(self.spent()))

    def spend(self, query: str, epsilon: float, who: str) -> float:
        """Take epsilon out, durably. Returns what is left.

        Raises:
            PolicyError: there is not so much left; nothing was taken.
            IntegrityError: the file is damaged: nothing may be asked until somebody has looked.
        """
        if not epsilon > 0:
            raise UsageError("epsilon is above 0")
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.open("a+") as lines:
            fcntl.flock(lines, fcntl.LOCK_EX)
            lines.seek(0)
            left = Fraction(self.total) - _sum(self._read(lines))
            if Fraction(epsilon) > left:
                raise PolicyError(f"the privacy budget is spent: {float(left):.3f} of {self.total:g} is left")
            row = {"query": query, "epsilon": epsilon, "time": datetime.now(UTC).isoformat(timespec="seconds"),
                   "who": who}  # fmt: skip
            lines.write(json.dumps(row) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
        return float(left - Fraction(epsilon))

    def _read(self, lines: IO[str]) -> list[Spent]:
        try:
            found = [Spent(**json.loads(line)) for line in lines]
            sound = all(one.epsilon > 0 for one in found)
        except (ValueError, TypeError):
            sound = False
        if not sound:
            raise IntegrityError(f"{self._path}: the privacy budget is damaged; no query is answered")
        return found


def _sum(rows: list[Spent]) -> Fraction:
    return sum((Fraction(row.epsilon) for row in rows), Fraction(0))
