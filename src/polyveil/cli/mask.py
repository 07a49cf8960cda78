"""`polyveil mask PATH --out PATH`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.films import Films
from polyveil.cli.options import FastOption, JsonOption, KeyFileOption, PolicyOption, unlock
from polyveil.cli.show import err, json_line, out, progress


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("mask")(mask)


def mask(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file or folder.")],
    to: Annotated[Path, typer.Option("--out", "-o", help="The file, or folder of copies, to write.")],
    policy: PolicyOption = "default",
    quick: FastOption = False,
    vault: Annotated[
        str | None, typer.Option("--identity-of", metavar="VAULT", help="Use the pseudonyms and tokens of this vault.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share a long film.")] = 1,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """De-identify one file or folder into copies, without a vault. Ends with 3 if a file was quarantined.

    Each call has pseudonyms of its own, unless --identity-of names a vault whose people they shall be: its audit log
    then says that they were used.
    """
    from polyveil.modalities.interface import Frames
    from polyveil.pipeline.mask import Masked
    from polyveil.pipeline.mask import mask as run
    from polyveil.policies import fast, load
    from polyveil.schema.outcome import Outcome
    from polyveil.vault import Vault

    store = Vault.open(vault, unlock(key_file)) if vault else None
    with progress("mask") as bar:
        task = bar.task_ids[0]
        films = Films(bar)

        def far(fraction: float, frames: Frames | None = None, /) -> None:
            bar.update(task, total=100, completed=100 * fraction)
            if frames is not None:
                films.tell("film", frames)

        def tell(masked: Masked) -> None:
            bar.update(task, total=None, completed=0)
            if as_json:
                json_line(asdict(masked))
            elif masked.output:
                found = ", ".join(f"{name} {count}" for name, count in sorted((masked.findings or {}).items()))
                gone = ", ".join(f"{name} {count}" for name, count in sorted((masked.left_out or {}).items()))
                rest = f"; left out: {gone.replace('_', ' ')}" if gone else ""
                bar.console.print(f"{masked.output}: {found or 'nothing found'}{rest}", markup=False)
            else:
                detail = f" ({masked.detail})" if masked.detail else ""
                bar.console.print(f"{masked.name}: {masked.outcome.value}, {masked.code}{detail}", markup=False)

        chosen = fast(load(policy)) if quick else load(policy)
        results = run(
            path,
            to,
            chosen,
            vault=store,
            tell=tell,
            progress=far,
            workers=workers,
        )
    broken = sum(one.outcome is Outcome.QUARANTINED or one.parts_quarantined > 0 for one in results)
    if broken and not as_json:
        err.print(f"{broken} of {len(results)} could not be de-identified in full; what failed was not written.")
    if not as_json and len(results) > 1:
        out.print(f"{sum(bool(one.output) for one in results)} files written to {to}", markup=False)
    raise typer.Exit(3 if broken else 0)
