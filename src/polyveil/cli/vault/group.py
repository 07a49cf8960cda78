"""`polyveil vault group VAULT NAME --member A --member B --threshold 2 -c originals`."""

from __future__ import annotations

from typing import Annotated

import typer

from polyveil.cli.options import CompartmentsOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import out


def group(
    vault: VaultArgument,
    name: Annotated[str, typer.Argument(help="The group: a principal that opens only when its members come together.")],
    member: Annotated[list[str], typer.Option("--member", help="A principal; may be repeated.")],
    compartment: CompartmentsOption,
    threshold: Annotated[int, typer.Option(help="How many members it takes.")] = 2,
    key_file: KeyFileOption = None,
) -> None:
    """Let people in only together: re-identification then takes more than one of them.

    They open with their key files side by side: --key-file A --key-file B. To leave no other way, revoke the
    compartment from everybody else.
    """
    from polyveil.vault import Vault
    from polyveil.vault.grants import group as run

    with Vault.open(vault, unlock(key_file)) as store:
        run(store, name, member, threshold, compartment)
    out.print(f"{name}: {threshold} of {', '.join(member)} open {', '.join(compartment)}", markup=False)
