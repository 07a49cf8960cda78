"""Runs that are not finished: those of this console, and what the ledger says of others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass

from polyveil.console.house import House
from polyveil.pipeline.ledger import FINAL


@dataclass(frozen=True, slots=True)
class Progress:
    """A run of this console: assets done of all. state: 'waiting', 'running', 'finished' or 'failed'."""

    name: str
    policy: str
    state: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Runs of this console, and assets that the ledger holds as begun."""

    running: tuple[Progress, ...]
    under_way: int


def progress_of(house: House) -> Unfinished:
    """What is under way."""
    running = tuple(Progress(drop.id, drop.policy, drop.state, drop.done, drop.total) for drop in house.drops.running())
    return Unfinished(running, _under_way(house))


def _under_way(house: House) -> int:
    path = house.shelf.vault.state_folder() / "ledger.sqlite"
    if not path.exists():
        return 0
    marks = ",".join("?" * len(FINAL))
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)) as ledger:
            query = f"SELECT count(*) FROM jobs WHERE stage NOT IN ({marks})"  # noqa: S608 - only question marks
            return int(ledger.execute(query, FINAL).fetchone()[0])
    except sqlite3.Error:
        return 0  # somebody writes into it just now: the next second tells
