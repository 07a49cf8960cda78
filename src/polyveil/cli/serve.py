"""`polyveil serve V`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, out


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("serve")(serve)


def serve(
    vault: VaultArgument,
    host: Annotated[str, typer.Option(help="Where to listen. Anything but loopback takes accounts.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 8420,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A host name under which it is reached; may be repeated.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option("--tls-certificate", help="PEM file for TLS.")] = None,
    private_key: Annotated[Path | None, typer.Option("--tls-key", help="PEM file for TLS.")] = None,
    plain: Annotated[
        bool, typer.Option("--plain-http", help="Allow a network address without TLS, behind a proxy that speaks it.")
    ] = False,
    principal: Annotated[str | None, typer.Option("--as", help="Unlock as this principal.")] = None,
    language: Annotated[str, typer.Option(help="First language of the pages: en or zh.")] = "en",
    browser: Annotated[bool, typer.Option("--browser", help="Open a browser at it.")] = False,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a vault in the web console, and answer its REST API under /api.

    It shows what the unlocked principal's grants open, and nothing else. On loopback the address that is printed holds
    a key that lets you in; on any other address people sign in with accounts (polyveil account add VAULT NAME).
    """
    from polyveil.console.accounts import Accounts
    from polyveil.console.app import listen
    from polyveil.console.app import serve as run
    from polyveil.console.sessions import Sessions
    from polyveil.console.settings import Settings, is_loopback
    from polyveil.console.shelf import Shelf
    from polyveil.errors import UsageError
    from polyveil.vault import Vault

    if language not in ("en", "zh"):
        raise UsageError("--language is en or zh")
    if (certificate is None) != (private_key is None):
        raise UsageError("--tls-certificate and --tls-key go together")
    offer = unlock(key_file)
    opened = Vault.open(vault, offer, principal=principal)
    accounts = Accounts(opened.state_folder())
    local = is_loopback(host)
    if not local and not accounts.names():
        raise UsageError(f"{host} is no loopback address: add an account first: polyveil account add {vault} NAME")
    if not local and certificate is None and not plain:
        raise UsageError(f"{host} is no loopback address: give --tls-certificate and --tls-key, or --plain-http")
    sock = listen(host, port)
    bound = sock.getsockname()[1]
    settings = Settings(
        host=host,
        port=bound,
        hosts=tuple(one.lower() for one in name or ()),
        key=secrets.token_urlsafe(24) if local else "",
        certificate=certificate,
        private_key=private_key,
        language=language,
    )
    shown = f"[{host}]" if ":" in host else host
    address = f"{'https' if settings.secure else 'http'}://{shown}:{bound}/"
    way_in = f"{address}login?key={settings.key}" if settings.key else address
    if as_json:
        json_line({"url": address, "login": way_in, "key": settings.key})
    else:
        out.print(f"{vault}, unlocked as {opened.principal.name}", markup=False)
        out.print(way_in, markup=False, soft_wrap=True)
        out.print("Ctrl-C stops it.", markup=False)
    if browser:
        import webbrowser

        webbrowser.open(way_in)
    run(settings, Shelf(opened, offer), Sessions(accounts), sock)
