"""Train the English tagger on what its teachers said, and write names_en.onnx and names_en.vocab.txt.

    python training/text_taggers/train_en.py --data DATA/text/en --teacher TOP --answers OUT/*.npz --out OUT

`--teacher`: the folder of the network that it begins from. Prints span scores of the held documents.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from corpora_en import load
from export import fixed
from network_en import WIDTH, Tagger, from_other
from score import report
from teach_en import HEAT, read
from torch import nn
from windows_en import IGNORED, INDEX, forgetful, of_words, tagged

from polyveil.modalities.text.detectors import tiles
from polyveil.modalities.text.detectors.words_en import PIECES

LOW, TOP, SEES = (1024,), (1024, 1024, 1024), 2
"""Widths inside the layers for all words and for those that are asked about; how many of the latter see the rest."""
SOURCES = (0, 2, 4, 5)
"""Layers of the teacher that they begin from."""
BATCHES = 16_750
"""Lessons, batches of `BATCH`: the rate of learning is brought down to the last."""
BATCH = 1600
"""Rows of a batch, padding included."""
FORGOTTEN = 0.03
"""Share of pieces made unknown, so that context is learned beside the words; twice so many lexicon marks."""
SLOW, EVERY = 0.992, 4
"""What is shipped is a running mean of the weights: share that is kept, every so many batches."""
THREADS = int(os.environ.get("POLYVEIL_THREADS", "2"))

Batch = tuple[torch.Tensor, ...]


class Answers:
    """A file of `answers_en.py`, in batches of windows alike in what they ask and in length."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as file:
            self.columns = {key: file[key] for key in file.files}
        sizes, asked = self.columns["size"], self.columns["asked"]
        self.rows, self.words = (np.concatenate(([0], np.cumsum(one))) for one in (sizes, asked))

    def plan(self, dice: np.random.Generator) -> list[list[int]]:
        """Numbers of the windows of each batch, another time others."""
        sizes = self.columns["size"]
        made: list[list[int]] = []
        batch: list[int] = []
        longest = 0
        for number in np.argsort(1000 * self.columns["asked"] + sizes + dice.normal(0, 1.5, len(sizes))).tolist():
            longest = max(longest, int(sizes[number]))
            if batch and longest * (len(batch) + 1) > BATCH:
                made.append(batch)
                batch, longest = [], int(sizes[number])
            batch.append(number)
        return [*made, batch]

    def batch(self, numbers: list[int]) -> Batch:
        """The columns of `tiles.py`, a window a tile; logits, states, labels, and where the teachers are heard."""
        get = self.columns
        count, room, most = len(numbers), int(get["size"][numbers].max()), int(get["asked"][numbers].max())
        ids, rest = np.zeros((count, room, PIECES), np.int64), np.zeros((4, count, room), np.int64)
        rest[0], rest[2] = tiles.SHAPELESS, np.arange(room)
        chosen, labels = np.zeros((count, most), np.int64), np.full((count, most), IGNORED)
        logits, states = np.zeros((count, most, len(INDEX)), np.float32), np.zeros((count, most, WIDTH), np.float32)
        for row, number in enumerate(numbers):
            one, two = (slice(ends[number], ends[number + 1]) for ends in (self.rows, self.words))
            size, asked = one.stop - one.start, two.stop - two.start
            ids[row, :size] = get["ids"][one]
            rest[0, row, :size], rest[1, row, :size], rest[3, row, :size] = get["shapes"][one], get["marks"][one], 1
            for column, key in ((chosen, "chosen"), (labels, "labels"), (logits, "logits"), (states, "states")):
                column[row, :asked] = get[key][two]
        heard = (chosen > 0) & get["heard"][numbers][:, None]
        return tuple(torch.from_numpy(one) for one in (ids, *rest, chosen, logits, states, labels, heard))


def stream(files: list[Answers], dice: np.random.Generator) -> Iterator[Batch]:
    """Batches of all files for ever, mixed."""
    while True:
        plan = [(file, numbers) for file in files for numbers in file.plan(dice)]
        for place in dice.permutation(len(plan)):
            file, numbers = plan[place]
            yield file.batch(numbers)


def loss_of(model: Tagger, batch: Batch) -> torch.Tensor:
    """Cross entropy with the labels, divergence from the teachers' answers, distance from the states of one."""
    *columns, logits, states, labels, heard = batch
    ours = model.states(*forgetful(columns, FORGOTTEN))
    told = model.head(model.drop(ours))
    real, labelled = columns[5] > 0, labels != IGNORED
    loss = 0.3 * nn.functional.mse_loss(ours[real], states[real])
    if heard.any():
        theirs = torch.softmax(logits[heard] / HEAT, -1)
        near = nn.functional.kl_div(torch.log_softmax(told[heard] / HEAT, -1), theirs, reduction="batchmean")
        loss = loss + (0.6 if labelled.any() else 1.0) * HEAT**2 * near
    if labelled.any():
        loss = loss + 0.4 * nn.functional.cross_entropy(told[labelled], labels[labelled])
    return loss


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--teacher", type=Path, required=True)
    parser.add_argument("--answers", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--share", type=float, default=1, help="of the batches, and of the held sentences of the score")
    parser.add_argument("--rate", type=float, default=4e-4, help="highest rate of learning")
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(THREADS)
    pieces = (args.teacher / "names_en.vocab.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    of = {piece: number for number, piece in enumerate(pieces)}
    batches = stream([Answers(path) for path in args.answers], np.random.default_rng(args.seed))
    model = Tagger(len(of), LOW, TOP, SEES)
    first = list(next(batches)[: len(tiles.COLUMNS)])
    from_other(model, read(args.teacher, len(of)), tuple(first), SOURCES)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not name.startswith(("words", "kind")))
    learned = {name: one for name, one in model.named_parameters() if one.requires_grad}
    mean = copy.deepcopy(model).eval()
    kept = [one for name, one in mean.named_parameters() if name in learned]
    optimiser = torch.optim.AdamW(learned.values(), lr=args.rate, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    began, shown = time.monotonic(), 0.0
    model.train()
    steps = round(BATCHES * args.share)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1.0, (step + 1) / 200) * max(0.01, 1 - step / steps)
        loss = loss_of(model, next(batches))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned.values(), 1.0)
        optimiser.step()
        if step % EVERY == 0:
            with torch.no_grad():
                torch._foreach_lerp_(kept, list(learned.values()), 1 - min(SLOW, step / (step + 40)))
        shown = 0.99 * shown + 0.01 * float(loss.detach()) if step else float(loss.detach())
        if step % 250 == 0:
            print(f"{step} loss {shown:.4f} {time.monotonic() - began:.0f} s", flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save(mean.state_dict(), args.out / "names_en.pt")
    seen = [dict(zip(tiles.COLUMNS, (one.numpy() for one in next(batches)), strict=False)) for _ in range(24)]
    fixed(mean, seen, args.out / "names_en.onnx")
    (args.out / "names_en.vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    for name, test in load(args.data)[1].items():
        print(
            name,
            json.dumps(report(tagged(mean, one, of, of_words) for one in test[:: round(1 / args.share)])),
            flush=True,
        )


if __name__ == "__main__":
    main()
