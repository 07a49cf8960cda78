"""`polyveil vault recover VAULT --share F --share F --name N | --index`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import (
    KeyFileOption,
    NewKeyFileOption,
    NewKeyOption,
    NewPassphraseOption,
    VaultArgument,
    fresh_unlock,
    unlock,
)
from polyveil.cli.show import out, progress
from polyveil.errors import UsageError


def recover(
    vault: VaultArgument,
    index: Annotated[bool, typer.Option("--index", help="Rebuild a lost or damaged catalog from the packs.")] = False,
    share: Annotated[
        list[Path] | None, typer.Option("--share", help="A file with a recovery share; repeat it for each.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The administrator to make from the shares.")] = "",
    new_key_file: NewKeyFileOption = None,
    new_key: NewKeyOption = None,
    new_passphrase: NewPassphraseOption = False,
    key_file: KeyFileOption = None,
) -> None:
    """Get back in with recovery shares, or rebuild the catalog."""
    from polyveil.vault import recover as room

    if index == bool(share):
        raise UsageError("give --index to rebuild the catalog, or --share for every recovery share")
    if index:
        with progress("packs") as bar:
            task = bar.task_ids[0]
            done = room.recover_index(
                vault, unlock(key_file), tell=lambda number, total: bar.update(task, completed=number, total=total)
            )
        out.print(f"{vault}: {done.assets} assets, {done.objects} objects, {done.pieces} pieces found", markup=False)
        return
    fresh = fresh_unlock(name, new_key_file, new_key, ask=new_passphrase)
    if not name or fresh is None:
        raise UsageError("name the administrator to make: --name N with --new-key-file, --new-key or --new-passphrase")
    try:
        words = tuple(path.read_text("utf-8").strip() for path in share or ())
    except (OSError, UnicodeDecodeError):
        raise UsageError("a share's file cannot be read") from None
    room.recover(vault, words, name, fresh)
    out.print(f"{vault}: {name} administers it, with every grant of the recovery", markup=False)
