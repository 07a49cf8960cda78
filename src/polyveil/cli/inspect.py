"""`polyveil inspect PATH...`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, PolicyOption
from polyveil.cli.show import err, json_line, out, progress


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("inspect")(inspect)


def inspect(
    path: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders or globs.")],
    policy: PolicyOption = "default",
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Print the found values too. They are personal data.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what a policy finds, and write nothing. Ends with 3 if a file could not be inspected."""
    from polyveil.collect import collect
    from polyveil.identity import Identity
    from polyveil.modalities.interface import Context
    from polyveil.pipeline.private import private_folder
    from polyveil.pipeline.road import inspect_asset
    from polyveil.policies import load
    from polyveil.schema.limits import Limits

    chosen, identity, limits = load(policy), Identity(secrets.token_bytes(32)), Limits()
    items = [item for one in path for item in collect(one, limits)]
    failed = 0
    with progress("inspect") as bar:
        bar.update(bar.task_ids[0], total=len(items))
        for item in items:
            with private_folder() as workdir:
                result = inspect_asset(item, Context(chosen, identity, workdir, limits))
            shown = item.uri if len(path) == 1 and Path(path[0]).is_file() else item.relative
            for part in result.parts:
                for finding in part.findings:
                    row = {
                        "asset": shown,
                        "part": part.path,
                        "modality": part.modality.value,
                        **finding.to_json(show_value=show_values),
                    }
                    if as_json:
                        json_line(row)
                    else:
                        where = f"{shown}{f' [{part.path}]' if part.path else ''}"
                        value = f" {row['value']!r}" if "value" in row else ""
                        out.print(
                            f"{where}: {finding.entity} {_short(row['location'])} {finding.score:.2f}"
                            f" {finding.detector}{value}",
                            markup=False,
                        )
            codes = [(result.code, result.detail)] if result.code else []
            codes += [(part.code, part.detail) for part in result.parts if part.code and not result.code]
            for code, detail in codes:
                failed += 1
                err.print(f"{shown}: {code}{f' ({detail})' if detail else ''}", markup=False)
            bar.advance(bar.task_ids[0])
    raise typer.Exit(3 if failed else 0)


def _short(location: dict[str, object]) -> str:
    (kind, value), *rest = location.items()
    if kind == "track" and isinstance(value, list):
        return f"track of {len(value)} frames from {value[0]}"
    return " ".join([f"{kind} {value}", *(f"{name} {item}" for name, item in rest)])
