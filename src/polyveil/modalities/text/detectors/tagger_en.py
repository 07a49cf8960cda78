"""English names, places and organisations by a small transformer of our own (training/text_taggers).

Words that may be part of a name are picked out by rules; the network says of these alone what they are, and sees the
words around them. Word shapes and lexicon marks are added to the uncased embeddings of MiniLM (Wang et al. 2020,
arXiv:2002.10957).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from polyveil.modalities.text.detectors.name_en import NOT_NAMES
from polyveil.modalities.text.detectors.network import (
    ENTITIES,
    LABELS,
    Chances,
    Reading,
    entities,
    legal,
    shipped,
)
from polyveil.modalities.text.detectors.tiles import LONG, SHAPELESS, chances
from polyveil.modalities.text.detectors.words_en import (
    COMMON,
    LETTER,
    Flags,
    Ints,
    Words,
    candidates,
    named,
    numbers,
    words,
)
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "tagger:en"
WEIGHTS = "names_en.onnx"
LONGEST = LONG
"""Word pieces of one window, the two marks at its ends included."""
NEAR = 5
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
    """What the network sees of a sentence: one row a word piece, marks at both ends included.

    first, last: words from and to (excluded). chosen: rows of the first pieces of the words that are asked about.
    words: the numbers of these words.
    """

    first: int
    last: int
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


def windows(text: Words, wanted: Flags, seen: Flags, ends: tuple[int, int]) -> list[Window]:
    """The seen words of each sentence as windows of at most LONGEST pieces. `ends`: the marks at both ends."""
    counts = np.fromiter((len(word.pieces) for word in text.known), np.int64, len(text.known))
    heads = np.concatenate(([0], np.cumsum(counts)))
    cut = _runs(seen, text.sentences, heads.tolist())
    if not cut:
        return []
    firsts, lasts = np.array(cut, np.int64).T
    rows = np.flatnonzero(wanted)
    one, two = np.searchsorted(rows, firsts), np.searchsorted(rows, lasts)
    kept = one < two
    firsts, lasts, one, two = firsts[kept], lasts[kept], one[kept], two[kept]
    if not len(firsts):
        return []
    left = heads[firsts]
    sizes = heads[lasts] - left + 2
    stops = np.cumsum(sizes)
    starts = stops - sizes
    source = np.arange(stops[-1]) + np.repeat(left - 1 - starts, sizes)
    source[starts], source[stops - 1] = -2, -1  # the marks at both ends lie behind the pieces
    pieces = chain(chain.from_iterable(word.pieces for word in text.known), ends)
    ids = np.fromiter(pieces, np.int64, int(heads[-1]) + 2)[source]
    shapes = np.fromiter((word.shape for word in text.known), np.int64, len(counts))
    shapes = np.append(np.repeat(shapes, counts), (SHAPELESS, SHAPELESS))[source]
    marks = np.fromiter((word.mark for word in text.known), np.int64, len(counts))
    marks = np.append(np.repeat(marks, counts), (0, 0))[source]
    chosen = heads[rows]
    columns = (each.tolist() for each in (firsts, lasts, starts, stops, one, two, left))
    return [
        Window(first, last, ids[a:b], shapes[a:b], marks[a:b], chosen=chosen[x:y] - head + 1, words=rows[x:y])
        for first, last, a, b, x, y, head in zip(*columns, strict=True)
    ]


def _runs(seen: Flags, sentences: Ints, heads: list[int]) -> list[tuple[int, int]]:
    """From and to of the words that are seen side by side in a sentence, cut where they are longer than a window."""
    new = np.ones(len(seen), bool)
    new[1:] = (sentences[1:] != sentences[:-1]) | (seen[1:] != seen[:-1])
    borders, live = [*np.flatnonzero(new).tolist(), len(seen)], seen.tolist()
    cut = []
    for start, end in pairwise(borders):
        first = start
        while first < end and live[start]:
            last = min(end, max(bisect_right(heads, heads[first] + LONGEST - 2) - 1, first + 1))
            cut.append((first, last))
            first = last
    return cut


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
    cut = windows(whole, wanted, seen, (numbers()["[CLS]"], numbers()["[SEP]"]))
    asked = np.concatenate([window.words for window in cut])
    shares = chances(WEIGHTS, cut)
    people = np.zeros(len(whole.starts), np.float32)
    names = people.copy()
    people[asked], names[asked] = shares[:, 1] + shares[:, 2], 1 - shares[:, 0]
    runs = _named(asked, shares, whole.sentences)
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
                score = float(names[numbered[first:last]].mean())  # noqa: PLW2901 - put right here, used below
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
