"""`polyveil vault snapshots VAULT`."""

from __future__ import annotations

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, table


def snapshots(vault: VaultArgument, key_file: KeyFileOption = None, as_json: JsonOption = False) -> None:
    """List what was stored, oldest first."""
    from polyveil.pipeline.store import snapshots as listed
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as store:
        found = list(listed(store))
    if as_json:
        for name, row in found:
            json_line({"snapshot": name, "files": row["files"], "bytes": row["bytes"], "sources": row["sources"]})
        return
    table(
        vault,
        ("snapshot", "files", "bytes", "sources"),
        [(name, row["files"], row["bytes"], ", ".join(row["sources"])) for name, row in found],
    )
