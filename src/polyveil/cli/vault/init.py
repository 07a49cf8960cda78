"""`polyveil vault init VAULT`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import err, json_line, out
from polyveil.errors import UsageError


def init(
    vault: VaultArgument,
    packs: Annotated[str, typer.Option(help="Where packs lie: s3://BUCKET/PREFIX; else in the folder.")] = "",
    catalog: Annotated[
        str, typer.Option(help="The catalog's database: postgresql://USER@HOST/NAME (password in PGPASSWORD).")
    ] = "",
    recovery: Annotated[
        str,
        typer.Option(help="Make recovery shares, K-of-N: K of them open the vault when other keys are lost."),
    ] = "",
    shares: Annotated[
        Path | None, typer.Option(help="Write the shares into this folder, a file each, instead of printing them.")
    ] = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an empty vault. Keys always stay in its folder; packs and catalog may lie elsewhere."""
    from polyveil.vault import Vault
    from polyveil.vault.shares import parse, split

    if Vault.exists(vault):
        raise UsageError(f"{vault}: is a vault already")
    made = split(os.urandom(32), *parse(recovery)) if recovery else []
    if shares is not None:
        if not made:
            raise UsageError("--shares needs --recovery K-of-N")
        shares.mkdir(parents=True, exist_ok=True, mode=0o700)
    Vault.create(vault, unlock(key_file, new=True), packs=packs, catalog=catalog, recovery=made).close()
    for number, share in enumerate(made, 1):
        if shares is not None:
            handle = os.open(shares / f"share-{number}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(share + "\n")
    if as_json:
        json_line({"vault": vault, "shares": len(made) if shares is not None else made})
        return
    out.print(f"{vault}: made", markup=False)
    if made and shares is None:
        err.print("Recovery shares: give each to another person. They are not shown again.", style="yellow")
        for share in made:
            out.print(share, markup=False)
