"""`polyveil vault store VAULT SOURCE...`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import err, json_line, out, progress
from polyveil.errors import UsageError


def store(
    vault: VaultArgument,
    source: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files or folders.")],
    fast: Annotated[bool, typer.Option("--fast", help="Compress less (zstd 1), for what is hot.")] = False,
    cold: Annotated[bool, typer.Option("--cold", help="Compress most (zstd 19), for what is kept for years.")] = False,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Seal files as they are into `originals`; the vault is made if it does not exist.

    What was stored before is not stored again. Nothing is de-identified: that is what `polyveil protect` is for. Ends
    with 3 if a file could not be read.
    """
    from polyveil.pipeline.store import COLD_LEVEL, FAST_LEVEL
    from polyveil.pipeline.store import store as run
    from polyveil.vault import Vault

    if fast and cold:
        raise UsageError("--fast and --cold exclude each other")
    exists = Vault.exists(vault)
    offer = unlock(key_file, new=not exists)
    with Vault.open(vault, offer) if exists else Vault.create(vault, offer) as opened, progress("store") as bar:
        task = bar.task_ids[0]
        done = run(
            opened,
            source,
            level=FAST_LEVEL if fast else COLD_LEVEL if cold else 3,
            tell=lambda files, _bytes: bar.update(task, completed=files),
        )
    if as_json:
        json_line(asdict(done))
    else:
        for path, problem in done.skipped:
            err.print(f"{path}: not stored ({problem})", markup=False)
        out.print(
            f"snapshot {done.snapshot}: {done.files} files, {done.size} bytes; {done.unchanged} unchanged, "
            f"{done.written} bytes written",
            markup=False,
        )
    raise typer.Exit(3 if done.skipped else 0)
