"""Train the Chinese tagger and write names_zh.onnx and names_zh.vocab.txt.

    python training/text_taggers/train_zh.py --data DATA/text/zh --jieba jieba-0.42.1.tar.gz --out OUT

Needs torch, onnx, onnxruntime and onnxscript beside polyveil. Prints span scores of the held texts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import time
from pathlib import Path

import lac
import numpy as np
import torch
from corpora_zh import UNSURE, Sentence, load
from export import quantised
from score import report
from torch import nn
from words_zh import foreigners
from words_zh import people as names_of

from polyveil.identity.names import COMPOUND_ZH
from polyveil.modalities.text.detectors import network, tagger_zh
from polyveil.modalities.text.detectors.name_en import lexicon
from polyveil.modalities.text.detectors.name_zh import SINGLE
from polyveil.modalities.text.detectors.network import legal

NARROW = {0xFF01 + place: 0x21 + place for place in range(94)}
"""Full-width signs: the road has made most of them narrow before a tagger sees a text."""
WIDE = 12
"""Features of each column of the lexicon."""
INDEX = {label: number for number, label in enumerate(network.LABELS)}


class Tagger(nn.Module):
    """Encoder of LAC with columns of the lexicon beside its characters, linear head. Input (batch, characters, COLUMNS)."""

    def __init__(self, base: lac.Encoder) -> None:
        super().__init__()
        self.base = base
        self.columns = nn.ModuleList(nn.Embedding(size, WIDE) for size in (6, 6, 6, 3))
        for layer in base.layers[:2]:
            into = nn.Linear(lac.EMBEDDED + 4 * WIDE, 3 * lac.HIDDEN)
            with torch.no_grad():
                into.weight.zero_()
                into.weight[:, : lac.EMBEDDED] = layer.into.weight
                into.bias.copy_(layer.into.bias)
            layer.into = into
        words = nn.Embedding(base.words.num_embeddings + 1, lac.EMBEDDED, padding_idx=0)
        with torch.no_grad():
            words.weight[1:] = base.words.weight
        base.words = words
        self.head = nn.Linear(2 * lac.HIDDEN, len(INDEX))
        self.moves = nn.Parameter(torch.zeros(len(INDEX), len(INDEX)))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        there = (rows[..., 0] != 0).to(torch.float32)
        more = [column(rows[..., number + 1]) for number, column in enumerate(self.columns)]
        x = self.base.drop(torch.cat([self.base.words(rows[..., 0]), *more], -1))
        return self.head(self.base.recurrent(x, there))


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


def renamed(
    sentence: Sentence, dice: random.Random, people: list[str], foreign: list[str], places: list[str]
) -> Sentence:
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
        if kind == "PER" and 2 <= len(piece) <= 4 and piece[0] in SINGLE and dice.random() < 0.4:
            piece = person(dice, people)
        elif kind == "PER" and len(piece) > 1 and piece[0] not in SINGLE and dice.random() < 0.15:
            piece = dice.choice(foreign)
        elif kind == "LOC" and piece[-1] in "省市县区" and dice.random() < 0.3:
            piece = dice.choice(places)
        pieces.append(piece)
        made += [tags[row]] + [f"I-{kind}"] * (len(piece) - 1) if kind else ["O"] * len(piece)
        row = end
    return "".join(pieces), made


def person(dice: random.Random, people: list[str]) -> str:
    """A name: a family name, and the characters of given names that are given in life."""
    family = dice.choice(COMPOUND_ZH) if dice.random() < 0.04 else dice.choice(SINGLE[: dice.choice((20, 80, 240))])
    first, second = dice.choice(people), dice.choice(people)
    return family + (first[2] if dice.random() < 0.25 else first[1] + second[2] if dice.random() < 0.5 else first[1:])


FORMS = [
    "患者{P}，男，45岁，因胸痛入院。",
    "姓名：{P}",
    "联系人{P}，电话见附件。",
    "{P}先生您好，您的快递已到{L}。",
    "我叫{P}，住在{L}。",
    "{P}和{P}一起去了{L}。",
    "记者{P}{L}报道",
    "{P}说，他明天去{L}出差。",
    "据{L}警方通报，嫌疑人{P}已被抓获。",
    "{L}居民{P}表示支持。",
    "请转告{P}，会议改到周三。",
    "主治医师：{P}",
    "{P}毕业于名校，现任公司经理。",
    "收件人：{P} 地址：{L}",
    "甲方：{P} 乙方：{P}",
    "{P}：好的，我马上到。",
    "{P}的妻子{P}也在场。",
    "老师{P}批改了作业。",
    "今天和{P}在{L}见面",
    "多谢{P}的帮助",
    "由{P}、{P}、{P}负责",
    "审核人：{P} 报告人：{P}",
    "{L}市民{P}投诉该商家。",
    "总统{F}访问了{L}。",
    "球员{F}打进一球。",
    "{F}表示，这是一次重要的会议。",
    "由{F}执导的电影上映",
    "请核对订单编号和金额后再付款。",
    "高度重视安全生产工作，严格落实责任。",
    "本次会议由办公室主持召开。",
    "系统将于今晚升级，请提前保存数据。",
    "温度过高时请关闭电源。",
    "常见问题请查看帮助中心。",
    "方便的话请尽快回复。",
]


def invented(
    dice: random.Random, count: int, people: list[str], foreign: list[str], places: list[str]
) -> list[Sentence]:
    """`count` sentences of the forms, with labels."""
    made = []
    for _ in range(count):
        text, tags = "", []
        for piece in re.split(r"(\{.\})", dice.choice(FORMS)):
            kind = {"{P}": "PER", "{F}": "PER", "{L}": "LOC"}.get(piece, "")
            new = {
                "{P}": lambda: person(dice, people),
                "{F}": lambda: dice.choice(foreign),
                "{L}": lambda: dice.choice(places),
            }.get(piece, lambda piece=piece: piece)()
            text += new
            tags += [f"{'I' if place else 'B'}-{kind}" if kind else "O" for place in range(len(new))]
        made.append((text, tags))
    return made


def batches(
    sentences: list[Sentence], vocabulary: dict[str, int], words: tagger_zh.Words, dice: random.Random, *, forget: float
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Padded batches of 48 windows, alike in length; a share of characters, pairs, triples and words is made unknown."""
    cut = [(text[a : a + 160], tags[a : a + 160]) for text, tags in sentences for a in range(0, len(text), 160)]
    cut.sort(key=lambda one: len(one[0]) + dice.random() * 4)
    noise = np.random.default_rng(dice.randrange(2**32))
    made = []
    for start in range(0, len(cut), 48):
        batch = cut[start : start + 48]
        longest = max(len(text) for text, _ in batch)
        ids = np.zeros((len(batch), longest, tagger_zh.COLUMNS), np.int64)
        labels = np.full((len(batch), longest), -100)
        for number, (text, tags) in enumerate(batch):
            seen = tagger_zh.rows(text.translate(NARROW) if dice.random() < 0.4 else text, vocabulary, words)
            lost = noise.random(seen.shape) < np.array([forget, *[3 * forget] * 4])
            seen = np.where(lost, np.array([vocabulary[tagger_zh.UNKNOWN], 0, 0, 0, 0]), seen)
            ids[number, : len(text)] = seen
            labels[number, : len(text)] = [-100 if tag == UNSURE else INDEX[tag] for tag in tags]
        made.append((torch.from_numpy(ids), torch.from_numpy(labels)))
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
    return sentence[1], found


