"""Chinese corpora: read, labels made one scheme (PER, LOC, ORG) a character, split so that no test text is trained on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from score import spans

Sentence = tuple[str, list[str]]

CLUENER = {
    "name": "PER",
    "address": "LOC",
    "scene": "LOC",
    "company": "ORG",
    "organization": "ORG",
    "government": "ORG",
}
UNSURE = "?"
"""A label that is neither learned nor scored."""
WEIBO = {"PER.NAM": "PER", "GPE.NAM": "LOC", "LOC.NAM": "LOC", "ORG.NAM": "ORG"}


def cluener(path: Path) -> list[Sentence]:
    """CLUENER 2020: JSON lines with inclusive spans. Scenes and government are folded into places and organisations."""
    made = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tags = ["O"] * len(row["text"])
        for kind, values in row["label"].items():
            for found in values.values():
                for start, end in found:
                    if kind in CLUENER:
                        tags[start : end + 1] = _entity(CLUENER[kind], end + 1 - start)
        made.append((row["text"], tags))
    return made


def weibo(path: Path) -> list[Sentence]:
    """Weibo NER: a character and its place in the word; named mentions only."""
    made, text, tags = [], "", []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if not line.strip():
            if text:
                made.append((text, tags))
            text, tags = "", []
            continue
        token, tag = line.split("\t")
        head, _, kind = tag.partition("-")
        text += token[0]
        tags.append(f"{head}-{WEIBO[kind]}" if kind in WEIBO else "O")
    return made


def uner(path: Path) -> list[Sentence]:
    """Universal NER on GSD: words with tags, spread over their characters."""
    made, text, tags = [], "", []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if text:
                made.append((text, tags))
            text, tags = "", []
            continue
        _, word, tag, *_ = line.split("\t")
        head, _, kind = tag.partition("-")
        if kind not in ("PER", "LOC", "ORG"):
            tags += ["O"] * len(word)
        else:
            tags += _entity(kind, len(word)) if head == "B" else [f"I-{kind}"] * len(word)
        text += word
    return made


def _entity(kind: str, length: int) -> list[str]:
    return [f"B-{kind}", *[f"I-{kind}"] * (length - 1)]


def unsure(sentences: list[Sentence], places: frozenset[str]) -> list[Sentence]:
    """CLUENER leaves most countries and many cities without a label that other corpora call places: these teach nothing."""
    longest = max(map(len, places))
    made = []
    for text, given in sentences:
        tags = list(given)
        for start in range(len(text)):
            for end in range(min(len(text), start + longest), start + 1, -1):
                if text[start:end] in places and all(tag == "O" for tag in tags[start:end]):
                    tags[start:end] = [UNSURE] * (end - start)
                    break
        made.append((text, tags))
    return made


def load(folder: Path, *, everything: bool = False) -> tuple[list[Sentence], dict[str, list[Sentence]]]:
    """(training, test by corpus). Held: the dev files of UNER and Weibo, every eighth line of CLUENER.

    A training text that also stands in a test corpus is dropped. With `everything` the held texts are trained on as well.
    """
    clue = cluener(folder / "cluener_train.json")
    test = {
        "uner_gsdsimp_dev": uner(folder / "uner_gsdsimp_dev.iob2"),
        "weibo_dev": weibo(folder / "weiboNER_2nd_conll.dev"),
        "cluener_held": clue[::8],
    }
    seen = {text for sentences in test.values() for text, _ in sentences}
    wide = uner(folder / "uner_gsdsimp_train.iob2")
    places = Counter(
        text[start:end] for text, tags in wide for start, end, kind in spans(tags) if kind == "LOC" and end - start > 1
    )
    train = [
        *unsure([one for row, one in enumerate(clue) if row % 8], frozenset(places)),
        *weibo(folder / "weiboNER_2nd_conll.train"),
        *wide,
    ]
    if everything:
        held = [*unsure(test["cluener_held"], frozenset(places)), *test["weibo_dev"], *test["uner_gsdsimp_dev"]]
        return [*train, *held], test
    return [one for one in train if one[0] not in seen], test
