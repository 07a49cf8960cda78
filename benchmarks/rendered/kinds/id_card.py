"""Identity cards with a portrait."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper

from polyveil.sample.scenes import put

_BLUE = (40, 80, 150)


def en(dice: Random) -> Sheet:
    one = english(dice)
    card = paper(
        900,
        570,
        dice.choice(((226, 236, 244), (240, 232, 220), (228, 240, 228))),
        size=26,
        role=dice.choice(("sans", "roboto")),
    )
    card.say(
        (36, 24),
        dice.choice(("REPUBLIC OF ALDERIA", "CITY OF NORTHWICK", "KINGDOM OF ESTMARK")),
        EITHER,
        size=30,
        role="bold",
        colour=_BLUE,
    )
    card.say((36, 64), dice.choice(("IDENTITY CARD", "NATIONAL IDENTITY CARD", "RESIDENT CARD")), size=24, colour=_BLUE)
    rows = [("Surname", one.family, "name"), ("Given names", one.given, "name"),
            ("Date of birth", f"{one.born:%d.%m.%Y}", "born"), ("Card No.", digits(dice, 9), "number")]  # fmt: skip
    end = card.fields((330, 120), rows, above=True, gap=1.55, label=_BLUE)
    card.say((330, end + 4), "Sex", size=18, colour=_BLUE)
    card.say((330, end + 26), "M" if one.male else "F", EITHER)
    card.say((480, end + 4), "Nationality", size=18, colour=_BLUE)
    card.say((480, end + 26), "ALDERIAN", EITHER)
    put(card.image, (30, 130), 1.05, mirrored=dice.random() < 0.5)
    if dice.random() < 0.5:
        card.say((40, 430), one.name, "name", role="hand", size=26)
    return card


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    card = paper(940, 590, dice.choice(((228, 238, 244), (238, 240, 230))), size=30, role=dice.choice(("hei", "song")))
    card.say((60, 60), "姓名", colour=_BLUE)
    card.say((170, 58), one.name, "name", size=36)
    card.say((60, 135), "性别", colour=_BLUE)
    card.say((170, 135), "男" if one.male else "女", EITHER)
    card.say((270, 135), "民族", colour=_BLUE)
    card.say((370, 135), "汉", EITHER)
    card.say((60, 210), "出生", colour=_BLUE)
    card.say((170, 210), f"{one.born.year} 年 {one.born.month} 月 {one.born.day} 日", "born")
    card.say((60, 285), "住址", colour=_BLUE)
    card.say((170, 285), one.address[0], "address")
    card.say((170, 328), one.address[1], "address")
    card.say((60, 480), "公民身份号码", colour=_BLUE)
    card.say((290, 476), one.number, "number", size=36, role="mono")
    put(card.image, (660, 90), 1.05, mirrored=dice.random() < 0.5)
    return card
