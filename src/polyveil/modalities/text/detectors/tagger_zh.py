"""Chinese names, places and organisations by a small character network of our own (training/text_taggers).

Two bidirectional recurrent layers over characters, as in LAC (Jiao, Sun and Sun 2018, arXiv:1807.01882), with words of
a lexicon beside them: the network knows what a word is without segmenting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from polyveil.inference.session import read_weights
from polyveil.modalities.text.detectors.name_en import lexicon
from polyveil.modalities.text.detectors.name_zh import COMPOUND, SINGLE
from polyveil.modalities.text.detectors.network import (
    ENTITIES,
    LABELS,
    Reading,
    chances,
    entities,
    learned_moves,
    legal,
    shipped,
    vocabulary,
)
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "tagger:zh"
WEIGHTS, VOCABULARY, WORDS = "names_zh.onnx", "names_zh.vocab.txt", "words_zh.bin"
LONGEST = 160
"""Characters of one window."""
UNKNOWN = "OOV"
"""The vocabulary's line for characters that it does not hold."""
COLUMNS = 5
"""Character, class of the word of two, three, four characters that begins here, family name."""
CLASSES = ("", "word", "person", "place", "organisation", "foreign person")
"""Classes of words: the index is what words_zh.bin holds."""

Ints = npt.NDArray[np.int64]
_FAMILY = frozenset(SINGLE)
_COMPOUND = frozenset(COMPOUND)


@dataclass(frozen=True, slots=True)
class Words:
    """A lexicon: 32-bit hashes of its words, ascending, and the class of each."""

    hashes: npt.NDArray[np.uint32]
    classes: npt.NDArray[np.uint8]

    def of(self, hashes: npt.NDArray[np.uint32]) -> Ints:
        """The class of each hash, 0 for no word."""
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashes, self.classes[place], 0).astype(np.int64)

    @staticmethod
    def read(data: bytes) -> Words:
        """From a file: five bytes a word, all hashes (little endian) and then all classes."""
        count = len(data) // 5
        return Words(np.frombuffer(data, "<u4", count), np.frombuffer(data, np.uint8, count, count * 4))


def hashed(codes: npt.NDArray[np.uint64], length: int) -> npt.NDArray[np.uint32]:
    """A hash of the `length` characters that begin at each place; the text is padded with zeros. FNV-1a in 32 bits."""
    value = np.full(len(codes), 2166136261, np.uint64)
    for step in range(length):
        ahead = np.concatenate((codes[step:], np.zeros(min(step, len(codes)), np.uint64)))
        value = ((value ^ ahead) * np.uint64(16777619)) & np.uint64(0xFFFFFFFF)
    return (value ^ (value >> np.uint64(15))).astype(np.uint32)


def rows(text: str, vocabulary: dict[str, int], words: Words) -> Ints:
    """The rows of a text, (characters, COLUMNS). Character 0 pads."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    columns = [
        np.array([vocabulary.get(letter, vocabulary[UNKNOWN]) for letter in text], np.int64),
        *(words.of(hashed(codes, length)) for length in (2, 3, 4)),
        np.array(
            [
                2 if text[place : place + 2] in _COMPOUND else int(letter in _FAMILY)
                for place, letter in enumerate(text)
            ],
            np.int64,
        ),
    ]
    return np.stack(columns, -1)


_END = re.compile(r"[。！？\n]+|(?<=[\u4e00-\u9fff]); ?")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def _letters() -> dict[str, int]:
    return {letter: 1 + number for number, letter in enumerate(vocabulary(VOCABULARY))}


@cache
def _simplified() -> dict[int, str]:
    """The network knows simplified characters better: traditional ones are read as these."""
    return {ord(pair[0]): pair[1] for pair in lexicon("traditional_zh")}


@cache
def _words() -> Words:
    return Words.read(read_weights(WORDS))


def read(text: str) -> Reading:
    """People, places and organisations in a text; nothing if the weights are not installed."""
    if not shipped(WEIGHTS):
        return Reading()
    cut = [(start, end) for start, end in _windows(text) if _HAN.search(text, start, end)]
    if not cut:
        return Reading()
    plain = text.translate(_simplified())
    columns = [(rows(plain[start:end], _letters(), _words()),) for start, end in cut]
    sure = chances(WEIGHTS, columns, ("rows",), (0,))
    found = []
    for (start, _), shares, best in zip(cut, sure, legal(sure, learned_moves(WEIGHTS)), strict=True):
        scores = shares[np.arange(len(best)), best].tolist()
        for first, last, kind, score in entities([LABELS[one] for one in best], scores):
            left, right = start + first, start + last
            if _HAN.search(text, left, right):
                found.append(Finding(ENTITIES[kind], Span(left, right), score, DETECTOR, text[left:right]))
    starts = [place for start, end in cut for place in range(start, end)]
    people = np.concatenate([shares[:, 1] + shares[:, 2] for shares in sure]).tolist()
    return Reading(tuple(found), starts, [place + 1 for place in starts], people)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, cut where they are longer than a window."""
    left = 0
    for right in [*(match.end() for match in _END.finditer(text)), len(text)]:
        for start in range(left, right, LONGEST):
            yield start, min(right, start + LONGEST)
        left = right
