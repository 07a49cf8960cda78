"""Near-duplicates of texts: how many copies are found by kind of change, how many different texts are taken for one.

    python benchmarks/duplicate_texts.py --texts 2000

Made on the spot: letters, reports and tickets out of sentence patterns with shared openings and closings, as the texts
of one house share them, English and Chinese by turns. A pair counts as found when the index offers it (a band in
common) and the estimated similarity is enough, which is what a run does. `fair` is the Jaccard similarity of the
shingles themselves, so that a miss of a pair below the threshold is no miss.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable

from polyveil.modalities.text.fingerprint import ALIKE, SHINGLE, fingerprint, similar

WORDS_EN = [
    "account",
    "agreement",
    "answer",
    "autumn",
    "balance",
    "bridge",
    "budget",
    "calendar",
    "carriage",
    "charge",
    "chapter",
    "copper",
    "corner",
    "customer",
    "delay",
    "delivery",
    "document",
    "driver",
    "engine",
    "estimate",
    "factory",
    "figure",
    "garden",
    "harbour",
    "history",
    "instrument",
    "island",
    "journey",
    "kettle",
    "ladder",
    "letter",
    "library",
    "machine",
    "market",
    "meadow",
    "meeting",
    "mirror",
    "mountain",
    "notice",
    "office",
    "orchard",
    "order",
    "paper",
    "parcel",
    "payment",
    "picture",
    "platform",
    "pocket",
    "printer",
    "quarter",
    "railway",
    "receipt",
    "record",
    "repair",
    "report",
    "river",
    "sample",
    "season",
    "signal",
    "spring",
    "station",
    "storage",
    "summer",
    "supplier",
    "surface",
    "table",
    "teacher",
    "theatre",
    "ticket",
    "timber",
    "tunnel",
    "vehicle",
    "village",
    "visit",
    "weather",
    "window",
    "winter",
    "workshop",
    "yard",
]
WORDS_ZH = list(
    "春夏秋冬山河湖海城乡村路桥车站书信纸笔门窗灯桌椅茶饭米面油盐糖果花草树木鸟鱼牛羊马狗猫风云雨雪日月星光时分年季早晚"
)
OPENING_EN = (
    "Dear Sir or Madam,\n\nThank you for your letter. We have looked into the matter and can tell you this.\n\n"
)
CLOSING_EN = "\n\nDo not hesitate to write to us again.\n\nWith kind regards\nThe service desk\n"
OPENING_ZH = "尊敬的客户：\n\n您的来信已收到，现将处理情况告知如下。\n\n"
CLOSING_ZH = "\n\n如有疑问，请随时与我们联系。\n\n此致\n敬礼\n客户服务中心\n"


def make(draw: random.Random, *, chinese: bool) -> str:
    """One text of 400 to 2 500 characters."""
    sentences = []
    for _ in range(draw.randrange(6, 24)):
        if chinese:
            sentences.append("".join(draw.choices(WORDS_ZH, k=draw.randrange(12, 30))) + "。")
        else:
            words = draw.choices(WORDS_EN, k=draw.randrange(8, 18))
            sentences.append(" ".join(words).capitalize() + ". ")
    body = "".join(sentences)
    return OPENING_ZH + body + CLOSING_ZH if chinese else OPENING_EN + body + CLOSING_EN


def edited(share: float) -> Callable[[str, random.Random], str]:
    """Another word, or character, in place of a share of them."""

    def change(text: str, draw: random.Random) -> str:
        def other(found: re.Match[str]) -> str:
            if draw.random() >= share:
                return found.group()
            return draw.choice(WORDS_ZH if found.group() > "\u2e80" else WORDS_EN)

        return re.sub(r"[A-Za-z]+|[\u4e00-\u9fff]", other, text)

    return change


def dated(text: str, draw: random.Random) -> str:
    """A header with another date and number, as a template prints it."""
    return f"No. {draw.randrange(10**6):06d}, 2026-0{draw.randrange(1, 10)}-1{draw.randrange(10)}\n{text}"


def spaced(text: str, draw: random.Random) -> str:
    """Other line breaks and case."""
    return re.sub(r" ", lambda _: draw.choice((" ", "\n", "  ")), text).upper()


def shortened(text: str, draw: random.Random) -> str:
    """The last tenth is missing."""
    del draw
    return text[: len(text) * 9 // 10]


def moved(text: str, draw: random.Random) -> str:
    """Sentences in another order."""
    pieces = re.split(r"(?<=[.。]) ?", text)
    draw.shuffle(pieces)
    return " ".join(pieces)


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "spacing and case": spaced,
    "date and number": dated,
    "last tenth gone": shortened,
    "sentences moved": moved,
    "2 % of words": edited(0.02),
    "5 % of words": edited(0.05),
    "10 % of words": edited(0.10),
}


def shingles(text: str) -> set[str]:
    plain = re.sub(r"\s+", " ", text).strip().casefold()
    return {plain[start : start + SHINGLE] for start in range(len(plain) - SHINGLE + 1)}


def main() -> None:
    """Print a line of JSON for each kind of change, and one for pairs of different texts."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--texts", type=int, default=2000)
    args = asked.parse_args()
    draw = random.Random(11)
    texts = [make(draw, chinese=number % 2 == 1) for number in range(args.texts)]
    began = time.process_time()
    marks = [fingerprint(text) for text in texts]
    speed = len(texts) / (time.process_time() - began)
    index: dict[bytes, list[int]] = defaultdict(list)
    for number, mark in enumerate(marks):
        for band in mark.bands:
            index[band].append(number)
    false = {
        (one, other)
        for mark, one in zip(marks, range(len(marks)), strict=True)
        for band in mark.bands
        for other in index[band]
        if one < other and similar(mark, marks[other])
    }
    pairs = len(texts) * (len(texts) - 1) // 2
    print(json.dumps({"texts": len(texts), "texts_per_cpu_s": round(speed), "false_pairs": len(false), "pairs": pairs}))
    for name, change in CHANGES.items():
        found = fair = kept = 0
        for number, text in enumerate(texts):
            copy = change(text, draw)
            mark = fingerprint(copy)
            offered = {other for band in mark.bands for other in index[band]}
            hit = mark.exact == marks[number].exact or (number in offered and similar(mark, marks[number]))
            one, other = shingles(text), shingles(copy)
            alike = len(one & other) / len(one | other) >= ALIKE
            found, fair, kept = found + hit, fair + alike, kept + (hit and alike)
        row = {"change": name, "recall": found / len(texts), "above_threshold": fair / len(texts)}
        print(json.dumps({**row, "recall_above_threshold": round(kept / max(1, fair), 4)}))


if __name__ == "__main__":
    main()
