"""Text: Polyveil against Presidio, the same documents in the same run, one thread each, by processor time.

    python benchmarks/text.py --presidio ENVIRONMENT/bin/python [--documents 100] [--sentences 1500] [--json]

Needs the package `faker`. ENVIRONMENT has presidio-analyzer 2.2 (with spaCy, no model). Speed: documents of 20 KB, prose
of $POLYVEIL_TEST_DATA/text/en if there is any, with invented sentences (`generated_text.py`) between; patterns alone
against Presidio's pattern recognisers, and the full road, taggers included. Quality: characters of all personal values
of invented sentences that are covered (recall), and covered characters that are somebody's (precision).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

os.environ["POLYVEIL_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

from generated_text import sentences
from polyveil.modalities.text import find
from polyveil.modalities.text.detectors import pattern
from polyveil.modalities.text.detectors.recognisers import built_in
from polyveil.policies import load
from polyveil.schema.locations import Span

SAME = frozenset(
    [
        "CREDIT_CARD",
        "ACCOUNT_NUMBER",
        "US_DRIVER_LICENSE",
        "US_ITIN",
        "US_PASSPORT",
        "US_SSN",
        "UK_NHS",
        "CRYPTO",
        "DATE_TIME",
        "EMAIL_ADDRESS",
        "IBAN_CODE",
        "IP_ADDRESS",
        "MEDICAL_LICENSE",
        "MAC_ADDRESS",
        "UUID",
        "PHONE_NUMBER",
        "URL",
    ]
)
"""The entity types of Presidio's English pattern recognisers."""
SIZE = 20_000
"""Characters of a document."""
WARM = 400
"""Documents, other ones than those that are timed: after 8 MB the automata have all the usual states, and the speed no
longer rises. What the first documents of a process take stands beside it."""
ROAD = 20
"""Documents of those that the full road is timed on: it takes a hundred times as long."""
Labels = list[tuple[int, int, str]]


def prose() -> list[str]:
    """Sentences of people who wrote for others, where there are some."""
    folder = Path(os.environ.get("POLYVEIL_TEST_DATA", "")) / "text/en"
    made, words = [], []
    for path in sorted(folder.glob("wikigold*")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("-DOCSTART-"):
                words.append(line.split()[0])
            elif words:
                made.append(" ".join(words).replace(" ,", ",").replace(" .", "."))
                words = []
    return made


def documents(count: int, seed: int) -> list[str]:
    """Texts of SIZE characters: prose, every eighth sentence with personal data."""
    dice = Random(seed)
    planted = [text for text, _ in sentences(3000, 9, "en")]
    plain = prose() or planted
    made = []
    for _ in range(count):
        text = ""
        while len(text) < SIZE:
            text += dice.choice(planted if dice.random() < 0.125 else plain) + " "
        made.append(text[:SIZE])
    return made


def spent(work: Iterable[object]) -> float:
    """Processor seconds of a piece of work."""
    began = time.process_time()
    for _ in work:
        pass
    return time.process_time() - began


def peer(python: str, texts: list[str], model: str = "") -> tuple[float, list[Labels]]:
    """Presidio's processor seconds and findings, by its patterns or, with a spaCy model, as it comes."""
    with tempfile.TemporaryDirectory() as folder:
        given, got = Path(folder) / "in.json", Path(folder) / "out.json"
        given.write_text(json.dumps(texts), encoding="utf-8")
        script = str(Path(__file__).with_name("presidio_peer.py"))
        subprocess.run([python, script, given, got, *([model] if model else [])], check=True)
        answer = json.loads(got.read_text(encoding="utf-8"))
    return float(answer["seconds"]), answer["spans"]


def quality(texts: list[str], labels: list[Labels], found: list[Labels]) -> dict[str, float]:
    """Recall and precision of letters and digits, and F2."""
    hit = wanted = extra = covered = 0
    for text, gold, some in zip(texts, labels, found, strict=True):
        theirs = {place for start, end, _ in gold for place in range(start, end) if text[place].isalnum()}
        ours = {place for start, end, _ in some for place in range(start, end) if text[place].isalnum()}
        hit, wanted = hit + len(theirs & ours), wanted + len(theirs)
        extra, covered = extra + len(ours - theirs), covered + len(ours)
    recall, precision = hit / wanted, 1 - extra / max(1, covered)
    return {"recall": recall, "precision": precision, "f2": 5 * precision * recall / max(1e-9, 4 * precision + recall)}


def missed(texts: list[str], labels: list[Labels], found: list[Labels]) -> dict[str, float]:
    """Recall by kind of value, worst first."""
    hit, wanted = Counter[str](), Counter[str]()
    for text, gold, some in zip(texts, labels, found, strict=True):
        ours = {place for start, end, _ in some for place in range(start, end)}
        for start, end, kind in gold:
            places = [place for place in range(start, end) if text[place].isalnum()]
            wanted[kind] += len(places)
            hit[kind] += sum(place in ours for place in places)
    return dict(sorted(((kind, hit[kind] / wanted[kind]) for kind in wanted), key=lambda one: one[1]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--presidio", required=True, help="python of an environment with presidio-analyzer")
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--sentences", type=int, default=1500)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    policy = load("default")
    scanner = pattern.scanner(policy.recognisers, policy.deny)
    same = pattern.compiled(rule for rule in built_in() if rule.entity in SAME)
    texts, others = documents(args.documents, 5), documents(ROAD, 6)
    size = sum(len(text.encode()) for text in texts) / 1e6
    for text in others:  # automata are built while they are first used
        find(text, policy)
    first = spent(same.find(text) for text in others)
    for text in documents(WARM, 7):
        same.find(text)
        scanner.find(text)
    ours = spent(same.find(text) for text in texts)
    every = spent(scanner.find(text) for text in texts)
    road = spent(find(text, policy) for text in texts[:ROAD]) * len(texts) / len(texts[:ROAD])
    theirs, _ = peer(args.presidio, texts)
    result: dict[str, object] = {
        "megabytes": size,
        "presidio_patterns_mb_s": size / theirs,
        "patterns_mb_s": size / ours,
        "patterns_times": theirs / ours,
        "patterns_mb_s_at_first": sum(len(text.encode()) for text in others) / 1e6 / first,
        "all_patterns_mb_s": size / every,
        "road_mb_s": size / road,
        "road_times": theirs / road,
    }
    for language in ("en", "zh"):
        made = list(sentences(args.sentences if language == "en" else args.sentences // 3, 21, language))
        given, labels = [text for text, _ in made], [gold for _, gold in made]
        found = [
            [(one.location.start, one.location.end, one.entity) for one in find(text, policy) if isinstance(one.location, Span)]
            for text in given
        ]  # fmt: skip
        result[f"generated_{language}"] = quality(given, labels, found)
        result[f"recall_by_kind_{language}"] = missed(given, labels, found)
        if language == "en":
            result["presidio_generated_en"] = quality(given, labels, peer(args.presidio, given)[1])
    if args.json:
        json.dump(result, sys.stdout, indent=1)
        return
    for name, value in result.items():
        shown = {key: f"{one:.3f}" for key, one in value.items()} if isinstance(value, dict) else f"{value:.3f}"
        print(f"{name:26} {shown}")


if __name__ == "__main__":
    main()
