"""`polyveil vault keygen FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.show import out


def keygen(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where the private key goes; FILE.pub is the public one.")
    ],
) -> None:
    """Make a key pair of your own. Send FILE.pub to an administrator; open vaults with --key-file FILE."""
    from polyveil.vault.keys import write_pair

    write_pair(file)
    out.print(f"{file}: keep it to yourself. {file}.pub: for `polyveil vault grant V NAME --public-key`", markup=False)
