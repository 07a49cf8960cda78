"""`polyveil protect SOURCE... --vault V`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from polyveil.cli.options import FastOption, JsonOption, KeyFileOption, ModalityOption, PolicyOption, unlock
from polyveil.cli.show import err, json_line, out, progress, table


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("protect")(protect)


def protect(
    source: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files, folders, globs, file:// or s3://.")],
    vault: Annotated[str, typer.Option("--vault", "-v", help="The vault; it is made if it does not exist.")],
    policy: PolicyOption = "default",
    quick: FastOption = False,
    modality: ModalityOption = None,
    workers: Annotated[int | None, typer.Option(min=0, help="Processes; 0 runs inline. Default: by size.")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Do assets again that were quarantined before.")] = False,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """De-identify everything at SOURCE and seal it into a vault, each modality under its own keys.

    Killed or interrupted, the same command goes on where it stopped. Ends with 3 if something was quarantined.
    """
    from polyveil.pipeline.protect import Event
    from polyveil.pipeline.protect import protect as run
    from polyveil.policies import fast, load
    from polyveil.vault import Vault

    with progress("protect") as bar:
        task = bar.task_ids[0]

        def tell(event: Event) -> None:
            bar.update(task, total=event.total, completed=event.done)
            if as_json and event.outcome:
                json_line({"asset": event.name, "outcome": event.outcome, "code": event.code})

        summary = run(
            source,
            vault=vault,
            policy=fast(load(policy)) if quick else policy,
            modalities=modality,
            unlock=unlock(key_file, new=not Vault.exists(vault)),
            workers=workers,
            retry=retry,
            tell=tell,
        )
    if as_json:
        json_line({"summary": asdict(summary)})
    else:
        rows: list[tuple[object, ...]] = [(name, count) for name, count in sorted(summary.counts.items())]
        rows += [(f"  {code}", count) for code, count in sorted(summary.codes.items())]
        if summary.parts_quarantined:
            rows.append(("  parts quarantined", summary.parts_quarantined))
        if summary.already_done:
            rows.append(("done before", summary.already_done))
        table(f"{vault}", ("outcome", "assets"), rows)
        out.print(f"{summary.seconds:.1f} s, {summary.workers} worker{'s' if summary.workers > 1 else ''}")
        if summary.exit_code:
            err.print(f"Some assets were quarantined. See why: polyveil report {vault}", style="yellow")
    raise typer.Exit(summary.exit_code)
