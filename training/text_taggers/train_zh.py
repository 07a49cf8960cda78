"""Train the Chinese tagger and write names_zh.onnx and names_zh.vocab.txt.

    python training/text_taggers/train_zh.py --data DATA/text/zh --dictionary jieba/dict.txt --out OUT

Needs torch, onnx, onnxruntime and onnxscript beside polyveil. Prints span scores of the held texts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from corpora_zh import Sentence, load
from export import quantised
from score import report
from torch import nn
from words_zh import foreigners
from words_zh import people as names_of

from polyveil.identity.names import COMPOUND_ZH
from polyveil.modalities.text.detectors import tagger_zh
from polyveil.modalities.text.detectors.name_en import lexicon
from polyveil.modalities.text.detectors.name_zh import SINGLE
from polyveil.modalities.text.detectors.network import legal

INDEX = {label: number for number, label in enumerate(tagger_zh.LABELS)}


class Tagger(nn.Module):
    """Embeddings, three convolutions, linear head. Input (batch, characters, COLUMNS), 0 in the first column pads."""

    def __init__(self, vocabulary: int, width: int = 160) -> None:
        super().__init__()
        sizes = (vocabulary, tagger_zh.PAIRS, tagger_zh.TRIPLES, 6, 6, 6, 3)
        widths = (64, 32, 20, 8, 8, 8, 6)
        self.columns = nn.ModuleList(nn.Embedding(size, wide) for size, wide in zip(sizes, widths, strict=True))
        for column in self.columns:
            nn.init.normal_(column.weight, std=0.3)
        self.drop = nn.Dropout(0.25)
        self.first = nn.Conv1d(sum(widths), width, 5, padding=2)
        self.second = nn.Conv1d(width, width, 3, padding=2, dilation=2)
        self.third = nn.Conv1d(width, width, 3, padding=4, dilation=4)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.head = nn.Linear(width, len(INDEX))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        there = (rows[..., :1] != 0).to(torch.float32)
        parts = [column(rows[..., number]) for number, column in enumerate(self.columns)]
        x = self.drop(torch.cat(parts, -1)) * there
        x = self.norms[0](nn.functional.gelu(self.first(x.transpose(1, 2)).transpose(1, 2))) * there
        for conv, norm in ((self.second, self.norms[1]), (self.third, self.norms[2])):
            more = nn.functional.gelu(conv(self.drop(x).transpose(1, 2)).transpose(1, 2))
            x = norm(x + more) * there
        return self.head(self.drop(x))


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
            seen = tagger_zh.rows(text, vocabulary, words)
            lost = noise.random(seen.shape) < np.array([forget, *[4 * forget] * 2, *[2 * forget] * 3, forget])
            seen = np.where(lost, np.array([1, *[0] * 6]), seen)
            ids[number, : len(text)] = seen
            labels[number, : len(text)] = [INDEX[tag] for tag in tags]
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
        found += [tagger_zh.LABELS[one] for one in legal(chances)]
    return sentence[1], found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--dictionary", type=Path, required=True, help="dict.txt of jieba")
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--minutes", type=float, default=600, help="no epoch begins after so long")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(int(os.environ.get("POLYVEIL_THREADS", "2")))
    dice = random.Random(args.seed)
    train, test = load(args.data)
    places, people, foreign = sorted(lexicon("places_zh")), names_of(args.dictionary), foreigners(args.dictionary)
    words = tagger_zh.Words.read((args.out / tagger_zh.WORDS).read_bytes())
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
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    steps = args.epochs * (sum(-(-len(text) // 160) for text, _ in [*train, *train[:1500]]) // 48 + 1)
    loss_of, began = nn.CrossEntropyLoss(ignore_index=-100), time.monotonic()
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: max(0.02, 1 - max(step / steps, (time.monotonic() - began) / (60 * args.minutes)))
    )
    args.out.mkdir(parents=True, exist_ok=True)
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        if time.monotonic() - began > 60 * args.minutes:
            break
        texts = [renamed(one, dice, people, foreign, places) for one in train]
        texts += invented(dice, 1500, people, foreign, places)
        for ids, labels in (plan := batches(texts, vocabulary, words, dice, forget=0.05)):
            loss = loss_of(model(ids).flatten(0, 1), labels.flatten())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimiser.step()
            rate.step()
            total += float(loss.detach())
        model.eval()
        results = {
            name: report(tagged(model, one, vocabulary, words) for one in sentences[:500])
            for name, sentences in test.items()
        }
        print(epoch, f"loss {total / len(plan):.4f} {time.monotonic() - began:.0f} s", json.dumps(results), flush=True)
        torch.save(model.state_dict(), args.out / "names_zh.pt")
    model.eval()
    example = (torch.ones(2, 16, tagger_zh.COLUMNS, dtype=torch.int64),)
    quantised(model, example, ("rows",), args.out / "names_zh.onnx")
    (args.out / "names_zh.vocab.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
