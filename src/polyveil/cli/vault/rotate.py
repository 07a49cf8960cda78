"""`polyveil vault rotate VAULT -c COMPARTMENT`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer
from rich.progress import Progress

from polyveil.cli.options import KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import out, progress


def rotate(
    vault: VaultArgument,
    compartment: Annotated[
        list[str] | None, typer.Option("--compartment", "-c", help="A compartment; may be repeated. Default: all.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--reencrypt", help="Encrypt the data anew as well; a killed run goes on where it was.")
    ] = False,
    key_file: KeyFileOption = None,
) -> None:
    """Give compartments fresh keys and re-wrap what they open: work by the number of keys, not of bytes."""
    from polyveil.vault import COMPARTMENTS, Vault
    from polyveil.vault.rotate import reencrypt, stale
    from polyveil.vault.rotate import rotate as run
    from polyveil.vault.vault import check_compartments

    names = check_compartments(compartment or COMPARTMENTS)
    with Vault.open(vault, unlock(key_file)) as store:
        for name in names:
            if not (again and stale(store, name)):  # a killed --reencrypt goes on; it does not begin with fresh keys
                out.print(f"{name}: {run(store, name)} keys re-wrapped", markup=False)
            if again:
                with progress(f"re-encrypt {name}") as bar:
                    number = reencrypt(store, name, partial(_tell, bar))
                out.print(f"{name}: {number} units encrypted anew; reclaim the old with: polyveil vault gc {vault}")


def _tell(bar: Progress, done: int, total: int) -> None:
    bar.update(bar.task_ids[0], completed=done, total=total)
