"""`polyveil vault info VAULT`."""

from __future__ import annotations

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, table


def info(vault: VaultArgument, key_file: KeyFileOption = None, as_json: JsonOption = False) -> None:
    """Compartments, sizes, principals and their grants."""
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as store:
        facts = store.info()
    if as_json:
        json_line(facts)
        return
    rows: list[tuple[object, ...]] = [
        (
            name,
            one["objects"],
            one["bytes"],
            one["generation"],
            ", ".join(one["grants"]),
            "yes" if one["open"] else "no",
        )
        for name, one in facts["compartments"].items()
    ]
    table(
        f"{vault}: {facts['assets']} assets, opened as {facts['principal']}",
        ("compartment", "objects", "bytes", "generation", "grants", "open"),
        rows,
    )
