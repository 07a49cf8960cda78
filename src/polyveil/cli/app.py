"""The `polyveil` command: its subcommands, and how failures become exit codes."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Annotated, NoReturn

import typer
from rich.console import Console

import polyveil
from polyveil.errors import InterruptedRunError, PolyveilError, UsageError

_COMMANDS = (
    "sample",
    "protect",
    "inspect",
    "mask",
    "export",
    "unmask",
    "reveal",
    "report",
    "serve",
    "account",
    "evaluate",
    "vault",
    "policy",
    "live",
    "doctor",
)
# the common base of what typer raises for a wrong call; typer does not export it
_UsageError: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _version(value: bool) -> None:
    if value:
        typer.echo(f"polyveil {polyveil.__version__}")
        raise typer.Exit


def _root(
    _version_flag: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Collect, de-identify, encrypt and isolate personal data of every modality, and prove that it worked."""


def build() -> typer.Typer:
    """The whole command tree."""
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich", callback=_root)
    for name in _COMMANDS:
        import_module(f"polyveil.cli.{name}").add(app)
    return app


def main() -> NoReturn:
    """Run the command line and exit: 0 ok, 1 error, 2 usage, 3 quarantined, 4 policy or check failed, 130 stopped."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = build()(standalone_mode=False)
    except _UsageError as error:
        typer.BadParameter.show(error)  # type: ignore[arg-type]
        code = UsageError.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _say("interrupted", InterruptedRunError.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone: that is no failure
        code = 0
    except PolyveilError as error:
        code = _say(str(error), error.exit_code)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        code = _say(f"{where}{error.strerror or type(error).__name__}", 1)
    sys.exit(code or 0)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _say(message: str, code: int) -> int:
    Console(stderr=True, highlight=False).print(f"polyveil: {message}", markup=False, soft_wrap=True)
    return code
