"""Chinese names, places and organisations by a small character network of our own (training/text_taggers).

A bidirectional LSTM layer (Hochreiter and Schmidhuber 1997) over characters, hashed character pairs and lexicon marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from polyveil.modalities.text.detectors.name_zh import COMPOUND, SINGLE
from polyveil.modalities.text.detectors.network import entities, labelled, shipped, vocabulary
from polyveil.modalities.text.detectors.place import automaton
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "tagger:zh"
LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
WEIGHTS, VOCABULARY = "names_zh.onnx", "names_zh.vocab.txt"
LONGEST = 160
"""Characters of one window."""
PAIRS = 30_011
"""Buckets of character pairs (a prime)."""

Ints = npt.NDArray[np.int64]
_FAMILY = frozenset(SINGLE)
_COMPOUND = frozenset(COMPOUND)


@dataclass(frozen=True, slots=True)
class Rows:
    """What the network sees of a text, one row a character: character, pair with the next one, lexicon mark."""

    ids: Ints
    pairs: Ints
    marks: Ints


def rows(text: str, vocabulary: dict[str, int]) -> Rows:
    """The rows of a text. Id 0 pads, 1 is unknown, 2 any Latin letter, 3 any digit."""
    ids = [_id(letter, vocabulary) for letter in text]
    pairs = [1 + (ord(one) * 7919 + ord(two)) % (PAIRS - 1) for one, two in zip(text, text[1:] + "\0", strict=True)]
    return Rows(np.array(ids), np.array(pairs), np.array(_marks(text)))


def _id(letter: str, vocabulary: dict[str, int]) -> int:
    if letter.isascii() and letter.isalpha():
        return 2
    return 3 if letter.isdigit() else vocabulary.get(letter, 1)


def _marks(text: str) -> list[int]:
    """0 nothing, 1 a family name may begin here, 2 a place begins, 3 a place goes on, 4 pads."""
    marks = [int(letter in _FAMILY or text[place : place + 2] in _COMPOUND) for place, letter in enumerate(text)]
    for end, length in automaton().iter(text):
        start = end + 1 - length
        marks[start : end + 1] = [2] + [3] * (length - 1)
    return marks


ENTITIES = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
_END = re.compile(r"[。！？\n]+|(?<=[\u4e00-\u9fff]); ?")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def _letters() -> dict[str, int]:
    return {letter: 4 + number for number, letter in enumerate(vocabulary(VOCABULARY))}


def find_names(text: str) -> list[Finding]:
    """People, places and organisations in a text; nothing if the weights are not installed."""
    if not shipped(WEIGHTS):
        return []
    cut = [(start, end) for start, end in _windows(text) if _HAN.search(text, start, end)]
    if not cut:
        return []
    columns = []
    for start, end in cut:
        seen = rows(text[start:end], _letters())
        columns.append((seen.ids, seen.pairs, seen.marks))
    found = []
    for (start, _), (best, chance) in zip(
        cut, labelled(WEIGHTS, columns, ("ids", "pairs", "marks"), (0, 0, 4)), strict=True
    ):
        for first, last, kind, score in entities([LABELS[int(one)] for one in best], chance.tolist()):
            left, right = start + first, start + last
            found.append(Finding(ENTITIES[kind], Span(left, right), score, DETECTOR, text[left:right]))
    return found


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, cut where they are longer than a window."""
    left = 0
    for right in [*(match.end() for match in _END.finditer(text)), len(text)]:
        for start in range(left, right, LONGEST):
            yield start, min(right, start + LONGEST)
        left = right
