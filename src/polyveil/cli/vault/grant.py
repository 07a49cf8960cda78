"""`polyveil vault grant VAULT NAME -c COMPARTMENT`."""

from __future__ import annotations

from typing import Annotated

import typer

from polyveil.cli.options import (
    CompartmentsOption,
    KeyFileOption,
    NewKeyFileOption,
    NewKeyOption,
    NewPassphraseOption,
    VaultArgument,
    fresh_unlock,
    unlock,
)
from polyveil.cli.show import out
from polyveil.vault import Vault


def grant(
    vault: VaultArgument,
    name: Annotated[str, typer.Argument(help="The principal.")],
    compartment: CompartmentsOption,
    new_key_file: NewKeyFileOption = None,
    new_key: NewKeyOption = None,
    new_passphrase: NewPassphraseOption = False,
    administers: Annotated[
        bool, typer.Option("--administers", help="The new principal may grant, revoke, rotate and erase.")
    ] = False,
    key_file: KeyFileOption = None,
) -> None:
    """Let a principal into compartments. A grant is a key. 'identity' grants what running the road takes."""
    from polyveil.vault.grants import grant as run

    fresh = fresh_unlock(name, new_key_file, new_key, ask=new_passphrase)
    with Vault.open(vault, unlock(key_file)) as store:
        run(store, name, compartment, fresh, administers=administers)
    out.print(f"{name}: granted {', '.join(compartment)}", markup=False)
