"""What the teachers say of sentences and texts, written down for `train_en.py` to learn from.

    python training/text_taggers/answers_en.py --data DATA/text/en --teachers DEEP TOP --out OUT/sentences.npz --passes 4
    python training/text_taggers/answers_en.py --data DATA/text/en --teachers DEEP TOP --out OUT/texts.npz --texts texts_en.json

The first reads the corpora and invented sentences, changed anew in each pass, with their labels; the second texts without
labels, cut into windows as the road cuts them. Logits are the mean of the teachers', states those of the last.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from corpora_en import load
from sentences_en import cropped, passed, written
from teach_en import Teacher
from windows_en import IGNORED, INDEX, of_pieces

from polyveil.modalities.text.detectors import tagger_en, tiles, words_en
from polyveil.modalities.text.detectors.tagger_en import Window

TOGETHER = 600
"""Windows that the teachers read at once."""
LOWER, UPPER = 0.03, 0.02
"""Shares of the texts that lose their capitals, and that are in capitals altogether."""
REACHES = (4, 5, 5, 8)
"""Words beside a candidate that the network sees."""


class Asked(NamedTuple):
    """A window of words and the same of pieces, the labels of what is asked about, and whether the teachers are heard."""

    words: Window
    pieces: Window
    labels: list[int]
    heard: bool


def cut(text: str, of: dict[str, int], reach: int | None, tags: list[str] | None, *, heard: bool) -> Iterator[Asked]:
    """The windows of a text that both kinds of network can read; with `reach` what is so near to a candidate alone.

    tags: a label a character.
    """
    known = words_en.words(text, of if tags else None)
    wanted = words_en.candidates(known.known, known.sentences)
    seen = np.ones(len(wanted), bool) if reach is None else tagger_en.near(wanted, known.sentences, reach)
    theirs = {int(one.words[0]): one for one in of_pieces(text, known, wanted, seen, of)}
    for one in tagger_en.windows(known, wanted, seen):
        if pieces := theirs.get(int(one.words[0])):
            labels = [INDEX[tags[known.starts[word]]] if tags else IGNORED for word in one.words]
            yield Asked(one, pieces, labels, heard)


def sentences(data: Path, of: dict[str, int], passes: int, dice: random.Random, share: float) -> Iterator[Asked]:
    """The training sentences and invented ones, changed anew in each pass."""
    train, _ = load(data)
    for number in range(passes):
        for sentence, heard in list(passed(train, dice, 0.4, share)):
            text, tags = written(cropped(sentence, dice))
            yield from cut(text, of, dice.choice((None, tagger_en.NEAR)), tags, heard=heard)
        print("pass", number + 1, flush=True)


def texts(path: Path, data: Path, of: dict[str, int], dice: random.Random, share: float) -> Iterator[Asked]:
    """The windows of texts without labels; lines that are a held sentence are left out."""
    held = {" ".join(tokens).casefold() for test in load(data)[1].values() for tokens, _ in test}
    made: list[str] = json.loads(path.read_text(encoding="utf-8"))
    dice.shuffle(made)
    for one in made[:: round(1 / share)]:
        text = "\n".join(line for line in one.split("\n") if line.casefold() not in held)
        roll = dice.random()
        text = text.lower() if roll < LOWER else text.upper() if roll < LOWER + UPPER else text
        yield from cut(text, of, dice.choice(REACHES), None, heard=True)


def said(teachers: list[Teacher], windows: list[Window]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """For each window the mean of the teachers' logits, (asked, labels), and the last one's states, (asked, width)."""
    logits, states = [np.empty(0)] * len(windows), [np.empty(0)] * len(windows)
    for some, room in tiles.runs(windows):
        inputs, places = tiles.laid(windows, some, room)
        answers = [teacher(inputs) for teacher in teachers]
        mean = np.mean([one[0].reshape(-1, one[0].shape[-1])[places] for one in answers], 0)
        last = answers[-1][1].reshape(-1, answers[-1][1].shape[-1])[places]
        at = 0
        for number in (number for tile in some for number in tile):
            count = len(windows[number].chosen)
            logits[number], states[number] = mean[at : at + count], last[at : at + count]
            at += count
    return logits, states


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, nargs="+", required=True)
    parser.add_argument("--texts", type=Path, help="what texts_en.py wrote; without it sentences are read")
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--share", type=float, default=1, help="of the sentences of a pass, or of the texts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    pieces = (args.teachers[0] / "names_en.vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    of = {piece: number for number, piece in enumerate(pieces)}
    dice, teachers = random.Random(args.seed), [Teacher(one) for one in args.teachers]
    if args.texts:
        source = texts(args.texts, args.data, of, dice, args.share)
    else:
        source = sentences(args.data, of, args.passes, dice, args.share)
    columns: dict[str, list[np.ndarray]] = {}
    waiting: list[Asked] = []

    def answered() -> None:
        logits, states = said(teachers, [one.pieces for one in waiting])
        for one, z, y in zip(waiting, logits, states, strict=True):
            for key, value in (
                ("ids", one.words.ids.astype(np.int32)), ("shapes", one.words.shapes.astype(np.int8)),
                ("marks", one.words.marks.astype(np.int8)), ("chosen", one.words.chosen.astype(np.int16)),
                ("logits", z.astype(np.float16)), ("states", y.astype(np.float16)), ("labels", np.array(one.labels, np.int16)),
                ("size", np.array([len(one.words.ids)])), ("asked", np.array([len(one.labels)])), ("heard", np.array([one.heard])),
            ):  # fmt: skip
                columns.setdefault(key, []).append(value)
        waiting.clear()

    began, done = time.monotonic(), 0
    for one in source:
        waiting.append(one)
        if len(waiting) == TOGETHER:
            answered()
            done += TOGETHER
            if done % (100 * TOGETHER) == 0:
                print(done, "windows", f"{time.monotonic() - began:.0f} s", flush=True)
    if waiting:
        answered()
    np.savez(args.out, **{key: np.concatenate(parts) for key, parts in columns.items()})
    print(sum(map(len, columns["shapes"])), "words,", sum(map(len, columns["labels"])), "asked about")


if __name__ == "__main__":
    main()
