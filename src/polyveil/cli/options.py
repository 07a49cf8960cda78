"""Options that several commands share, and how a vault is unlocked."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from polyveil.errors import UsageError
from polyveil.schema.modality import Modality
from polyveil.vault import Unlock

PolicyOption = Annotated[str, typer.Option("--policy", "-p", help="A built-in policy's name or a YAML file.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON lines on stdout instead of text.")]
KeyFileOption = Annotated[
    Path | None,
    typer.Option("--key-file", help="Unlock with this key file instead of POLYVEIL_PASSPHRASE or a prompt."),
]
ModalityOption = Annotated[
    list[Modality] | None, typer.Option("--modality", "-m", help="Only this modality; may be repeated.")
]
VaultArgument = Annotated[str, typer.Argument(metavar="VAULT", help="The vault's folder or address.")]


def unlock(key_file: Path | None, *, new: bool = False) -> Unlock:
    """The unlocking that the user chose: a key file, the environment variable, or a prompt (twice for a new vault).

    Raises:
        UsageError: none was given and there is no terminal to ask on.
    """
    if key_file is not None:
        return Unlock(key_file=key_file)
    passphrase = os.environ.get("POLYVEIL_PASSPHRASE")
    if passphrase:
        return Unlock(passphrase=passphrase)
    if not sys.stdin.isatty():
        raise UsageError("the vault is locked: set POLYVEIL_PASSPHRASE or give --key-file")
    return Unlock(passphrase=typer.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))
