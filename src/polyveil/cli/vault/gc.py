"""`polyveil vault gc VAULT`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, out, progress


def gc(
    vault: VaultArgument,
    grace: Annotated[
        float, typer.Option(min=0, help="Hours that garbage is left alone; 0 only while nobody else uses the vault.")
    ] = 24.0,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reclaim the space of what was erased, replaced, or never finished."""
    from polyveil.vault import Vault
    from polyveil.vault.gc import gc as run

    with Vault.open(vault, unlock(key_file)) as store, progress("gc") as bar:
        task = bar.task_ids[0]
        done = run(
            store, grace=grace * 3600, tell=lambda number, total: bar.update(task, completed=number, total=total)
        )
    if as_json:
        json_line(asdict(done))
    else:
        out.print(f"{done.bytes_freed} bytes in {done.packs} packs reclaimed", markup=False)
