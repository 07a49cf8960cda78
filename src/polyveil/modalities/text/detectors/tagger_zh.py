"""Chinese names, places and organisations by a small character network of our own (training/text_taggers).

Two bidirectional recurrent layers over characters, as in LAC (Jiao, Sun and Sun 2018, arXiv:1807.01882), with words of
a lexicon beside them: the network knows what a word is without segmenting.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from polyveil.inference.session import read_weights
from polyveil.modalities.text.detectors import chain_zh
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.modalities.text.detectors.name_zh import COMPOUND, SINGLE
from polyveil.modalities.text.detectors.network import (
    ENTITIES,
    LABELS,
    Chances,
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
BATCH = 2048
"""Characters of one run: recurrent layers take a step for all windows at once, so many short windows pay."""
UNKNOWN = "OOV"
"""The vocabulary's line for characters that it does not hold."""
COLUMNS = 8
"""Character; class of the word of two, three, four characters that begins here; family name; numbers of the longest
word with features that begins, ends, and has its middle here."""
CLASSES = ("", "word", "person", "place", "organisation", "foreign person")
"""Classes of words: the index is what words_zh.bin holds."""

ABBREVIATIONS = "中美日俄英法德韩朝印澳加越泰欧苏非京津沪渝冀晋辽吉黑浙皖闽赣鲁豫鄂湘粤琼川黔滇陕甘青蒙桂藏宁新港台华"
"""Characters that stand for a country or a province: 中美 are two places."""

_REACH = 4
"""Characters beside a window that its rows tell of: words have four at most."""
_APART = 512
"""Characters between windows that are described with them: it takes less time than a call more."""

Ints = npt.NDArray[np.int64]
_FAMILY = frozenset(SINGLE)
_COMPOUND = frozenset(COMPOUND)


@dataclass(frozen=True, slots=True)
class Words:
    """A lexicon: 32-bit hashes of its words, ascending, with the class of each; and of the words that have features."""

    hashes: npt.NDArray[np.uint32]
    featured: npt.NDArray[np.uint32]
    classes: npt.NDArray[np.uint8]

    def of(self, hashes: npt.NDArray[np.uint32]) -> Ints:
        """The class of each hash, 0 for no word."""
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashes, self.classes[place], 0).astype(np.int64)

    def number(self, hashes: npt.NDArray[np.uint32]) -> Ints:
        """The number of each hash among the words with features, from 1; 0 for none."""
        place = np.minimum(np.searchsorted(self.featured, hashes), len(self.featured) - 1)
        return np.where(self.featured[place] == hashes, place + 1, 0)

    @staticmethod
    def read(data: bytes) -> Words:
        """From a file: how many words of each sort, the hashes of both (all little endian), classes."""
        count, more = (int(one) for one in np.frombuffer(data, "<u4", 2))
        return Words(
            np.frombuffer(data, "<u4", count, 8),
            np.frombuffer(data, "<u4", more, 8 + 4 * count),
            np.frombuffer(data, np.uint8, count, 8 + 4 * (count + more)),
        )


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
    hashes = [hashed(codes, length) for length in (2, 3, 4)]
    two, three, four = (words.number(one) for one in hashes)
    unknown = vocabulary[UNKNOWN]
    columns = [
        np.array([vocabulary.get(letter, unknown) for letter in text], np.int64),
        *(words.of(one) for one in hashes),
        np.array(
            [
                2 if text[place : place + 2] in _COMPOUND else int(letter in _FAMILY)
                for place, letter in enumerate(text)
            ],
            np.int64,
        ),
        _first(four, three, two),
        _first(_later(four, 3), _later(three, 2), _later(two, 1)),
        _first(_later(four, 1), _later(four, 2), _later(three, 1)),
    ]
    return np.stack(columns, -1)


def _rows_of(text: str, cut: list[tuple[int, int]]) -> Iterator[Ints]:
    """The rows of each window: English documents with some Chinese in them are read there only."""
    stretches: list[list[tuple[int, int]]] = []
    for window in cut:
        if stretches and window[0] - stretches[-1][-1][1] <= _APART:
            stretches[-1].append(window)
        else:
            stretches.append([window])
    letters, words = _letters(), _words()
    for stretch in stretches:
        first = max(0, stretch[0][0] - _REACH)
        whole = rows(text[first : stretch[-1][1] + _REACH], letters, words)
        yield from (whole[start - first : end - first] for start, end in stretch)


def _later(numbers: Ints, steps: int) -> Ints:
    """What stands `steps` characters before."""
    return np.concatenate((np.zeros(min(steps, len(numbers)), np.int64), numbers[: max(0, len(numbers) - steps)]))


def _first(*choices: Ints) -> Ints:
    """Of each row the first that is not 0."""
    best = choices[-1]
    for one in reversed(choices[:-1]):
        best = np.where(one, one, best)
    return best


