"""`polyveil vault grant VAULT NAME -c COMPARTMENT`."""

from __future__ import annotations

from pathlib import Path
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
from polyveil.errors import UsageError


def grant(
    vault: VaultArgument,
    name: Annotated[str, typer.Argument(help="The principal.")],
    compartment: CompartmentsOption,
    new_key_file: NewKeyFileOption = None,
    new_key: NewKeyOption = None,
    new_passphrase: NewPassphraseOption = False,
    public_key: Annotated[
        Path | None,
        typer.Option("--public-key", help="Make the principal with this public key of `vault keygen`."),
    ] = None,
    administers: Annotated[
        bool, typer.Option("--administers", help="The new principal may grant, revoke, rotate and erase.")
    ] = False,
    key_file: KeyFileOption = None,
) -> None:
    """Let a principal into compartments. A grant is a key. 'identity' grants what running the road takes."""
    from polyveil.vault import Vault
    from polyveil.vault.grants import grant as run
    from polyveil.vault.keys import read_public

    if administers and public_key:
        raise UsageError("an administrator's bundle lies in the vault: --public-key cannot make one")
    fresh = fresh_unlock(name, new_key_file, new_key, ask=new_passphrase)
    with Vault.open(vault, unlock(key_file)) as store:
        public = read_public(public_key) if public_key else None
        run(store, name, compartment, fresh, administers=administers, public=public)
    out.print(f"{name}: granted {', '.join(compartment)}", markup=False)
