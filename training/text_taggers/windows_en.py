"""Sentences as the English networks get them: windows of word pieces for the teachers, of words for the one that is shipped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import NamedTuple

import numpy as np
import torch
from corpora_en import Sentence
from network_en import Tagger
from sentences_en import written

from polyveil.modalities.text.detectors import network, tagger_en, tiles, words_en
from polyveil.modalities.text.detectors.tagger_en import Window
from polyveil.modalities.text.detectors.words_en import Flags, Words

INDEX = {label: number for number, label in enumerate(network.LABELS)}
IGNORED = -100
"""The label of what teaches nothing."""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
"""What the vocabulary begins with."""
Cut = Callable[[str, Words, Flags, Flags, Mapping[str, int]], list[Window]]


def of_words(text: str, known: Words, wanted: Flags, seen: Flags, of: Mapping[str, int]) -> list[Window]:
    """A row a word, as the road has them."""
    del text, of
    return tagger_en.windows(known, wanted, seen)


def of_pieces(text: str, known: Words, wanted: Flags, seen: Flags, of: Mapping[str, int]) -> list[Window]:
    """A row a word piece, marks at both ends included; the first piece of a word is asked about.

    Windows with more pieces than a network has places are left out.
    """
    made = []
    for window in tagger_en.windows(known, wanted, seen):
        first = int(window.words[0]) - int(window.chosen[0]) + 1
        rows = range(first, first + len(window.ids))
        pieces = [words_en.pieces(text[known.starts[row] : known.ends[row]], of) for row in rows]
        counts = np.array([len(one) for one in pieces])
        if counts.sum() + 2 > tagger_en.LONGEST:
            continue
        ids = np.array([of["[CLS]"], *chain.from_iterable(pieces), of["[SEP]"]])[:, None]
        shapes, marks = (np.repeat(column, counts) for column in (window.shapes, window.marks))
        shapes, marks = np.pad(shapes, 1, constant_values=tiles.SHAPELESS), np.pad(marks, 1)
        chosen = (np.cumsum(counts) - counts)[window.chosen - 1] + 2
        made.append(Window(ids, shapes, marks, chosen=chosen, words=window.words))
    return made


class Item(NamedTuple):
    """A window with a label for each word that is asked about, and whether a teacher is to be heard."""

    window: Window
    labels: list[int]
    heard: bool = True


def encoded(sentence: Sentence, of: Mapping[str, int], cut: Cut, *, heard: bool = True) -> list[Item]:
    """A sentence as a network gets it, whole."""
    text, tags = written(sentence)
    known = words_en.words(text, of)
    wanted = words_en.candidates(known.known, known.sentences)
    windows = cut(text, known, wanted, np.ones(len(wanted), bool), of)
    return [Item(one, [INDEX[tags[known.starts[word]]] for word in one.words], heard) for one in windows]


def batches(items: Iterable[Item], size: int) -> list[list[Item]]:
    """Batches of at most `size` padded rows, alike in length."""
    made: list[list[Item]] = []
    batch: list[Item] = []
    for item in sorted(items, key=lambda one: len(one.window.ids)):
        if batch and len(item.window.ids) * (len(batch) + 1) > size:
            made.append(batch)
            batch = []
        batch.append(item)
    return [*made, batch] if batch else made


def stacked(batch: list[Item]) -> tuple[torch.Tensor, ...]:
    """The columns of a batch, a window a tile; its labels (IGNORED pads), and for each whether the teacher is heard."""
    windows = [one.window for one in batch]
    inputs, words = tiles.laid(windows, [[row] for row in range(len(batch))], max(len(one.ids) for one in windows))
    columns = [inputs[name][: len(batch)] for name in tiles.COLUMNS]
    labels = np.full(inputs["chosen"].size, IGNORED)
    labels[words] = [label for one in batch for label in one.labels]
    labels = labels.reshape(inputs["chosen"].shape)[: len(batch)]
    heard = (labels != IGNORED) & np.array([one.heard for one in batch])[:, None]
    return tuple(torch.from_numpy(array) for array in (*columns, labels, heard))


def tagged(model: Tagger, sentence: Sentence, of: Mapping[str, int], cut: Cut) -> tuple[list[str], list[str]]:
    """Labels of a sentence's words: as they should be, and as the network and the rules before it have them."""
    text, tags = written(sentence)
    starts = words_en.words(text, of).starts
    gold, found = [tags[start] for start in starts], ["O"] * len(starts)
    for item in encoded(sentence, of, cut):
        with torch.no_grad():
            best = model(*stacked([item])[: len(tiles.COLUMNS)])[0].argmax(-1)
        for word, label in zip(item.window.words, best.tolist(), strict=False):  # the answers are padded
            found[word] = network.LABELS[label]
    return gold, found


def forgetful(columns: list[torch.Tensor], share: float) -> list[torch.Tensor]:
    """Columns of which this share of word pieces becomes unknown, and twice so many lexicon marks are lost."""
    ids, shapes, marks, *rest = columns
    ids = torch.where((torch.rand(ids.shape) < share) & (ids >= len(SPECIAL)), SPECIAL.index("[UNK]"), ids)
    return [ids, shapes, torch.where(torch.rand(marks.shape) < 2 * share, 0, marks), *rest]