def main() -> None:  # noqa: PLR0915 - a script, told from its first step to its last
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jieba", type=Path, required=True, help="jieba-0.42.1.tar.gz, for its encoder and dictionary")
    parser.add_argument(
        "--everything", action="store_true", help="train on the held texts too, for the weights to ship"
    )
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(int(os.environ.get("POLYVEIL_THREADS", "2")))
    dice = random.Random(args.seed)
    train, test = load(args.data, everything=args.everything)
    args.out.mkdir(parents=True, exist_ok=True)
    dictionary = lac.dictionary(args.jieba)
    places, people, foreign = sorted(lexicon("places_zh")), names_of(dictionary), foreigners(dictionary)
    words = tagger_zh.Words.read((args.out / tagger_zh.WORDS).read_bytes())
    arrays, letters, _ = lac.read(args.jieba)
    by_number = {number: letter for letter, number in letters.items() if letter != "\n"}
    kept = [by_number.get(number, "-") for number in range(max(letters.values()) + 1)]
    vocabulary = {
        letter: 1 + number for number, letter in by_number.items() if letter[1:] == "" or letter == tagger_zh.UNKNOWN
    }
    print(len(train), "training texts", sum(len(text) for text, _ in train), "characters", flush=True)
    model = Tagger(lac.encoder(arrays))
    mild = [model.base.words.weight]
    middle = list(model.base.layers.parameters())
    quick = [*model.columns.parameters(), *model.head.parameters(), model.moves]
    optimiser = torch.optim.AdamW(
        [{"params": mild, "lr": 3e-4}, {"params": middle, "lr": 1e-3}, {"params": quick, "lr": 2e-3}], weight_decay=0.01
    )
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.997)
    )
    steps = args.epochs * (sum(-(-len(text) // 160) for text, _ in [*train, *train[:2000]]) // 48 + 1)
    loss_of, began = nn.CrossEntropyLoss(ignore_index=-100), time.monotonic()
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, (step + 1) / 100) * max(0.02, 1 - step / steps)
    )
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        texts = [renamed(one, dice, people, foreign, places) for one in train]
        texts += invented(dice, 2000, people, foreign, places)
        for ids, labels in (plan := batches(texts, vocabulary, words, dice, forget=0.02)):
            logits = model(ids)
            single = loss_of(logits.flatten(0, 1), labels.flatten())
            loss = 0.3 * single + likelihood(logits, model.moves, labels, ids[..., 0] != 0)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimiser.step()
            rate.step()
            averaged.update_parameters(model)
            total += float(loss.detach())
        averaged.eval()
        results = {
            name: report(tagged(averaged.module, one, vocabulary, words) for one in sentences[:500])
            for name, sentences in test.items()
        }
        print(epoch, f"loss {total / len(plan):.4f} {time.monotonic() - began:.0f} s", json.dumps(results), flush=True)
        torch.save(averaged.module.state_dict(), args.out / "names_zh.pt")
    example = (torch.ones(2, 16, tagger_zh.COLUMNS, dtype=torch.int64),)
    quantised(averaged.module.eval(), example, ("rows",), args.out / "names_zh.onnx", moves=averaged.module.moves)
    (args.out / "names_zh.vocab.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
