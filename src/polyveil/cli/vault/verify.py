"""`polyveil vault verify VAULT`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import err, json_line, out, progress
from polyveil.errors import UsageError, VerificationError

if TYPE_CHECKING:
    from polyveil.vault import Vault


def verify(
    vault: VaultArgument,
    data: Annotated[bool, typer.Option("--data", help="Authenticate every byte, not only every structure.")] = False,
    certificate: Annotated[
        Path | None, typer.Option(help="Check only this certificate of erasure: did this vault sign it?")
    ] = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for damage; ends with 4 and names every damaged object. The others stay readable."""
    from polyveil.vault import Vault
    from polyveil.vault.verify import verify as run

    with Vault.open(vault, unlock(key_file)) as store:
        if certificate is not None:
            _certificate(store, certificate)
            return
        with progress("verify") as bar:
            task = bar.task_ids[0]
            damages = run(store, data=data, tell=lambda done, total: bar.update(task, completed=done, total=total))
        for damage in damages:
            if as_json:
                json_line({"object": damage.object_id, "compartment": damage.compartment, "problem": damage.problem})
            else:
                err.print(f"{damage.compartment} {damage.object_id}: {damage.problem}", markup=False)
        if damages:
            raise VerificationError(f"{vault}: {len(damages)} damages; what is not named here is readable")
        head = store.log.head()
        if as_json:
            json_line({"vault": vault, "ok": True, "audit_head": f"{head.size}:{head.root}"})
        else:
            out.print(f"{vault}: ok", markup=False)


def _certificate(store: Vault, path: Path) -> None:
    import json

    from polyveil.vault.erase import Erasure

    try:
        row = json.loads(path.read_text("utf-8"))
        made = Erasure(
            row["vault"], tuple(row["assets"]), row["objects"], tuple(row["epochs_destroyed"]), row["signature"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: is no certificate of erasure") from None
    if made.vault != store.ring.vault or not made.holds(store.ring.root):
        raise VerificationError(f"{path}: was not signed by this vault")
    left = [asset for asset in made.assets if store.committed(asset)]
    if left:
        raise VerificationError(f"{path}: {len(left)} of its assets are in the vault")
    out.print(f"{path}: ok", markup=False)
