"""When each word of a given transcript is spoken: forced alignment with pocketsphinx's English model.

A word is trusted only if its sounds fit: its acoustic score is compared with the best that any sequence of phones
reaches over the same frames ("goodness of pronunciation", Witt and Young, Speech Communication 30, 2000).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from polyveil.errors import MissingExtraError
from polyveil.modalities.audio.detectors import letters
from polyveil.modalities.audio.detectors.spoken import Alternatives, spoken
from polyveil.modalities.audio.sound import Samples

FRAME_S = 0.01
_TOKEN = re.compile(r"\S+")
_LABEL = re.compile(r"(?:^|\n)[ \t]*(?:[A-Z][\w.'-]*[ \t]+){0,3}[A-Z][\w.'-]*:(?=\s)|\[[^\]\n]*\]|\([^)\n]*\)")
_SLOWEST_S, _PER_PHONE_S = 0.35, 0.22  # a word may last this, and this much for each of its phones
_MISFIT = 0.0022
"""Mean loss a frame in the decoder's scaled scores. In read prose right words lose 0.0015 at most, wrong ones 0.004.

A short word may lose twice that if the five words around it fit well."""
_BEAMS = {"beam": 1e-80, "pbeam": 1e-80, "wbeam": 1e-60}


@dataclass(frozen=True, slots=True)
class Word:
    """A token of the transcript, code points [start, end), and when it is spoken.

    trusted: its sounds fit and its length is plausible; else only the order of words speaks for the time.
    """

    start: int
    end: int
    start_s: float
    end_s: float
    trusted: bool


def align(samples: Samples, text: str, workdir: Path) -> list[Word] | None:
    """Find the words of `text` in speech.

    Args:
        samples: 16 kHz mono.
        text: what is spoken, in English.
        workdir: a private folder; an empty file is made in it, no word is written.

    Returns:
        The spoken words in order, seconds from the start of `samples`; None if there is no way through.
    """
    tokens = _tokens(text)
    if not tokens or len(samples) < 1600:
        return None
    aligner = _Aligner(workdir)
    pcm = np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16).tobytes()
    found = aligner.run(pcm, [ways for _, _, ways, _ in tokens], [optional for *_, optional in tokens])
    if found is None:
        return None
    free = aligner.free(pcm, len(samples) // 160 + 2)
    losses = [float(free[last + 1] - free[first] - score) for _, first, last, score, _ in found]
    words = []
    for place, (index, first, last, _, phones) in enumerate(found):
        start, end, _, _ = tokens[index]
        frames = last - first + 1
        around = range(max(0, place - 2), min(len(found), place + 3))
        nearby = sum(losses[other] for other in around) / sum(found[other][2] - found[other][1] + 1 for other in around)
        misfit = losses[place] / frames
        fits = misfit <= _MISFIT or (misfit <= 2 * _MISFIT and nearby <= _MISFIT / 2)
        plausible = frames * FRAME_S <= _SLOWEST_S + _PER_PHONE_S * phones
        words.append(Word(start, end, first * FRAME_S, (last + 1) * FRAME_S, plausible and fits))
    return words


def _tokens(text: str) -> list[tuple[int, int, list[Alternatives], bool]]:
    """(start, end, pieces, optional) of each token that can be spoken; speaker labels and [noises] may be left out."""
    unspoken = [match.span() for match in _LABEL.finditer(text)]
    out = []
    for match in _TOKEN.finditer(text):
        pieces = spoken(match.group())
        if pieces:
            start, end = match.span()
            out.append((start, end, pieces, any(left <= start and end <= right for left, right in unspoken)))
    return out


def _sphinx() -> Any:
    try:
        import pocketsphinx
    except ImportError as error:
        raise MissingExtraError("Aligning a transcript", "audio") from error
    return pocketsphinx


@cache
def _dictionary() -> dict[str, tuple[str, ...]]:
    """Pronunciations by word, from the CMU Pronouncing Dictionary in pocketsphinx's wheel."""
    path = Path(_sphinx().get_model_path()) / "en-us" / "cmudict-en-us.dict"
    out: dict[str, tuple[str, ...]] = {}
    for line in path.read_text("utf-8").splitlines():
        word, _, phones = line.partition(" ")
        plain = word.partition("(")[0]
        out[plain] = (*out.get(plain, ()), phones)
    return out


