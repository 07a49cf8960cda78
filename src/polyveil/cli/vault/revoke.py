"""`polyveil vault revoke VAULT NAME -c COMPARTMENT`."""

from __future__ import annotations

from typing import Annotated

import typer

from polyveil.cli.options import CompartmentsOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import out


def revoke(
    vault: VaultArgument,
    name: Annotated[str, typer.Argument(help="The principal.")],
    compartment: CompartmentsOption,
    key_file: KeyFileOption = None,
) -> None:
    """Take grants back; the compartments get fresh keys, wrapped to the others."""
    from polyveil.vault import Vault
    from polyveil.vault.grants import revoke as run

    with Vault.open(vault, unlock(key_file)) as store:
        run(store, name, compartment)
    out.print(f"{name}: revoked {', '.join(compartment)}", markup=False)
