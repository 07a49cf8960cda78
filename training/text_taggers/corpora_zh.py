"""Chinese corpora: read, labels made one scheme (PER, LOC, ORG) a character, split so that no test text is trained on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from score import spans

from polyveil.modalities.text.detectors.name_zh import COMPOUND, SINGLE
from polyveil.modalities.text.detectors.tagger_zh import ABBREVIATIONS

Sentence = tuple[str, list[str]]


@dataclass(frozen=True)
class Places:
    """Names that are places wherever they stand, names that may be more than that, plain nouns, and all plain words."""

    sure: frozenset[str]
    likely: frozenset[str]
    nouns: frozenset[str]
    plain: frozenset[str]


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
_CALLED = re.compile(rf"({'|'.join(COMPOUND)}|[{SINGLE[:150]}])(?=先生|女士|小姐)")
_DIVISION = re.compile(r"[^省市县区镇乡村]+(?:省|市|县|区|镇|乡|村|州|旗|街道)")
_LARGE = re.compile(r"[^省市县区]+[省市县区州]")
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


def marked(path: Path) -> list[Sentence]:
    """Sentences of our own with entities as <text|KIND>, a line each."""
    made = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, tags = "", list[str]()
        for piece in re.split(r"(<[^>]+>)", line):
            word, _, kind = piece.strip("<>").partition("|")
            text += word
            tags += _entity(kind, len(word)) if kind else ["O"] * len(word)
        if not line.startswith("#"):
            made.append((text, tags))
    return made


def _entity(kind: str, length: int) -> list[str]:
    return [f"B-{kind}", *[f"I-{kind}"] * (length - 1)]


def right(sentences: list[Sentence], read: list[list[str]], places: Places) -> list[Sentence]:
    """CLUENER's labels as other corpora have them, where a second reader (LAC's own labels, `read`) agrees.

    CLUENER leaves most countries and many cities without a label: those that the second reader calls places and that stand
    in a list are labelled, other places of either are UNSURE. Family names before a title, which it leaves out, are people.
    Its places and bodies that are plain nouns (museum, court, police) are UNSURE.
    """
    return [(text, _right(text, tags, second, places)) for (text, tags), second in zip(sentences, read, strict=True)]


def _right(text: str, given: list[str], second: list[str], places: Places) -> list[str]:
    tags = list(given)

    def free(start: int, end: int) -> bool:
        return all(tag == "O" for tag in tags[start:end])

    for start, end, kind in spans(given):
        if kind != "PER" and text[start:end] in places.nouns:
            tags[start:end] = [UNSURE] * (end - start)
    for match in _CALLED.finditer(text):
        if free(*match.span(1)):
            tags[slice(*match.span(1))] = _entity("PER", len(match.group(1)))
    for start, end, kind in sorted(spans(second)):
        if kind != "ORG" and free(start, end) and not _CALLED.match(text, start):
            tags[start:end] = _read(text[start:end], kind, places)
    longest = max(map(len, places.sure))
    for start in range(len(text)):
        for end in range(min(len(text), start + longest), start + 1, -1):
            if text[start:end] in places.sure and free(start, end):
                tags[start:end] = [UNSURE] * (end - start)
                break
    return tags


def _read(word: str, kind: str, places: Places) -> list[str]:
    """The labels of what the second reader alone takes for a person or a place: in people the corpus is right."""
    if kind == "PER":
        return ["O"] * len(word)
    if len(word) <= 3 and all(letter in ABBREVIATIONS for letter in word):
        return ["B-LOC"] * len(word)
    if word in places.sure or word in places.likely:
        return _entity("LOC", len(word))
    return [UNSURE if len(word) > 1 and word not in places.plain else "O"] * len(word)


def parted(sentence: Sentence, places: Places) -> Sentence:
    """Places that stand one in the other without anything between are each its own, as in newspapers' corpora."""
    text, tags = sentence
    tags = list(tags)
    for start, end, kind in spans(tags):
        if kind != "LOC" or end - start < 4:
            continue
        parts = _parts(text[start:end], places.sure)
        for part in parts or ():
            tags[start : start + len(part)] = _entity("LOC", len(part))
            start += len(part)  # noqa: PLW2901
    return text, tags


def _parts(name: str, places: frozenset[str]) -> list[str] | None:
    """The divisions that a name is made of, from large to small; None if it is something else."""
    if name in places or (2 <= len(name) <= 7 and _DIVISION.fullmatch(name)):
        return [name]
    heads = [name[:length] for length in range(2, min(8, len(name) - 2) + 1)]
    for head in [*(one for one in heads if one in places), *(one for one in heads if _LARGE.fullmatch(one))]:
        rest = _parts(name[len(head) :], places)
        if rest:
            return [head, *rest]
    return None


def load(folder: Path, *, everything: bool = False) -> tuple[dict[str, list[Sentence]], dict[str, list[Sentence]]]:
    """(training by corpus, test by corpus). Held: the dev files of UNER and Weibo, every eighth line of CLUENER.

    A training text that also stands in a test corpus is dropped. With `everything` the held texts are trained on as well.
    """
    clue = cluener(folder / "cluener_train.json")
    test = {
        "uner_gsdsimp_dev": uner(folder / "uner_gsdsimp_dev.iob2"),
        "weibo_dev": weibo(folder / "weiboNER_2nd_conll.dev"),
        "cluener_held": clue[::8],
        "news_by_hand": marked(Path(__file__).parent / "news_zh.txt"),
    }
    train = {
        "cluener": [one for row, one in enumerate(clue) if row % 8],
        "weibo": weibo(folder / "weiboNER_2nd_conll.train"),
        "wide": uner(folder / "uner_gsdsimp_train.iob2"),
    }
    if everything:
        train["cluener"] += test["cluener_held"]
        train["weibo"] += test["weibo_dev"]
        train["wide"] += test["uner_gsdsimp_dev"]
        return train, test
    seen = {text for sentences in test.values() for text, _ in sentences}
    return {name: [one for one in sentences if one[0] not in seen] for name, sentences in train.items()}, test
