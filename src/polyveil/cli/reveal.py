"""`polyveil reveal V FILE`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import err, json_line
from polyveil.errors import AssetError, UsageError


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("reveal")(reveal)


def reveal(
    vault: VaultArgument,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text with tokens, or - for standard input.")] = "-",
    to: Annotated[Path | None, typer.Option("--out", "-o", help="A new file; by default standard output.")] = None,
    digits: Annotated[
        str | None,
        typer.Option("--digits", metavar="ENTITY", help="The input is one number that encrypt_digits wrote."),
    ] = None,
    principal: Annotated[str | None, typer.Option("--as", help="Reveal as this principal.")] = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a de-identified text with the values that its tokens stand for. They are personal data.

    Opens what the operators `encrypt` and `encrypt_digits` wrote, with a grant for `identity`; each call is audited.
    Ends with 4 if a token did not open.
    """
    from polyveil.modalities.text import codec
    from polyveil.pipeline.reveal import Revealed, reveal_digits
    from polyveil.pipeline.reveal import reveal as run
    from polyveil.schema.limits import Limits
    from polyveil.schema.modality import Modality
    from polyveil.schema.part import Part
    from polyveil.vault import Vault

    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        part = Part("", Modality.TEXT, "text/plain", data)
        read = codec.decode(part, Limits()) if data else codec.Decoded("", "utf-8")
        text = read.text
    except AssetError:
        raise UsageError(f"{file}: is no text, or too long a one") from None
    store = Vault.open(vault, unlock(key_file), principal=principal)
    found = Revealed(reveal_digits(store, digits, text.strip()), 1, 0) if digits else run(store, text)
    if to is not None:
        try:
            handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # at no time for others to read
        except FileExistsError:
            raise UsageError(f"{to}: exists already. Name a new file.") from None
        try:
            written = codec.encoded(found.text, read.encoding, part)
        except UnicodeEncodeError:
            written = found.text.encode()
        with os.fdopen(handle, "wb") as sink:
            sink.write(written)
    elif not as_json:
        sys.stdout.write(found.text)
    if as_json:
        json_line({"output": str(to or ""), "opened": found.opened, "closed": found.closed})
    elif found.closed:
        err.print(f"{found.closed} tokens do not open under this vault's key and were left as they are", markup=False)
    raise typer.Exit(4 if found.closed else 0)
