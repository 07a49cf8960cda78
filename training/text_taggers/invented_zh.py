"""Chinese sentences with invented people, places and organisations: forms_zh.txt, filled."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from corpora_zh import Sentence

from polyveil.identity.characters import COMPOUND_ZH
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.modalities.text.detectors.name_zh import SINGLE

FORMS = [
    line
    for line in (Path(__file__).parent / "forms_zh.txt").read_text(encoding="utf-8").splitlines()
    if line and line[0] != "#"
]
KINDS = {"P": "PER", "F": "PER", "M": "PER", "S": "PER", "O": "ORG", "X": "ORG"} | dict.fromkeys("LCWGRA", "LOC")

LISTS = {
    name: words.split()
    for name, words in re.findall(
        r"^([A-Z_]+)\n((?:[^\n]+\n)+)",
        (Path(__file__).parent / "lists_zh.txt").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}
COUNTRIES, CITIES, LANDMARKS, PROVINCES = (LISTS[name] for name in ("COUNTRIES", "CITIES", "LANDMARKS", "PROVINCES"))
ABROAD = "中美日俄英法德韩朝印澳加越泰苏欧意以巴非"
AT_HOME = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川黔滇陕甘青台蒙桂藏宁新港澳蓉穗汉"


def person(dice: random.Random, given: list[str]) -> str:
    """A name: a family name, and the characters of given names that are given in life."""
    family = dice.choice(COMPOUND_ZH) if dice.random() < 0.04 else dice.choice(SINGLE[: dice.choice((20, 80, 240))])
    first, second = dice.choice(given), dice.choice(given)
    return family + (first[2] if dice.random() < 0.3 else first[1] + second[2] if dice.random() < 0.5 else first[1:])


class Inventor:
    """Fills forms.

    Args:
        dice: the source of chance.
        given: Chinese names of three characters, of which given names are made.
        foreign: names written by sound.
    """

    def __init__(self, dice: random.Random, given: list[str], foreign: list[str]) -> None:
        self.dice, self.given, self.sounded = dice, given, foreign
        self.divisions = sorted(lexicon("places_zh"))
        self.makers: dict[str, Callable[[], str]] = {
            "P": lambda: person(dice, given),
            "F": self.foreigner,
            "M": lambda: dice.choice(("·", "·", "")).join(dice.sample(LISTS["OTHERS"], dice.choice((1, 2, 2)))),
            "S": lambda: dice.choice(COMPOUND_ZH) if dice.random() < 0.04 else dice.choice(SINGLE[:120]),
            "L": self.place,
            "C": lambda: dice.choice(COUNTRIES),
            "W": lambda: dice.choice(CITIES),
            "G": lambda: dice.choice(LANDMARKS),
            "R": lambda: self.stem() + dice.choice(LISTS["STREETS"]),
            "O": self.body,
            "X": lambda: dice.choice(LISTS["SHORT"]),
            "T": lambda: dice.choice(LISTS["TITLES"]),
            "N": lambda: str(int(10 ** (dice.random() * 4))),
            "D": lambda: dice.choice(("{m}月{d}日", "{d}日", "{m}月", "去年{m}月", "一九九{y}年{m}月")).format(
                m=dice.randint(1, 12), d=dice.randint(1, 31), y="〇一二三四五六七八九"[dice.randint(0, 9)]
            ),
        }

    def foreigner(self) -> str:
        def part() -> str:
            if self.dice.random() < 0.6:
                return self.dice.choice(self.sounded)
            return "".join(self.dice.choices(LISTS["SYLLABLES"], k=self.dice.choice((2, 2, 3, 3, 4))))

        sort = self.dice.random()
        if sort < 0.55:
            return part()
        dot = "·" if sort < 0.9 else self.dice.choice("•・．")
        return dot.join(part() for _ in range(2 if self.dice.random() < 0.9 else 3))

    def stem(self) -> str:
        name = self.dice.choice(self.given)
        return self.dice.choice((name[1:], name[2] + name[1], self.dice.choice(PROVINCES)[:2]))

    def place(self) -> str:
        if self.dice.random() < 0.45:
            return self.dice.choice(PROVINCES)
        name = self.dice.choice(self.divisions)
        plain = re.sub(r"(?:[市县区]|自治[县旗])$", "", name)
        return plain if 2 <= len(plain) <= 3 and self.dice.random() < 0.5 else name

    def body(self) -> str:
        sort = self.dice.random()
        if sort < 0.35:
            return self.dice.choice(LISTS["NATIONAL"])
        if sort < 0.7:
            return self.place() + self.dice.choice(LISTS["BODIES"])
        if sort < 0.82:
            return self.dice.choice(COUNTRIES) + self.dice.choice(LISTS["BODIES_ABROAD"])
        brand = "".join(self.dice.sample(LISTS["BRAND"], 2))
        town = self.place() if self.dice.random() < 0.6 else ""
        return (
            town
            + brand
            + self.dice.choice(LISTS["TRADES"])
            + self.dice.choice(("公司", "有限公司", "股份有限公司", "集团"))
        )

    def sentences(self, count: int) -> list[Sentence]:
        return [self.sentence(self.dice.choice(FORMS)) for _ in range(count)]

    def sentence(self, form: str) -> Sentence:
        text, tags = "", list[str]()
        shorts = iter(self.dice.sample(self.dice.choice((ABROAD, AT_HOME)), 6))
        for piece in re.split(r"(\{.\}|<[^>]+>)", form):
            sort = piece[1] if piece[:1] == "{" else ""
            kind = KINDS.get(sort, "")
            if piece[:1] == "<":
                piece, kind = piece[1:-1].split("|")  # noqa: PLW2901
            new = next(shorts) if sort == "A" else self.makers[sort]() if sort else piece
            text += new
            tags += [f"{'I' if place else 'B'}-{kind}" if kind else "O" for place in range(len(new))]
        return text, tags


def renamed(sentence: Sentence, inventor: Inventor) -> Sentence:
    """Now and then people get other names, divisions other divisions, countries other countries."""
    dice = inventor.dice
    text, tags = sentence
    pieces: list[str] = []
    made: list[str] = []
    row = 0
    while row < len(text):
        kind = tags[row][2:]
        end = row + 1
        if tags[row][0] == "B":
            while end < len(text) and tags[end] == f"I-{kind}":
                end += 1
        piece = text[row:end]
        if kind == "PER" and 2 <= len(piece) <= 4 and piece[0] in SINGLE and dice.random() < 0.4:
            piece = person(dice, inventor.given)
        elif kind == "PER" and len(piece) > 1 and piece[0] not in SINGLE and dice.random() < 0.15:
            piece = inventor.foreigner()
        elif kind == "LOC" and piece[-1] in "省市县区" and dice.random() < 0.3:
            piece = dice.choice(inventor.divisions)
        elif kind == "LOC" and piece in COUNTRIES and dice.random() < 0.3:
            piece = dice.choice(COUNTRIES)
        pieces.append(piece)
        made += [tags[row]] + [f"I-{kind}"] * (len(piece) - 1) if kind else [tags[row]] * len(piece)
        row = end
    return "".join(pieces), made
