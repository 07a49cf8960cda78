"""Run a tagger's network: windows in, probabilities of labels out, and the likeliest legal sequence of them."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from polyveil.inference.session import Session, checksums, load, read_weights
from polyveil.inference.settings import thread_count
from polyveil.schema.finding import Finding

LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
ENTITIES = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
Columns = tuple[npt.NDArray[np.int64], ...]
Chances = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a tagger says of a text.

    findings: entities, by start. starts, ends, people, names: of each word (or character) that was read, ascending: its
    ends and the probabilities that it belongs to a person's name, and to any name (empty if that is not told).
    """

    findings: tuple[Finding, ...] = ()
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    people: Sequence[float] = ()
    names: Sequence[float] = ()

    def person(self, start: int, end: int) -> float | None:
        """The best probability of a person within a range; None if the tagger read nothing there."""
        return self._best(self.people, start, end)

    def name(self, start: int, end: int) -> float | None:
        """The best probability of any name within a range; None if the tagger read nothing there or does not tell."""
        return self._best(self.names, start, end) if self.names else None

    def _best(self, shares: Sequence[float], start: int, end: int) -> float | None:
        first = max(0, bisect_right(self.starts, start) - 1)
        best = None
        for row in range(first, len(self.starts)):
            if self.starts[row] >= end:
                break
            if self.ends[row] > start:
                best = max(best or 0.0, shares[row])
        return best


@cache
def shipped(name: str) -> bool:
    """Are the weights of this name part of the installation?"""
    return name in checksums()


def _session(name: str) -> Session:
    """Runs lie side by side on threads: their matrices are small. Raises VerificationError on bytes not pinned."""
    return load(name, alone=True, light=True)


@cache
def threads() -> ThreadPoolExecutor | None:
    """Threads for the runs of a text; None where one is allowed."""
    return ThreadPoolExecutor(count, "tagger") if (count := thread_count()) > 1 else None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=threads.cache_clear)  # threads do not come along


@cache
def learned_moves(name: str) -> npt.NDArray[np.float32] | None:
    """Scores from label to label that stand in the weights' property `moves`; None without."""
    said = _session(name).metadata.get("moves")
    return np.array(said.split(), np.float32).reshape(len(LABELS), len(LABELS)) if said else None


@cache
def vocabulary(name: str) -> tuple[str, ...]:
    """The lines of a vocabulary file of the weights."""
    return tuple(read_weights(name).decode("utf-8").removesuffix("\n").split("\n"))


def chances(
    name: str, windows: Sequence[Columns], names: tuple[str, ...], pads: tuple[int, ...], batch: int
) -> list[Chances]:
    """For each window the probabilities of all labels, (rows of its last column, labels).

    Args:
        name: file name of the weights.
        windows: one tuple of columns a window, the first the longest.
        names: the network's inputs in the order of the columns.
        pads: what pads each of them.
        batch: rows of one run, padding included.
    """
    order = sorted(range(len(windows)), key=lambda number: len(windows[number][0]))
    runs: list[list[int]] = []
    for number in order:
        if not runs or len(windows[number][0]) * (len(runs[-1]) + 1) > batch:
            runs.append([])
        runs[-1].append(number)

    def answers(run: list[int]) -> Chances:
        inputs = {}
        for column, (key, pad) in enumerate(zip(names, pads, strict=True)):
            longest, shape = max(len(windows[one][column]) for one in run), windows[run[0]][column].shape[1:]
            inputs[key] = np.full((len(run), longest, *shape), pad, np.int64)
            for row, number in enumerate(run):
                inputs[key][row, : len(windows[number][column])] = windows[number][column]
        logits = _session(name).run(inputs)[0]
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        shares: Chances = powers / powers.sum(-1, keepdims=True)
        return shares

    pool = threads()
    results: dict[int, Chances] = {}
    for run, shares in zip(
        runs, pool.map(answers, runs) if pool and len(runs) > 1 else map(answers, runs), strict=True
    ):
        for row, number in enumerate(run):
            results[number] = shares[row, : len(windows[number][-1])]
    return [results[number] for number in range(len(windows))]


def legal(sequences: Sequence[Chances], moves: npt.NDArray[np.float32] | None = None) -> list[list[int]]:
    """For each sequence the likeliest labels in which every I- follows a B- or I- of its kind (Viterbi 1967).

    Labels are those of LABELS; a sequence is (rows, labels). All are worked on at once, the longest first. `moves`:
    learned scores from label to label, (labels, labels), 0 without.
    """
    order = sorted(range(len(sequences)), key=lambda number: -len(sequences[number]))
    lengths = np.array([len(sequences[number]) for number in order])
    if not len(lengths) or not lengths[0]:
        return [[] for _ in sequences]
    labels = len(LABELS)
    barred = np.zeros((labels, labels), np.float32) if moves is None else moves.astype(np.float32).copy()
    for inner in range(2, labels, 2):
        follows = barred[inner - 1 : inner + 1, inner].copy()
        barred[:, inner] = -1e9
        barred[inner - 1 : inner + 1, inner] = follows
    logs = np.zeros((len(order), int(lengths[0]), labels), np.float32)
    for row, number in enumerate(order):
        logs[row, : lengths[row]] = np.log(np.maximum(sequences[number], 1e-9))
    score = logs[:, 0] + np.where(barred[0] < -1e8, barred[0], 0)
    back = np.zeros(logs.shape, np.int8)
    for step in range(1, logs.shape[1]):
        live = int(np.searchsorted(-lengths, -step, side="left"))
        paths = score[:live, :, None] + barred
        back[:live, step] = paths.argmax(1)
        score[:live] = paths.max(1) + logs[:live, step]
    best = score.argmax(1)
    made: list[list[int]] = [[] for _ in sequences]
    for row, number in enumerate(order):
        path = [int(best[row])]
        for step in range(int(lengths[row]) - 1, 0, -1):
            path.append(int(back[row, step, path[-1]]))
        made[number] = path[::-1] if lengths[row] else []
    return made


def entities(labels: Sequence[str], scores: Sequence[float]) -> list[tuple[int, int, str, float]]:
    """(first, last + 1, kind, mean score) of each entity of a BIO sequence; a lone I- begins one."""
    made = []
    start, kind = 0, ""
    for row, label in enumerate([*labels, "O"]):
        if kind and (label == "O" or label[0] == "B" or label[2:] != kind):
            made.append((start, row, kind, sum(scores[start:row]) / (row - start)))
            kind = ""
        if label != "O" and not kind:
            start, kind = row, label[2:]
    return made
