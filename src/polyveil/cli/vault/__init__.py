"""`polyveil vault`: make, look after and share a vault. One command a module."""

from __future__ import annotations

from importlib import import_module

import typer

_COMMANDS = (
    "init",
    "info",
    "verify",
    "keygen",
    "grant",
    "group",
    "revoke",
    "rotate",
    "erase",
    "gc",
    "audit",
    "recover",
    "dictionary",
    "store",
    "restore",
    "snapshots",
    "forget",
)


def add(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Make, look after and share a vault.")
    for name in _COMMANDS:
        group.command(name)(getattr(import_module(f"polyveil.cli.vault.{name}"), name))
    app.add_typer(group, name="vault")
