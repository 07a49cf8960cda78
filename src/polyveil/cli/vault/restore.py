"""`polyveil vault restore VAULT DIR`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import err, json_line, out, progress


def restore(
    vault: VaultArgument,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    snapshot: Annotated[str, typer.Option(help="Which snapshot; the newest by default.")] = "",
    path: Annotated[
        list[str] | None, typer.Option("--path", help="Only this file or folder of it; may be repeated.")
    ] = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write stored files back. A damaged file is named, the others come back; ends with 4 then."""
    from polyveil.pipeline.restore import restore as run
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as store, progress("restore") as bar:
        task = bar.task_ids[0]
        done = run(
            store,
            target,
            snapshot=snapshot,
            paths=path or (),
            tell=lambda files, _bytes: bar.update(task, completed=files),
        )
    if as_json:
        json_line(asdict(done))
    else:
        for name, problem in done.damaged:
            err.print(f"{name}: not restored ({problem})", markup=False)
        out.print(f"{done.files} files, {done.size} bytes restored from {done.snapshot}", markup=False)
    raise typer.Exit(4 if done.damaged else 0)
