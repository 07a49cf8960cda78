"""`polyveil export V DIR`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, ModalityOption, VaultArgument, unlock
from polyveil.cli.show import err, json_line, out, progress


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("export")(export)


def export(
    vault: VaultArgument,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    principal: Annotated[str | None, typer.Option("--as", help="Export as this principal.")] = None,
    modality: ModalityOption = None,
    form: Annotated[str, typer.Option("--format", help="folder, webdataset or parquet.")] = "folder",
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what the principal's grants open as files again; what they do not open is left out."""
    from polyveil.pipeline.export import export as run
    from polyveil.vault import Vault

    store = Vault.open(vault, unlock(key_file), principal=principal)
    with progress("export") as bar:
        summary = run(
            store,
            directory,
            modalities=modality or (),
            form=form,
            tell=lambda files: bar.update(bar.task_ids[0], completed=files),
        )
    if as_json:
        json_line(asdict(summary))
        return
    out.print(f"{summary.files} files in {directory}", markup=False)
    if not summary.linked:
        err.print("No grant for 'linkage': parts came out singly, without names.")
    if summary.closed:
        err.print(f"{summary.closed} assets hold nothing that this principal may read.")
    if summary.failed:
        err.print(f"{summary.failed} assets could not be joined.")
