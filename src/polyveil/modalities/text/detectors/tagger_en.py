"""English names, places and organisations by a small transformer of our own (training/text_taggers).

Layers of MiniLM (Wang et al. 2020, arXiv:2002.10957) with a linear head; word shapes and lexicon marks are added
to its uncased embeddings. Sentences of common words in lower case are not run.
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
from polyveil.modalities.text.detectors.network import (
    ENTITIES,
    LABELS,
    Reading,
    chances,
    entities,
    legal,
    shipped,
    vocabulary,
)
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "tagger:en"
WEIGHTS, VOCABULARY = "names_en.onnx", "names_en.vocab.txt"
LONGEST = 128
"""Word pieces of one window, the two marks at its ends included."""

KINDS = frozenset(
    [
        "Bank",
        "Board",
        "Branch",
        "Clinic",
        "College",
        "Company",
        "Council",
        "Court",
        "Department",
        "Government",
        "Group",
        "Hospital",
        "Hotel",
        "Office",
        "Police",
        "School",
        "Team",
        "Union",
        "University",
    ]
)
"""Words that alone name a kind of organisation and none."""

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
    ends = (tokens.token_to_id("[CLS]"), tokens.token_to_id("[SEP]"))
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
            made.append(_window(text, pieces_of, batch, start, ends))
            batch, pieces = [], 0
        batch.append(rows)
        pieces += len(rows)
    return [*made, _window(text, pieces_of, batch, start, ends)] if batch else made


def _window(text: str, pieces: Pieces, words: list[list[int]], start: int, ends: tuple[int, int]) -> Window:
    ids, shapes, marks, heads, spans = [ends[0]], [6], [0], [], []
    for rows in words:
        left, right = pieces.offsets[rows[0]][0], pieces.offsets[rows[-1]][1]
        word = text[left:right]
        heads.append(len(ids))
        spans.append((left + start, right + start))
        ids += [pieces.ids[row] for row in rows]
        shapes += [shape(word)] * len(rows)
        marks += [mark(word)] * len(rows)
    return Window(np.array([*ids, ends[1]]), np.array([*shapes, 6]), np.array([*marks, 0]), tuple(heads), tuple(spans))


_END = re.compile(r"(?<![A-Z])(?<!Mr)(?<!Ms)(?<!Dr)(?<!Mrs)(?<!St)(?<!Prof)[.!?][\"')\]]*\s+|\n+")
"""Ends of sentences: not after an initial or a title."""
_LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f]+")


@cache
def _tokens() -> BertWordPieceTokenizer:
    return tokenizer(vocabulary(VOCABULARY))


def read(text: str) -> Reading:
    """People, places and organisations in a text; nothing if the weights are not installed."""
    if not shipped(WEIGHTS) or len(text.split(maxsplit=1)) < 2:  # lists know single words better
        return Reading()
    cut = [
        window
        for start, end in _sentences(text)
        if _may_hold_a_name(text[start:end])
        for window in windows(text[start:end], _tokens(), start)
    ]
    if not cut:
        return Reading()
    columns = [(window.ids, window.shapes, window.marks) for window in cut]
    of_pieces = chances(WEIGHTS, columns, ("ids", "shapes", "marks"), (0, 6, 0))
    of_words = [rows[list(window.heads)] for window, rows in zip(cut, of_pieces, strict=True)]
    found = []
    for window, rows, best in zip(cut, of_words, legal(of_words), strict=True):
        scores = rows[np.arange(len(best)), best].tolist()
        for first, last, kind, score in entities([LABELS[one] for one in best], scores):
            start, end = window.spans[first][0], window.spans[last - 1][1]
            if text[start:end].strip(".").capitalize() in (KINDS if kind == "ORG" else NOT_NAMES) and kind != "LOC":
                continue
            if not _LETTERS.search(text, start, end) or (kind == "PER" and _acronym(text, start, end, window)):
                continue
            handle = kind == "PER" and text[max(0, start - 2) : start].rstrip(" ").endswith("@")
            entity = "USERNAME" if handle else ENTITIES[kind]
            found.append(Finding(entity, Span(start, end), score, DETECTOR, text[start:end]))
    spans = [span for window in cut for span in window.spans]
    people = np.concatenate([rows[:, 1] + rows[:, 2] for rows in of_words]).tolist()
    return Reading(tuple(found), [start for start, _ in spans], [end for _, end in spans], people)


def _acronym(text: str, start: int, end: int, window: Window) -> bool:
    """One word in capitals that is no name of the lexicon, in a sentence that is not in capitals: a firm, a device."""
    word = text[start:end]
    sentence = text[window.spans[0][0] : window.spans[-1][1]]
    return len(word) > 1 and word.isalpha() and word.isupper() and not mark(word) and not sentence.isupper()


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)


def _may_hold_a_name(sentence: str) -> bool:
    """Any word that is not common, a common one with a capital inside the sentence, or one that is a name as well."""
    common = lexicon("common_en")
    for place, match in enumerate(_LETTERS.finditer(sentence)):
        word = match.group()
        if word.lower() not in common or (word[0].isupper() and (place or mark(word))):
            return True
    return False
