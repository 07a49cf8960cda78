"""`polyveil report V`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, out, table


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("report")(report)


def report(
    vault: VaultArgument,
    html: Annotated[Path | None, typer.Option("--html", help="Write one self-contained page here.")] = None,
    originals: Annotated[
        bool, typer.Option("--show-originals", help="Put the 'before' pictures into the page. They show people.")
    ] = False,
    language: Annotated[str, typer.Option(help="First language of the page: en or zh.")] = "en",
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what became of everything in a vault: outcomes, findings, reasons, savings, quarantine, timings."""
    from polyveil.errors import UsageError
    from polyveil.evaluate.report import gather, to_html, to_json
    from polyveil.pipeline.export import write_file
    from polyveil.vault import Vault

    if language not in ("en", "zh"):
        raise UsageError("--language is en or zh")
    found = gather(Vault.open(vault, unlock(key_file)), show_originals=originals)
    data = to_json(found)
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        write_file(html, to_html(found, language=language).encode())
    if as_json:
        json_line(data)
        return
    counts = data["outcomes"]
    table(vault, ("outcome", "assets"), [(name, number) for name, number in counts.items()])
    if html is not None:
        out.print(f"Report: {html.resolve()}", markup=False)
