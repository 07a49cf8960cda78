"""Train the Chinese tagger and write names_zh.onnx and names_zh.vocab.txt.

    python training/text_taggers/train_zh.py --data DATA/text/zh --out OUT

Needs torch, onnx, onnxruntime and onnxscript beside polyveil. Prints span scores of the held texts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from corpora_zh import Sentence, load
from export import quantised
from score import report
from torch import nn

from polyveil.identity.names import COMPOUND_ZH, GIVEN_ZH
from polyveil.modalities.text.detectors import tagger_zh
from polyveil.modalities.text.detectors.name_en import lexicon
from polyveil.modalities.text.detectors.name_zh import SINGLE

INDEX = {label: number for number, label in enumerate(tagger_zh.LABELS)}


class Tagger(nn.Module):
    """Embeddings, a bidirectional LSTM layer, linear head. Inputs (batch, characters), 0 in `ids` pads."""

    def __init__(self, vocabulary: int, hidden: int = 128) -> None:
        super().__init__()
        self.letters = nn.Embedding(vocabulary, 96)
        self.pairs = nn.Embedding(tagger_zh.PAIRS, 48)
        self.marks = nn.Embedding(5, 16)
        nn.init.normal_(self.letters.weight, std=0.3)
        nn.init.normal_(self.pairs.weight, std=0.3)
        self.drop = nn.Dropout(0.4)
        self.lstm = nn.LSTM(160, hidden, num_layers=1, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * hidden, len(INDEX))

    def forward(self, ids: torch.Tensor, pairs: torch.Tensor, marks: torch.Tensor) -> torch.Tensor:
        x = torch.cat([self.letters(ids), self.pairs(pairs), self.marks(marks)], -1)
        hidden, _ = self.lstm(self.drop(x))
        return self.head(self.drop(hidden))


def renamed(sentence: Sentence, dice: random.Random, places: list[str]) -> Sentence:
    """Now and then people get other names and divisions other divisions."""
    text, tags = sentence
    pieces: list[str] = []
    made: list[str] = []
    row = 0
    while row < len(text):
        kind = tags[row][2:]
        end = row + 1
        if tags[row][0] == "B":
            while end < len(text) and tags[end] == f"I-{kind}":
                end += 1
        piece = text[row:end]
        if kind == "PER" and 2 <= len(piece) <= 4 and piece[0] in SINGLE and dice.random() < 0.5:
            family = dice.choice(COMPOUND_ZH) if dice.random() < 0.04 else dice.choice(SINGLE[:160])
            pool = GIVEN_ZH if dice.random() < 0.6 else text if len(text) > 20 else GIVEN_ZH
            letters = [letter for letter in pool if "\u4e00" <= letter <= "\u9fff"] or list(GIVEN_ZH)
            piece = family + "".join(dice.choice(letters) for _ in range(1 if dice.random() < 0.3 else 2))
        elif kind == "LOC" and piece[-1] in "省市县区" and dice.random() < 0.3:
            piece = dice.choice(places)
        pieces.append(piece)
        made += [tags[row]] + [f"I-{kind}"] * (len(piece) - 1) if kind else ["O"] * len(piece)
        row = end
    return "".join(pieces), made


def batches(
    sentences: list[Sentence], vocabulary: dict[str, int], dice: random.Random, *, forget: float
) -> list[tuple[torch.Tensor, ...]]:
    """Padded batches of 64 windows, alike in length; a share of the characters is made unknown."""
    cut = [(text[a : a + 160], tags[a : a + 160]) for text, tags in sentences for a in range(0, len(text), 160)]
    cut.sort(key=lambda one: len(one[0]) + dice.random() * 4)
    made = []
    for start in range(0, len(cut), 64):
        batch = cut[start : start + 64]
        longest = max(len(text) for text, _ in batch)
        arrays = [np.zeros((len(batch), longest), np.int64) for _ in range(4)]
        arrays[2] += 4
        arrays[3] -= 100
        for number, (text, tags) in enumerate(batch):
            seen = tagger_zh.rows(text, vocabulary)
            ids, pairs = seen.ids.copy(), seen.pairs.copy()
            for row in range(len(ids)):
                if dice.random() < forget:
                    ids[row] = 1
                if dice.random() < 4 * forget:
                    pairs[row] = 0
            for array, values in zip(arrays, (ids, pairs, seen.marks, [INDEX[tag] for tag in tags]), strict=True):
                array[number, : len(text)] = values
        made.append(tuple(torch.from_numpy(array) for array in arrays))
    dice.shuffle(made)
    return made


def tagged(model: Tagger, sentence: Sentence, vocabulary: dict[str, int]) -> tuple[list[str], list[str]]:
    found: list[str] = []
    for start in range(0, len(sentence[0]), 160):
        seen = tagger_zh.rows(sentence[0][start : start + 160], vocabulary)
        with torch.no_grad():
            best = model(*(torch.from_numpy(one)[None] for one in (seen.ids, seen.pairs, seen.marks)))[0].argmax(-1)
        found += [tagger_zh.LABELS[int(one)] for one in best]
    return sentence[1], found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(int(os.environ.get("POLYVEIL_THREADS", "2")))
    dice = random.Random(args.seed)
    train, test = load(args.data)
    places = sorted(lexicon("places_zh"))
    counts = Counter(letter for text, _ in train for letter in text)
    kept = [letter for letter, number in counts.most_common() if number >= 2 and not letter.isspace()]
    vocabulary = {letter: 4 + number for number, letter in enumerate(kept)}
    print(
        len(train),
        "training texts",
        sum(len(text) for text, _ in train),
        "characters",
        len(vocabulary),
        "kinds",
        flush=True,
    )
    model = Tagger(4 + len(kept))
    optimiser = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    steps = args.epochs * (sum(-(-len(text) // 160) for text, _ in train) // 64 + 1)
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.02, 1 - step / steps))
    loss_of, began = nn.CrossEntropyLoss(ignore_index=-100), time.monotonic()
    args.out.mkdir(parents=True, exist_ok=True)
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        for ids, pairs, marks, labels in (
            plan := batches([renamed(one, dice, places) for one in train], vocabulary, dice, forget=0.03)
        ):
            loss = loss_of(model(ids, pairs, marks).flatten(0, 1), labels.flatten())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimiser.step()
            rate.step()
            total += float(loss.detach())
        model.eval()
        results = {
            name: report(tagged(model, one, vocabulary) for one in sentences[:500]) for name, sentences in test.items()
        }
        print(epoch, f"loss {total / len(plan):.4f} {time.monotonic() - began:.0f} s", json.dumps(results), flush=True)
        torch.save(model.state_dict(), args.out / "names_zh.pt")
    example = tuple(torch.ones(2, 16, dtype=torch.int64) for _ in range(3))
    quantised(model, example, ("ids", "pairs", "marks"), args.out / "names_zh.onnx")
    (args.out / "names_zh.vocab.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