_SHORT = re.compile(rf"([{ABBREVIATIONS}]{{2,6}}|[{ABBREVIATIONS}])(?:[两三四五六][国省地市岸])?")
_INNER = re.compile(
    r"(?<=[省市县区州盟旗])(?=[^省市县区州盟旗镇乡村]{1,8}(?:自治[州县旗]|街道|[市县区州盟旗镇乡村])(?![\u4e00-\u9fff]{0,2}[路街]))"
)
_COUNTED = re.compile(r"(?<![第十百])[两二三四五六七八九十][省市县区国州地]\Z")
_TITLE = re.compile(
    r"(?:先生|女士|小姐|太太|夫人|大[娘妈爷叔伯婶嫂]|老师|同志|教授|博士|医生|主任|主席|总理|总统|王储|国王|女王|公主|[公侯伯子男]爵|将军|元帅)\Z"
)
"""Titles behind a name are no part of it."""
_LATIN = re.compile(r"[A-Z][a-z'’]{1,20}(?:[ .·-]{0,2}[A-Z][a-z'’]{0,20}){0,3}")
_END = re.compile(r"[。！？\n]+|(?<=[\u4e00-\u9fff]); ?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_RUN = re.compile("[\u3400-\u9fff\U00020000-\U0002ffff]+")


@cache
def _letters() -> dict[str, int]:
    return {letter: 1 + number for number, letter in enumerate(vocabulary(VOCABULARY))}


@cache
def simplified() -> dict[int, str]:
    """Of traditional characters the simplified ones: the network knows these better."""
    return {ord(pair[0]): pair[1] for pair in lexicon("traditional_zh")}


def in_simplified(text: str) -> str:
    """A text with its traditional characters as simplified ones; of the same length."""
    return _HAN_RUN.sub(lambda run: run.group().translate(simplified()), text)


@cache
def _words() -> Words:
    return Words.read(read_weights(WORDS))


def class_of(word: str) -> str:
    """What a word of two to four characters is in the lexicon, one of `CLASSES`; '' for none, and for other lengths."""
    if not 2 <= len(word) <= 4:
        return ""
    codes = np.frombuffer(word.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    return CLASSES[int(_words().of(hashed(codes, len(word)))[0])]


def read(text: str) -> Reading:
    """People, places and organisations in a text; nothing if the weights are not installed."""
    if not shipped(WEIGHTS):
        return Reading()
    cut = [(start, end) for start, end in _windows(text) if _HAN.search(text, start, end)]
    if not cut:
        return Reading()
    plain = in_simplified(text)
    sure = chances(WEIGHTS, [(one,) for one in _rows_of(plain, cut)], ("rows",), (0,), BATCH)
    found = []
    for (start, _), shares, best in zip(cut, sure, legal(sure, learned_moves(WEIGHTS)), strict=True):
        scores = (0.5 + _of_kind(shares, best) / 2).tolist()
        for first, last, kind, score in entities([LABELS[one] for one in best], scores):
            left, right = start + first, start + last
            if not _HAN.search(text, left, right) and not (kind == "PER" and latin_name(text[left:right])):
                continue
            if kind == "PER":
                right = _without_title(plain, left, right)
            if kind == "LOC":
                cuts = borders(plain[left:right])
            else:
                cuts = chain_zh.borders(plain, left, right) if kind == "PER" else [0, right - left]
            for one, two in itertools.pairwise(left + cut for cut in cuts):
                found.append(Finding(ENTITIES[kind], Span(one, two), score, DETECTOR, text[one:two]))
    starts = [place for start, end in cut for place in range(start, end)]
    people = np.concatenate([shares[:, 1] + shares[:, 2] for shares in sure]).tolist()
    return Reading(tuple(found), starts, [place + 1 for place in starts], people)


def _without_title(text: str, left: int, right: int) -> int:
    """The end of a name without the title, or the first half of a title, that it was read with."""
    title = _TITLE.search(text, left + 1, right) or _TITLE.search(text, max(left + 1, right - 1), right + 1)
    return title.start() if title else right


def latin_name(word: str) -> bool:
    """Is a word in Latin letters that the network takes for a person written as names are? 'WillWright', not 'EA'."""
    return bool(_LATIN.fullmatch(word)) and (word in lexicon("given_en") or not word[1:].islower())


def borders(place: str) -> list[int]:
    """Where a run of places is cut, from 0 to its length: to newspapers 中 and 美 are places, and 河北省 and 唐山市."""
    short = _SHORT.fullmatch(place)
    if short and short.group(1) not in ("华中", "中华"):
        return [*range(short.end(1)), short.end(1)]
    counted = _COUNTED.search(place, 2)
    if counted:  # 百色三市
        place = place[: counted.start()]
    cuts = [0]
    for match in _INNER.finditer(place):
        if match.start() - cuts[-1] >= 2:
            cuts.append(match.start())
    return [*cuts, len(place)]


def _of_kind(shares: Chances, best: list[int]) -> npt.NDArray[np.float32]:
    """Of each row the probability of the kind that it was labelled with, at its beginning or inside."""
    labels = np.array(best)
    first = np.where(labels > 0, (labels - 1) // 2 * 2 + 1, 0)
    rows = np.arange(len(labels))
    return np.where(labels > 0, shares[rows, first] + shares[rows, first + (labels > 0)], shares[:, 0])


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, cut where they are longer than a window: behind a comma, if the window's second half has one."""
    left = 0
    for right in [*(match.end() for match in _END.finditer(text)), len(text)]:
        while right - left > LONGEST:
            comma = max(text.rfind(sign, left + LONGEST // 2, left + LONGEST) for sign in "，,；;、")
            middle = comma + 1 if comma > 0 else left + LONGEST
            yield left, middle
            left = middle
        if left < right:
            yield left, right
        left = right
