"""English names, places and organisations by a small transformer of our own (training/text_taggers).

Three layers of MiniLM (Wang et al. 2020, arXiv:2002.10957) with a linear head; word shapes and lexicon marks are added
to its uncased embeddings. Only sentences that may hold a name, by their capitals, are run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tokenizers import BertWordPieceTokenizer

from polyveil.modalities.text.detectors.name_en import NOT_NAMES, lexicon
from polyveil.modalities.text.detectors.network import entities, labelled, shipped, vocabulary
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "tagger:en"
LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG")
WEIGHTS, VOCABULARY = "names_en.onnx", "names_en.vocab.txt"
LONGEST = 128
"""Word pieces of one window, the two marks at its ends included."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """What the network sees of a sentence: one row a word piece, marks at both ends included.

    spans: for each piece the characters of its word; `heads` are the rows of first pieces.
    """

    ids: Ints
    shapes: Ints
    marks: Ints
    heads: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


def tokenizer(vocabulary: Sequence[str]) -> BertWordPieceTokenizer:
    """The uncased word-piece tokenizer of a vocabulary, one piece a line."""
    return BertWordPieceTokenizer({piece: number for number, piece in enumerate(vocabulary)}, lowercase=True)


def shape(word: str) -> int:
    """0 lower case, 1 Capital first, 2 ALL CAPITALS, 3 one capital, 4 mIxed, 5 with digits, 6 none of these."""
    if any(letter.isdigit() for letter in word):
        return 5
    if not word.isalpha():
        return 6
    if word.islower():
        return 0
    if word.isupper():
        return 3 if len(word) == 1 else 2
    return 1 if word[0].isupper() and word[1:].islower() else 4


def mark(word: str) -> int:
    """0 unknown, 1 a given name, 2 a family name, 3 both, by the lexicon and whatever its case."""
    plain = word.capitalize()
    return (plain in lexicon("given_en")) + 2 * (plain in lexicon("surnames_en"))


class Pieces(NamedTuple):
    """The word pieces of a sentence and the characters that each stands for."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def windows(text: str, tokens: BertWordPieceTokenizer, start: int = 0) -> list[Window]:
    """A sentence cut into windows of at most LONGEST pieces. `start` is added to every span."""
    encoded = tokens.encode(text, add_special_tokens=False)
    pieces_of = Pieces(encoded.ids, encoded.offsets)  # each attribute copies its whole list when it is read
    owners = encoded.word_ids
    words: list[list[int]] = []
    for row, word in enumerate(owners):
        if row and word == owners[row - 1]:
            words[-1].append(row)
        else:
            words.append([row])
    made: list[Window] = []
    batch: list[list[int]] = []
    pieces = 0
    for rows in (word[: LONGEST - 2] for word in words):
        if pieces + len(rows) > LONGEST - 2:
            made.append(_window(text, pieces_of, batch, start))
            batch, pieces = [], 0
        batch.append(rows)
        pieces += len(rows)
    return [*made, _window(text, pieces_of, batch, start)] if batch else made


def _window(text: str, pieces: Pieces, words: list[list[int]], start: int) -> Window:
    ids, shapes, marks, heads, spans = [101], [6], [0], [], []
    for rows in words:
        left, right = pieces.offsets[rows[0]][0], pieces.offsets[rows[-1]][1]
        word = text[left:right]
        heads.append(len(ids))
        spans.append((left + start, right + start))
        ids += [pieces.ids[row] for row in rows]
        shapes += [shape(word)] * len(rows)
        marks += [mark(word)] * len(rows)
    return Window(np.array([*ids, 102]), np.array([*shapes, 6]), np.array([*marks, 0]), tuple(heads), tuple(spans))


ENTITIES = {"PER": "PERSON", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
_END = re.compile(r"(?<![A-Z])(?<!Mr)(?<!Ms)(?<!Dr)(?<!Mrs)(?<!St)(?<!Prof)[.!?][\"')\]]*\s+|\n+")
"""Ends of sentences: not after an initial or a title."""
_LETTERS = re.compile(r"[^\W\d_]+")


@cache
def _tokens() -> BertWordPieceTokenizer:
    return tokenizer(vocabulary(VOCABULARY))


def find_names(text: str) -> list[Finding]:
    """People, places and organisations in a text; nothing if the weights are not installed."""
    if not shipped(WEIGHTS):
        return []
    cut = [
        window
        for start, end in _sentences(text)
        if _may_hold_a_name(text[start:end])
        for window in windows(text[start:end], _tokens(), start)
    ]
    if not cut:
        return []
    columns = [(window.ids, window.shapes, window.marks) for window in cut]
    found = []
    for window, (best, chance, _) in zip(
        cut, labelled(WEIGHTS, columns, ("ids", "shapes", "marks"), (0, 6, 0)), strict=True
    ):
        heads = list(window.heads)
        for first, last, kind, score in entities([LABELS[int(best[head])] for head in heads], chance[heads].tolist()):
            start, end = window.spans[first][0], window.spans[last - 1][1]
            if text[start:end].strip(".").capitalize() in NOT_NAMES and kind == "PER":
                continue
            if not _LETTERS.search(text, start, end):
                continue
            handle = kind == "PER" and text[max(0, start - 2) : start].rstrip(" ").endswith("@")
            entity = "USERNAME" if handle else ENTITIES[kind]
            found.append(Finding(entity, Span(start, end), score, DETECTOR, text[start:end]))
    return found


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)


def _may_hold_a_name(sentence: str) -> bool:
    """A capital inside, an uncommon first word, or a name of the lexicon in lower case that is no common word."""
    words = [match.group() for match in _LETTERS.finditer(sentence)]
    common = lexicon("common_en")
    if any(word[0].isupper() and (place or word.lower() not in common) for place, word in enumerate(words)):
        return True
    return any(mark(word) and word not in common for word in words)
