"""`polyveil inspect PATH...`."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polyveil.cli.films import Films
from polyveil.cli.options import JsonOption, PolicyOption
from polyveil.cli.show import err, json_line, out, progress

if TYPE_CHECKING:
    from polyveil.pipeline.job import PartInspected


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("inspect")(inspect)


def inspect(
    path: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders or globs.")],
    policy: PolicyOption = "default",
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Print the found values too. They are personal data.")
    ] = False,
    counts: Annotated[
        bool, typer.Option("--counts", help="Print how many findings of each entity type, and not each of them.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what a policy finds, and write nothing. Ends with 3 if a file could not be inspected."""
    from polyveil.collect import collect
    from polyveil.identity import Identity
    from polyveil.modalities.interface import Context, Frames
    from polyveil.pipeline.private import private_folder
    from polyveil.pipeline.road import inspect_asset
    from polyveil.policies import load
    from polyveil.schema.limits import Limits

    chosen, identity, limits = load(policy), Identity(secrets.token_bytes(32)), Limits()
    items = [item for one in path for item in collect(one, limits)]
    failed = 0
    with progress("inspect") as bar:
        task = bar.task_ids[0]
        bar.update(task, total=len(items))
        films = Films(bar)
        for number, item in enumerate(items):

            def tell(done: float, frames: Frames | None = None, /, before: int = number) -> None:
                bar.update(task, completed=before + done)
                if frames is not None:
                    films.tell(f"film {before + 1}", frames)

            shown = item.uri if len(path) == 1 and Path(path[0]).is_file() else item.relative
            with private_folder() as workdir:
                result = inspect_asset(item, Context(chosen, identity, workdir, limits, tell))
                for part in result.parts:
                    for said in _counts(part) if counts else _findings(part, show_values=show_values):
                        row = {"asset": shown, "part": part.path, "modality": part.modality.value, **said}
                        if as_json:
                            json_line(row)
                        else:
                            out.print(_line(row), markup=False)
            codes = [(result.code, result.detail)] if result.code else []
            codes += [(part.code, part.detail) for part in result.parts if part.code and not result.code]
            for code, detail in codes:
                failed += 1
                err.print(f"{shown}: {code}{f' ({detail})' if detail else ''}", markup=False)
            bar.update(task, completed=number + 1)
    raise typer.Exit(3 if failed else 0)


def _findings(part: PartInspected, *, show_values: bool) -> Iterator[dict[str, object]]:
    for finding in part.findings:
        yield finding.to_json(show_value=show_values)


def _counts(part: PartInspected) -> Iterator[dict[str, object]]:
    from polyveil.pipeline.work import counts

    for entity, number in sorted(counts(part.findings).items()):
        yield {"entity": entity, "findings": number}


def _line(row: dict[str, object]) -> str:
    inside = f" [{row['part']}]" if row["part"] else ""
    where = f"{row['asset']}{inside}: {row['entity']}"
    location = row.get("location")
    if not isinstance(location, dict):
        return f"{where} {row['findings']}"
    value = f" {row['value']!r}" if "value" in row else ""
    return f"{where} {_short(location)} {row['score']:.2f} {row['detector']}{value}"


def _short(location: dict[str, object]) -> str:
    (kind, value), *rest = location.items()
    if kind == "track" and isinstance(value, list):
        return f"track of {len(value)} frames from {value[0]}"
    return " ".join([f"{kind} {value}", *(f"{name} {item}" for name, item in rest)])
