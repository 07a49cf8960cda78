"""Run a tagger's network: batches of windows in, a label and its probability for each row out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.inference.session import checksums, read_weights
from polyveil.inference.settings import thread_count

BATCH = 4096
"""Rows of one run, padding included: bounds memory, and windows of like length share a run."""

Columns = tuple[npt.NDArray[np.int64], ...]
Tagged = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32]]


@cache
def shipped(name: str) -> bool:
    """Are the weights of this name part of the installation?"""
    return name in checksums()


@cache
def _session(name: str) -> Any:
    """An onnxruntime session, which runs 8-bit matrices as such. Raises VerificationError on bytes not pinned."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = thread_count()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(read_weights(name), options, providers=["CPUExecutionProvider"])


@cache
def vocabulary(name: str) -> tuple[str, ...]:
    """The lines of a vocabulary file of the weights."""
    return tuple(read_weights(name).decode("utf-8").splitlines())


def labelled(name: str, windows: Sequence[Columns], names: tuple[str, ...], pads: tuple[int, ...]) -> list[Tagged]:
    """For each window its rows' best labels, their probabilities, and the probabilities of all labels.

    Args:
        name: file name of the weights.
        windows: one tuple of equally long columns a window.
        names: the network's inputs in the order of the columns.
        pads: what pads each of them.
    """
    order = sorted(range(len(windows)), key=lambda number: len(windows[number][0]))
    results: dict[int, Tagged] = {}
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and len(windows[order[end]][0]) * (end + 1 - start) <= BATCH:
            end += 1
        chosen = order[start:end]
        longest = len(windows[chosen[-1]][0])
        inputs = {}
        for column, (key, pad) in enumerate(zip(names, pads, strict=True)):
            shape = windows[chosen[0]][column].shape[1:]
            inputs[key] = np.full((len(chosen), longest, *shape), pad, np.int64)
            for row, number in enumerate(chosen):
                inputs[key][row, : len(windows[number][column])] = windows[number][column]
        logits = _session(name).run(["logits"], inputs)[0]
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        chances = powers / powers.sum(-1, keepdims=True)
        for row, number in enumerate(chosen):
            kept = chances[row, : len(windows[number][0])]
            results[number] = (kept.argmax(-1), kept.max(-1), kept)
        start = end
    return [results[number] for number in range(len(windows))]


def legal(chances: npt.NDArray[np.float32]) -> list[int]:
    """The likeliest sequence of labels in which every I- follows a B- or I- of its kind (Viterbi 1967).

    Labels are O, then B- and I- of each kind; `chances` is (rows, labels).
    """
    logs = np.log(np.maximum(chances, 1e-9))
    labels = logs.shape[1]
    barred = np.zeros((labels, labels), np.float32)
    for inner in range(2, labels, 2):
        barred[:, inner] = -1e9
        barred[inner - 1 : inner + 1, inner] = 0
    score = logs[0] + barred[0]
    back = np.zeros(logs.shape, np.int64)
    for row in range(1, len(logs)):
        paths = score[:, None] + barred
        back[row] = paths.argmax(0)
        score = paths.max(0) + logs[row]
    best = [int(score.argmax())]
    for row in range(len(logs) - 1, 0, -1):
        best.append(int(back[row, best[-1]]))
    return best[::-1]


def entities(labels: Sequence[str], scores: Sequence[float]) -> list[tuple[int, int, str, float]]:
    """(first, last + 1, kind, mean score) of each entity of a BIO sequence; a lone I- begins one."""
    made = []
    start, kind = 0, ""
    for row, label in enumerate([*labels, "O"]):
        if kind and (label == "O" or label[0] == "B" or label[2:] != kind):
            made.append((start, row, kind, float(np.mean(scores[start:row]))))
            kind = ""
        if label != "O" and not kind:
            start, kind = row, label[2:]
    return made
