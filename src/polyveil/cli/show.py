"""How commands print: text for people on stdout, JSON lines for scripts, progress on stderr when it is a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False)


def json_line(row: Mapping[str, Any]) -> None:
    """One JSON object on its own line of stdout."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class _Rate(ProgressColumn):
    """Frames a second, for what counts frames."""

    def render(self, task: Task) -> Text:
        unit, speed = task.fields.get("unit"), task.finished_speed or task.speed
        return Text(f"{speed:.1f} {unit}/s" if unit and speed else "")


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A progress bar on stderr; silent when stderr is no terminal."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        _Rate(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
    with bar:
        bar.add_task(what, total=None)
        yield bar


def table(title: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """A table for people; numbers to the right."""
    grid = Table(title=title, title_justify="left", title_style="bold", show_edge=False)
    for number, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        grid.add_column(name, justify="right" if numeric else "left")
    for row in rows:
        grid.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    out.print(grid)
