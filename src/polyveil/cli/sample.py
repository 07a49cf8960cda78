"""`polyveil sample DIR`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption
from polyveil.cli.show import json_line, out


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("sample")(sample)


def sample(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 7,
    as_json: JsonOption = False,
) -> None:
    """Write a small labelled data set of every modality; `labels.jsonl` holds what is to be hidden."""
    from polyveil.sample import write

    summary = write(directory, seed=seed)
    if as_json:
        json_line({"directory": str(directory), **asdict(summary)})
    else:
        out.print(f"{directory}: {summary.files} files, {summary.labels} labels in {directory / 'labels.jsonl'}")
