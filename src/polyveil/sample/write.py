"""Write the sample: a small labelled data set of every modality, the same bytes for the same seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from polyveil.errors import MissingExtraError, UsageError
from polyveil.sample import documents, films, hostile, mail, office, papers, scans, scenes, sounds, tables, texts
from polyveil.sample.gold import Item
from polyveil.sample.people import Cast, cast

LABELS = "labels.jsonl"


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written. Values: planted texts; a value that stands in several places counts once."""

    files: int
    labels: int
    values: int
    bytes: int


def write(directory: Path, seed: int = 7) -> Summary:
    """Write the data set into a new or empty folder; `labels.jsonl` in it holds the gold findings.

    Raises:
        UsageError: the folder is not empty or cannot be written.
        MissingExtraError: a part of the installation that makes pictures, sounds, films or scans is missing.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise UsageError(f"{directory}: is not empty. Name a new folder.")
        return _write(directory, _made(seed))
    except OSError as error:
        raise UsageError(f"{directory}: cannot be written ({error.strerror})") from None


def _write(directory: Path, made: list[Item]) -> Summary:
    rows: list[str] = []
    values: set[str] = set()
    for item in made:
        path = directory / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(item.data)
        rows += [json.dumps(gold.row(item.path), ensure_ascii=False) for gold in item.labels]
        values |= {gold.value for gold in item.labels if gold.value}
    (directory / LABELS).write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    return Summary(len(made), len(rows), len(values), sum(len(item.data) for item in made))


def _made(seed: int) -> list[Item]:
    """Everything, or nothing: a sample without its pictures would prove less than it seems to."""
    try:
        return list(items(cast(seed), seed))
    except ImportError as error:
        raise MissingExtraError("polyveil sample", "all") from error


def items(people: Cast, seed: int) -> Iterator[Item]:
    """Every file of the sample, modality by modality.

    Each kind draws from its own chance, so that one does not move the others.
    """
    yield from texts.items(people)
    yield from tables.items(people, _chance(seed, 1))
    yield from mail.items(people, _chance(seed, 1))
    pictures = list(scenes.items(people, _chance(seed, 2)))
    yield from pictures
    yield from papers.items(people, _chance(seed, 3))
    yield from sounds.items(people, seed)
    clips = list(films.items(people, _chance(seed, 4)))
    yield from clips
    yield from scans.items(people)
    yield from documents.items(people)
    yield from office.items(people)
    yield from hostile.items(pictures[0].data, clips[0].data, _chance(seed, 9))


def _chance(seed: int, kind: int) -> Random:
    return Random(seed * 1000 + kind)  # noqa: S311 - the same seed has to give the same data set
