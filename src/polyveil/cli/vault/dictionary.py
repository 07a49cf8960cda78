"""`polyveil vault dictionary VAULT -c text`."""

from __future__ import annotations

from polyveil.cli.options import CompartmentsOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import out


def dictionary(vault: VaultArgument, compartment: CompartmentsOption, key_file: KeyFileOption = None) -> None:
    """Train a compression dictionary on small objects; what is sealed from now on takes less space.

    Only phrases that many objects share enter it, and it is sealed like them.
    """
    from polyveil.vault import Vault
    from polyveil.vault.dictionary import train

    with Vault.open(vault, unlock(key_file)) as store:
        for name in compartment:
            size = train(store, name)
            out.print(f"{name}: {f'{size} bytes' if size else 'its small objects share too little'}", markup=False)
