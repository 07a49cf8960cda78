"""`polyveil evaluate GOLD`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from polyveil.cli.options import JsonOption, PolicyOption
from polyveil.cli.show import err, json_line, out, progress, table


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="labels.jsonl; its paths are relative to its folder.")],
    policy: PolicyOption = "default",
    leaks: Annotated[
        Path | None, typer.Option("--leaks", help="Also search this exported folder for every labelled value.")
    ] = None,
    ocr: Annotated[bool, typer.Option("--ocr/--no-ocr", help="Read exported pictures and frames by OCR.")] = True,
    detect: Annotated[bool, typer.Option("--detect/--no-detect", help="Run the detectors and score them.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Score what the policy finds against gold labels, and search an export for what was planted.

    Ends with 4 if a labelled value was found in the export.
    """
    from polyveil.evaluate.gold import read_gold

    labels = read_gold(gold)
    if detect:
        _score(gold, labels, policy, as_json)
    leaked = _leaks(leaks, labels, as_json, ocr=ocr) if leaks is not None else 0
    raise typer.Exit(4 if leaked else 0)


def _score(gold: Path, labels: list[Any], policy: str, as_json: bool) -> None:
    from polyveil.evaluate.score import score
    from polyveil.pipeline.findings import findings_of

    with progress("evaluate") as bar:
        files = sorted({label.asset for label in labels})
        bar.update(bar.task_ids[0], total=len(files))
        found = {}
        for name in files:
            found.update(findings_of(gold.parent, name, policy))
            bar.advance(bar.task_ids[0])
    scores = score(labels, found)
    rows: list[tuple[object, ...]] = []
    for row in scores.rows:
        frames = f"{row.frames_covered}/{row.frames}" if row.frames else ""
        if as_json:
            json_line(
                {
                    "modality": row.modality,
                    "entity": row.entity,
                    "gold": row.gold,
                    "covered": row.covered,
                    "same_entity": row.same_entity,
                    "recall": round(row.recall, 4),
                    "frames": row.frames,
                    "frames_covered": row.frames_covered,
                }
            )
        rows.append((row.modality, row.entity, row.gold, row.covered, f"{row.recall:.3f}", frames))
    for missed in scores.missed:
        err.print(f"missed: {missed.asset} [{missed.part}] {missed.entity}", markup=False)
    if not as_json:
        table("Findings against gold labels", ("modality", "entity", "gold", "covered", "recall", "frames"), rows)
        out.print(f"{sum(scores.extra.values())} findings touch no label (labels need not be complete)")


def _leaks(folder: Path, labels: list[Any], as_json: bool, *, ocr: bool) -> int:
    from polyveil.evaluate.leakscan import scan
    from polyveil.evaluate.reader import reader

    result = scan(folder, labels, read=reader() if ocr else None)
    for leak in result.leaks:
        if as_json:
            json_line({"leak": leak.file, "entity": leak.entity, "way": leak.way})
        else:
            err.print(f"leak: {leak.file} {leak.entity} ({leak.way})", markup=False)
    for name in result.unread:
        err.print(f"not opened, searched by bytes only: {name}", markup=False)
    facts = {
        "files": result.files,
        "bytes": result.bytes,
        "values": result.values,
        "pictures": result.pictures,
        "leaks": len(result.leaks),
        "unread": len(result.unread),
    }
    if as_json:
        json_line({"leakscan": facts})
    else:
        out.print(
            f"Searched {result.files} files ({result.bytes / 1e6:.1f} MB) and {result.pictures} pictures for"
            f" {result.values} planted values: {len(result.leaks)} found"
        )
    return len(result.leaks)
