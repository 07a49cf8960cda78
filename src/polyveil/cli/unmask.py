"""`polyveil unmask V ASSET`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, out, table
from polyveil.errors import UsageError

if TYPE_CHECKING:
    from polyveil.pipeline.unmask import Restorable


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("unmask")(unmask)


def unmask(
    vault: VaultArgument,
    asset: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's safe name, or its id.")],
    region: Annotated[list[int] | None, typer.Option("--region", "-r", help="Its number; may be repeated.")] = None,
    to: Annotated[Path | None, typer.Option("--out", "-o", help="The new file.")] = None,
    principal: Annotated[str | None, typer.Option("--as", help="Unmask as this principal.")] = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an asset with single masked regions as they were; without --region, list what can be unmasked.

    Regions are kept only under a policy with `storage: {regions: seal}`, and open with a grant for `originals`.
    """
    from polyveil.pipeline.unmask import find, regions
    from polyveil.pipeline.unmask import unmask as run
    from polyveil.vault import Vault

    store = Vault.open(vault, unlock(key_file), principal=principal)
    record = find(store, asset)
    if not region:
        rows = list(regions(record))
        if as_json:
            for one in rows:
                json_line({key: value for key, value in asdict(one).items() if key != "object"})
        elif rows:
            columns = ("region", "part", "entity", "frames")
            table("", columns, [(row.number, row.part, row.entity, _frames(row)) for row in rows])
        else:
            out.print("Nothing can be unmasked: the policy kept no regions of this asset.")
        return
    if to is None:
        raise UsageError("name the file to write: --out FILE")
    path = run(store, record, region, to)
    if as_json:
        json_line({"output": str(path), "regions": sorted(set(region))})
    else:
        out.print(f"{path}", markup=False)


def _frames(row: Restorable) -> str:
    return f"{row.first}-{row.last}" if row.last else ""
