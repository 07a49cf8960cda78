"""English names, places and organisations by a small transformer of our own (training/text_taggers).

Words that may be part of a name are picked out by rules; the network says of these alone what they are, and sees the
words around them. Word shapes and lexicon marks are added to the uncased embeddings of MiniLM (Wang et al. 2020,
arXiv:2002.10957).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from polyveil.modalities.text.detectors.lexicon import NOT_NAMES
from polyveil.modalities.text.detectors.network import (
    ENTITIES,
    LABELS,
    Chances,
    Reading,
    entities,
    legal,
    shipped,
)
from polyveil.modalities.text.detectors.tiles import LONG, chances
from polyveil.modalities.text.detectors.words_en import (
    COMMON,
    LETTER,
    PIECES,
    Flags,
    Ints,
    Words,
    candidates,
    named,
    table,
    words,
)
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "tagger:en"
WEIGHTS = "names_en.onnx"
LONGEST = LONG
"""Words of one window."""
NEAR = 4
"""Words before and behind a word that may be a name which the network sees at least, within the sentence."""
DOUBTED = 0.3
"""Probability of a person from which on a place of one word is one, if lists have it as a name of people alone."""

KINDS = frozenset(
    """
    Bank Board Branch Clinic College Company Council Court Department Government Group Hospital Hotel Office Police
    School Team Union University
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Words that alone name a kind of organisation and none."""
LABELLED = re.compile(r"\s(?:number|no|code|card|ID)\b", re.IGNORECASE)
"""What makes the capitals before it a label: 'NI number'."""


@dataclass(frozen=True, slots=True)
class Window:
    """What the network sees of a sentence, a row a word.

    ids: numbers of the words' pieces, (words, PIECES). chosen: rows of the words that are asked about, from 1 on.
    words: the numbers of these words in the text.
    """

    ids: Ints
    shapes: Ints
    marks: Ints
    chosen: Ints
    words: Ints


def near(wanted: Flags, sentences: Ints, reach: int = NEAR) -> Flags:
    """What is `reach` words or fewer from a wanted word of the same sentence."""
    rows = np.flatnonzero(wanted)
    firsts = np.searchsorted(sentences, sentences[rows], side="left")
    lasts = np.searchsorted(sentences, sentences[rows], side="right")
    change = np.zeros(len(wanted) + 1, np.int64)
    np.add.at(change, np.maximum(rows - reach, firsts), 1)
    np.add.at(change, np.minimum(rows + reach + 1, lasts), -1)
    return np.cumsum(change[:-1]) > 0


def windows(text: Words, wanted: Flags, seen: Flags) -> list[Window]:
    """The seen words of each sentence as windows of at most LONGEST words, if any of them is wanted."""
    numbered = table(text.known)
    ids, shapes, marks = numbered[:, :PIECES], numbered[:, PIECES], numbered[:, PIECES + 1]
    rows = np.flatnonzero(wanted)
    made = []
    runs = _runs(seen, text.sentences)
    inner = np.searchsorted(rows, np.array(runs, np.int64).reshape(-1, 2)).tolist()
    for (first, last), (left, right) in zip(runs, inner, strict=True):
        if left < right:
            some, words = slice(first, last), rows[left:right]
            made.append(Window(ids[some], shapes[some], marks[some], chosen=words - first + 1, words=words))
    return made


def _runs(seen: Flags, sentences: Ints) -> list[tuple[int, int]]:
    """From and to of the words that are seen side by side in a sentence, cut where they are longer than a window."""
    new = np.ones(len(seen), bool)
    new[1:] = (sentences[1:] != sentences[:-1]) | (seen[1:] != seen[:-1])
    borders = [*np.flatnonzero(new).tolist(), len(seen)]
    return [
        (first, min(end, first + LONGEST))
        for start, end in pairwise(borders)
        if seen[start]
        for first in range(start, end, LONGEST)
    ]


def read(text: str) -> Reading:
    """People, places and organisations in a text; nothing if the weights are not installed."""
    if not shipped(WEIGHTS):
        return Reading()
    whole = words(text)
    wanted = candidates(whole.known, whole.sentences)
    if len(text.split(maxsplit=1)) < 2:  # of single words the network knows little: given names are called and signed
        wanted &= np.fromiter(
            (word.mark & 1 > 0 and not word.traits & COMMON for word in whole.known), bool, len(wanted)
        )
    if not wanted.any():
        return Reading()
    seen = near(wanted, whole.sentences)
    cut = windows(whole, wanted, seen)
    asked = np.concatenate([window.words for window in cut])
    shares = chances(WEIGHTS, cut)
    people = np.zeros(len(whole.starts), np.float32)
    names = people.copy()
    people[asked], names[asked] = shares[:, 1] + shares[:, 2], 1 - shares[:, 0]
    runs = _named(asked, shares, whole.sentences)
    other = shares[:, 0].tolist()
    found = []
    for (left, right), best in zip(runs, legal([shares[left:right] for left, right in runs]), strict=True):
        numbered = asked[left:right].tolist()
        scores = shares[np.arange(left, right), best].tolist()
        for first, last, kind, score in entities([LABELS[one] for one in best], scores):
            start, end = whole.starts[numbered[first]], whole.ends[numbered[last - 1]]
            if kind == "LOC" and last - first == 1 and people[numbered[first]] > DOUBTED:
                listed = whole.known[numbered[first]].mark
                kind = "PER" if listed & 3 and not listed & 4 else kind  # noqa: PLW2901 - put right here, used below
            if text[start:end].strip(".").capitalize() in (KINDS if kind == "ORG" else NOT_NAMES) and kind != "LOC":
                continue
            if not LETTER.search(text, start, end) or (
                kind == "PER" and _acronym(text, start, end, whole, numbered[0])
            ):
                continue
            if last - first == 1 and text[start:end].isupper() and LABELLED.match(text, end):
                continue
            handle = kind == "PER" and text[max(0, start - 2) : start].rstrip(" ").endswith("@")
            entity = "USERNAME" if handle else ENTITIES[kind]
            if kind == "ORG":  # of what is a name of some kind, it matters less which
                score = 1 - sum(other[left + first : left + last]) / (last - first)  # noqa: PLW2901 - put right here
            found.append(Finding(entity, Span(start, end), score, DETECTOR, text[start:end]))
    shown = np.flatnonzero(seen).tolist()
    return Reading(
        tuple(found),
        [whole.starts[row] for row in shown],
        [whole.ends[row] for row in shown],
        people[seen].tolist(),
        names[seen].tolist(),
    )


def _named(asked: Ints, shares: Chances, sentences: Ints) -> list[tuple[int, int]]:
    """From and to of words that stand side by side in a sentence, if any of them is a name: else none of them is."""
    new = np.ones(len(asked), bool)
    new[1:] = (np.diff(asked) > 1) | (np.diff(sentences[asked]) > 0)
    starts = np.flatnonzero(new)
    named = np.maximum.reduceat(shares.argmax(1), starts) > 0
    ends = np.append(starts[1:], len(asked))
    return list(zip(starts[named].tolist(), ends[named].tolist(), strict=True))


def _acronym(text: str, start: int, end: int, whole: Words, number: int) -> bool:
    """One word in capitals that is no name of the lexicon, in a sentence that is not in capitals: a firm, a device."""
    word = text[start:end]
    if len(word) < 2 or not word.isalpha() or not word.isupper() or named(word):
        return False
    first, last = np.searchsorted(whole.sentences, [whole.sentences[number], whole.sentences[number] + 1])
    return not text[whole.starts[first] : whole.ends[last - 1]].isupper()
