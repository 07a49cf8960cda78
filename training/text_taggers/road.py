"""Score the whole text road on held documents: exact spans, and characters covered.

    python training/text_taggers/road.py --data DATA/text [--weights FOLDER] [--limit 300] [--errors]

`--weights` takes names_en.onnx, names_en.vocab.txt, names_zh.onnx and so on from a folder instead of the installed ones.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import corpora_en
import corpora_zh
import score

from polyveil.inference import session
from polyveil.modalities.text import find
from polyveil.modalities.text.detectors import network, tagger_en, tagger_zh
from polyveil.policies import load

KINDS = {"PERSON": "PER", "LOCATION": "LOC", "STREET_ADDRESS": "LOC"}
CLOSE = frozenset(".,;:!?)%]}'’\"")


def joined(sentence: corpora_en.Sentence) -> tuple[str, list[str]]:
    """A tokenised English sentence as it would be written, with a label a character."""
    text, tags = "", []
    for token, tag in zip(*sentence, strict=True):
        if text and token[0] not in CLOSE and text[-1] not in "([{@#$":
            text += " "
            tags.append("I" + tag[1:] if tag[0] == "I" else "O")
        text += token
        tags += [tag] + ["I" + tag[1:] if tag != "O" else "O"] * (len(token) - 1)
    return text, tags


def use(folder: Path) -> None:
    """Take weights from a folder."""
    installed = network.read_weights
    there = {path.name for path in folder.iterdir()}

    def read(name: str) -> bytes:
        return (folder / name).read_bytes() if name in there else installed(name)

    for module in (session, network, tagger_zh):
        module.read_weights = read
    was = network.shipped
    for module in (network, tagger_en, tagger_zh):
        module.shipped = lambda name: name in there or was(name)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--errors", action="store_true", help="print what is missed and what is too much")
    parser.add_argument("--language", choices=("en", "zh"), action="append")
    args = parser.parse_args()
    if args.weights:
        use(args.weights)
    policy = load("default")
    corpora = {}
    for language in args.language or ("en", "zh"):
        held = (corpora_en if language == "en" else corpora_zh).load(args.data / language)[1]
        corpora |= {
            name: [joined(one) if language == "en" else one for one in held[name][: args.limit]] for name in held
        }
    for name, sentences in corpora.items():
        counts = Counter[tuple[str, str]]()
        for text, tags in sentences:
            gold = {one for one in score.spans(tags) if one[2] != "ORG"}
            found = {}
            for one in find(text, policy):
                if one.entity in KINDS:
                    found[one.location.start, one.location.end, KINDS[one.entity]] = one
            covered = {place for start, end, _ in found for place in range(start, end)}
            for kind in ("PER", "LOC"):
                theirs, ours = {one for one in gold if one[2] == kind}, {one for one in found if one[2] == kind}
                counts[kind, "right"] += len(theirs & ours)
                counts[kind, "missed"] += len(theirs - ours)
                counts[kind, "extra"] += len(ours - theirs)
                counts[kind, "characters"] += sum(end - start for start, end, _ in theirs)
                counts[kind, "seen"] += sum(place in covered for start, end, _ in theirs for place in range(start, end))
                if args.errors and kind == "PER" and theirs != ours:
                    print("MISSED", [text[a:b] for a, b, _ in theirs - ours], "EXTRA", [(text[a:b], found[a, b, k].detector, round(found[a, b, k].score, 2)) for a, b, k in ours - theirs], "|", text[:160])  # fmt: skip
        row = []
        for kind in ("PER", "LOC"):
            right, missed, extra = (counts[kind, key] for key in ("right", "missed", "extra"))
            f1 = 2 * right / max(1, 2 * right + missed + extra)
            seen = counts[kind, "seen"] / max(1, counts[kind, "characters"])
            row.append(f"{kind} F1 {f1:.3f} (p {right / max(1, right + extra):.3f} r {right / max(1, right + missed):.3f}, {right + missed}) chars {seen:.3f}")  # fmt: skip
        print(f"{name:24}", " | ".join(row), flush=True)


if __name__ == "__main__":
    main()
