"""`polyveil account`: who may come into a vault's console."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, out, table

ScopeOption = Annotated[
    list[str] | None,
    typer.Option("--scope", help="read, content, submit, review, analyse, audit; may be repeated. Default: all."),
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The account.")]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Accounts and tokens of a vault's web console.")
    group.command("add")(add_account)
    group.command("remove")(remove)
    group.command("list")(list_accounts)
    group.command("token")(token)
    app.add_typer(group, name="account")


def _password(name: str) -> str:
    from polyveil.errors import UsageError

    given = os.environ.get("POLYVEIL_ACCOUNT_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        raise UsageError("no terminal to ask on: set POLYVEIL_ACCOUNT_PASSWORD")
    return str(typer.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True, err=True))


def add_account(vault: VaultArgument, name: NameArgument, scope: ScopeOption = None,
                key_file: KeyFileOption = None) -> None:  # fmt: skip
    """Make an account, or give one a new password and scopes."""
    from polyveil.console.accounts import SCOPES, Accounts
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as opened:
        Accounts(opened.state_folder()).add(name, _password(name), tuple(scope or SCOPES))
        opened.audit("account-add", account=name, scopes=list(scope or SCOPES))
    out.print(f"Account {name}: {', '.join(scope or SCOPES)}", markup=False)


def remove(vault: VaultArgument, name: NameArgument, key_file: KeyFileOption = None) -> None:
    """Drop an account and its tokens."""
    from polyveil.console.accounts import Accounts
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as opened:
        Accounts(opened.state_folder()).remove(name)
        opened.audit("account-remove", account=name)


def list_accounts(vault: VaultArgument, as_json: JsonOption = False) -> None:
    """List accounts and tokens."""
    from polyveil.console.accounts import Accounts
    from polyveil.errors import UsageError
    from polyveil.vault import Vault

    if not Vault.exists(vault):
        raise UsageError(f"{vault}: is no vault")
    accounts = Accounts(Path(vault) / "state")
    rows = [(name, found.scopes) for name in accounts.names() if (found := accounts.account(name)) is not None]
    tokens = [(one.account, one.id, one.name, one.scopes) for one in accounts.tokens()]
    if as_json:
        json_line({
            "accounts": [{"name": name, "scopes": scopes} for name, scopes in rows],
            "tokens": [{"account": account, "id": ident, "name": name, "scopes": scopes}
                       for account, ident, name, scopes in tokens],
        })  # fmt: skip
        return
    table(vault, ("account", "scopes"), [(name, ", ".join(scopes)) for name, scopes in rows])
    if tokens:
        table("", ("account", "token", "name", "scopes"), [(a, i, n, ", ".join(s)) for a, i, n, s in tokens])


def token(
    vault: VaultArgument,
    name: NameArgument,
    scope: ScopeOption = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(min=0, help="Days until it expires; 0 for never.")] = 90,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Issue a token for the REST API. It is printed this once."""
    from polyveil.console.accounts import Accounts
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as opened:
        issued, secret = Accounts(opened.state_folder()).issue(name, label, tuple(scope or ("read",)), days)
        opened.audit("token-issue", account=name, token=issued.id, scopes=list(issued.scopes))
    if as_json:
        json_line({"id": issued.id, "token": secret})
    else:
        out.print(secret, markup=False, soft_wrap=True)
