"""`polyveil vault erase VAULT --subject S | --asset A | --path P | --expired`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, out
from polyveil.errors import UsageError


def erase(
    vault: VaultArgument,
    subject: Annotated[str | None, typer.Option("--subject", help="A name, number or address of the person.")] = None,
    asset: Annotated[list[str] | None, typer.Option("--asset", help="An asset id; may be repeated.")] = None,
    path: Annotated[
        list[str] | None, typer.Option("--path", help="A stored file or folder, in every snapshot; may be repeated.")
    ] = None,
    expired: Annotated[
        bool, typer.Option("--expired", help="All assets whose policy's `retention_days` are over.")
    ] = False,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="Write the signed certificate here.")
    ] = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroy the keys of all assets of a person, of single assets, or of stored files, for good."""
    from polyveil.pipeline.erase import erase as run
    from polyveil.pipeline.erase import expired as over
    from polyveil.pipeline.forget import erase_stored
    from polyveil.vault import Vault

    if sum((subject is not None, bool(asset), bool(path), expired)) != 1:
        raise UsageError("give one of --subject, --asset, --path and --expired")
    with Vault.open(vault, unlock(key_file)) as store:
        chosen = over(store) if expired else asset or []
        if expired and not chosen:
            out.print("nothing has expired", markup=False)
            return
        done = erase_stored(store, path) if path else run(store, subject=subject, assets=chosen)
    row = asdict(done)
    if certificate is not None:
        certificate.write_text(json.dumps(row, indent=1), encoding="utf-8")
    if as_json:
        json_line(row)
    else:
        out.print(f"{len(done.assets)} assets with {done.objects} objects erased", markup=False)
