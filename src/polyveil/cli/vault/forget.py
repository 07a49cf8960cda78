"""`polyveil vault forget VAULT SNAPSHOT`."""

from __future__ import annotations

from typing import Annotated

import typer

from polyveil.cli.options import KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import out


def forget(
    vault: VaultArgument,
    snapshot: Annotated[str, typer.Argument(help="Its id, as `snapshots` lists it.")],
    key_file: KeyFileOption = None,
) -> None:
    """Drop a snapshot; `gc` reclaims what no other one holds. To make files unreadable at once, use `erase --path`."""
    from polyveil.pipeline.forget import forget as run
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as store:
        number = run(store, snapshot)
    out.print(f"{snapshot}: forgotten, {number} units let go", markup=False)
