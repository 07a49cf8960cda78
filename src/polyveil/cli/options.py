"""Options that several commands share, and how a vault is unlocked."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from polyveil.errors import UsageError
from polyveil.schema.modality import Modality
from polyveil.vault import Unlock

PolicyOption = Annotated[str, typer.Option("--policy", "-p", help="A built-in policy's name or a YAML file.")]
FastOption = Annotated[
    bool,
    typer.Option(
        "--fast",
        help="Look at videos more seldom: text every 2 seconds (shorter captions may be missed, and small or faint "
        "print), faces every 4 frames, closely every 0.8 seconds, and a scene's first frame not at full size.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON lines on stdout instead of text.")]
KeyFileOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--key-file",
        help="Unlock with this key file instead of POLYVEIL_PASSPHRASE or a prompt; several open together.",
    ),
]
ModalityOption = Annotated[
    list[Modality] | None, typer.Option("--modality", "-m", help="Only this modality; may be repeated.")
]
NewKeyFileOption = Annotated[
    Path | None, typer.Option("--new-key-file", help="Make the principal with this key file (32 random bytes or more).")
]
NewKeyOption = Annotated[
    str | None,
    typer.Option("--new-key", help="Make the principal with a key provider: keyring, aws-kms:KEY, transit:KEY."),
]
NewPassphraseOption = Annotated[
    bool, typer.Option("--new-passphrase", help="Make the principal; asks for its passphrase.")
]
CompartmentsOption = Annotated[list[str], typer.Option("--compartment", "-c", help="A compartment; may be repeated.")]
VaultArgument = Annotated[str, typer.Argument(metavar="VAULT", help="The vault's folder or address.")]


def unlock(key_file: Sequence[Path] | None, *, new: bool = False) -> Unlock:
    """The unlocking that the user chose.

    One key file, or several whose owners open together; the key provider of POLYVEIL_KEY ('keyring', 'aws-kms:KEY',
    'transit:KEY'); the passphrase of POLYVEIL_PASSPHRASE; or a prompt (twice for a new vault).

    Raises:
        UsageError: none was given and there is no terminal to ask on.
    """
    if key_file:
        offers = tuple(Unlock(key_file=one) for one in key_file)
        return offers[0] if len(offers) == 1 else Unlock(members=offers)
    provider, passphrase = os.environ.get("POLYVEIL_KEY"), os.environ.get("POLYVEIL_PASSPHRASE")
    if provider:
        return Unlock(provider=provider)
    if passphrase:
        return Unlock(passphrase=passphrase)
    if not sys.stdin.isatty():
        raise UsageError("the vault is locked: set POLYVEIL_PASSPHRASE or POLYVEIL_KEY, or give --key-file")
    return Unlock(passphrase=typer.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))


def fresh_unlock(name: str, key_file: Path | None, provider: str | None, *, ask: bool) -> Unlock | None:
    """What will unlock a principal that is made now; None if nothing was given. `ask` prompts for a passphrase."""
    if key_file is not None:
        return Unlock(key_file=key_file)
    if provider:
        return Unlock(provider=provider)
    if not ask:
        return None
    return Unlock(passphrase=typer.prompt(f"Passphrase of {name}", hide_input=True, confirmation_prompt=True, err=True))
