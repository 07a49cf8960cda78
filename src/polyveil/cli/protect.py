"""`polyveil protect SOURCE... --vault V`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.films import Films
from polyveil.cli.options import FastOption, JsonOption, KeyFileOption, ModalityOption, PolicyOption, unlock
from polyveil.cli.show import err, json_line, out, progress, table
from polyveil.errors import UsageError
from polyveil.schema.modality import Modality


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("protect")(protect)


def protect(
    source: Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Files, folders, globs, file:// or s3://.")],
    vault: Annotated[str, typer.Option("--vault", "-v", help="The vault; it is made if it does not exist.")],
    policy: PolicyOption = "default",
    quick: FastOption = False,
    modality: ModalityOption = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0, help="Processes; 0 runs inline. Default: by size. Beyond one an asset, they share long films."
        ),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Do assets again that were quarantined before.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Watch the folder SOURCE until Ctrl-C.")] = False,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """De-identify everything at SOURCE and seal it into a vault, each modality under its own keys.

    Killed or interrupted, the same command goes on where it stopped. Ends with 3 if something was quarantined.
    With --watch, what arrives in the folder goes down the road once its size has not changed for two looks.
    """
    if watch:
        _watch(source, vault, policy, quick=quick, modality=modality, workers=workers, key_file=key_file)
        return
    from polyveil.pipeline.protect import Event
    from polyveil.pipeline.protect import protect as run
    from polyveil.policies import fast, load
    from polyveil.vault import Vault

    with progress("protect") as bar:
        films = Films(bar)
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
            frames=lambda job, frames: films.tell(f"film {job + 1}", frames),
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


def _watch(
    source: list[str],
    vault: str,
    policy: str,
    *,
    quick: bool,
    modality: list[Modality] | None,
    workers: int | None,
    key_file: list[Path] | None,
) -> None:
    from polyveil.cli.live import stop_on_signals
    from polyveil.live.status import Status
    from polyveil.live.watch import watch
    from polyveil.live.web import Web
    from polyveil.pipeline.protect import protect as run
    from polyveil.policies import fast, load
    from polyveil.vault import Vault

    if len(source) != 1 or not Path(source[0]).is_dir():
        raise UsageError("--watch takes one folder that exists")
    if Path(vault).resolve().is_relative_to(Path(source[0]).resolve()):
        raise UsageError("the vault lies in the watched folder: put it elsewhere")
    chosen = fast(load(policy)) if quick else load(policy)
    key = unlock(key_file, new=not Vault.exists(vault))
    with Vault.open(vault, key) if Vault.exists(vault) else Vault.create(vault, key) as opened:
        status = Status(opened.state_folder() / "live", "watch", "watch")
    web = Web(status)
    stop = threading.Event()
    stop_on_signals(stop.set)
    status.begin()
    status.log("started")

    def take(paths: Sequence[Path]) -> None:
        here = [path for path in paths if path.exists()]
        if not here:
            return
        summary = run(here, vault=vault, policy=chosen, modalities=modality, unlock=key, workers=workers)
        for outcome, number in (summary.counts | {"parts_quarantined": summary.parts_quarantined}).items():
            status.count(outcome, number)
        status.log("protected", **summary.counts)

    try:
        watch(Path(source[0]), take, stop, lambda number: status.gauge("waiting", number), every_s=1.0)
    finally:
        web.close()
        status.end()