def pronunciations(word: str) -> tuple[str, ...]:
    """Phones of a word: the dictionary's, of its parts if it is a possessive, else by letter-to-sound rules."""
    known = _dictionary().get(word)
    if known:
        return known
    if word.endswith("'s") and word[:-2] in _dictionary():
        return tuple(f"{phones} Z" for phones in _dictionary()[word[:-2]])
    guess = letters.sounds(word)
    return (guess,) if guess else ()


class _Aligner:
    """One decoder for one text: its dictionary holds nothing but numbered words, and goes with it."""

    def __init__(self, workdir: Path) -> None:
        sphinx = _sphinx()
        self._model = Path(sphinx.get_model_path()) / "en-us"
        with TemporaryDirectory(dir=workdir) as folder:
            empty = Path(folder) / "empty.dict"
            empty.touch()
            self._decoder = sphinx.Decoder(
                hmm=str(self._model / "en-us"), dict=str(empty), lm=None, loglevel="FATAL", bestpath=False, **_BEAMS
            )
        self._phones: dict[str, int] = {}

    def run(
        self, pcm: bytes, tokens: Sequence[list[Alternatives]], optional: Sequence[bool]
    ) -> list[tuple[int, int, int, float, int]] | None:
        """(token, first frame, last frame, score, phones) of each token that was passed through."""
        arcs: list[tuple[Any, ...]] = []
        node = 1
        for index, pieces in enumerate(tokens):
            begin = node - 1
            for ways in pieces:
                node = self._ways(arcs, index, ways, node)
            if optional[index]:
                arcs.append((begin, node - 1, 0.5))
        self._add("zz", "SIL", last=True)
        name = "transcript"
        self._decoder.add_fsg(name, self._decoder.create_fsg(name, 0, node - 1, arcs))
        self._decoder.activate_search(name)
        self._decode(pcm)
        if self._decoder.hyp() is None:
            return None
        out: list[tuple[int, int, int, float, int]] = []
        for part in self._decoder.seg():
            word = part.word.partition("(")[0]
            if word not in self._phones or word == "zz":
                continue
            index, phones = int(word[1:].partition("v")[0]), self._phones[word]
            if out and out[-1][0] == index:  # the pieces of one token
                _, first, _, score, before = out[-1]
                out[-1] = (index, first, part.end_frame, score + log(part.ascore), before + phones)
            else:
                out.append((index, part.start_frame, part.end_frame, log(part.ascore), phones))
        return out

    def free(self, pcm: bytes, frames: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Cumulated score of the best sequence of phones; entry i holds the sum of the frames before i."""
        self._decoder.add_allphone_file("phones", None)
        self._decoder.activate_search("phones")
        self._decode(pcm)
        gain = np.zeros(frames + 1)
        for part in self._decoder.seg():
            first, last = part.start_frame, min(part.end_frame, frames - 1)
            if last >= first:
                gain[first + 1 : last + 2] += log(part.ascore) / (part.end_frame - part.start_frame + 1)
        return np.cumsum(gain)

    def _decode(self, pcm: bytes) -> None:
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, no_search=False, full_utt=True)
        self._decoder.end_utt()

    def _ways(self, arcs: list[tuple[Any, ...]], index: int, ways: Alternatives, node: int) -> int:
        """Arcs from node - 1 for each way to say a piece; they meet in one node. Returns the next free node."""
        begin, free, ends = node - 1, node, []
        for way in ways:
            at = begin
            usable = [pronunciations(word) for word in way]
            if not all(usable):
                continue
            for choices in usable:
                arcs += [(at, free, 1.0 / len(ways), self._word(index, phones)) for phones in choices]
                at, free = free, free + 1
            ends.append(at)
        arcs += [(end, free, 1.0) for end in ends or [begin]]
        return free + 1

    def _word(self, index: int, phones: str) -> str:
        name = f"t{index}v{len(self._phones)}"
        self._add(name, phones, last=False)
        return name

    def _add(self, name: str, phones: str, *, last: bool) -> None:
        self._phones[name] = phones.count(" ") + 1
        self._decoder.add_word(name, phones, last)
