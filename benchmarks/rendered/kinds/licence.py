"""Driving licences: of a state with letter codes, of Europe with numbers, of China."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper

from polyveil.sample.scenes import put

_RED = (170, 40, 50)


def en(dice: Random) -> Sheet:
    one = english(dice)
    card = paper(920, 580, dice.choice(((232, 240, 250), (248, 234, 236))), size=25, role="roboto")
    numbered = dice.random() < 0.5
    card.say((330, 20), "DRIVING LICENCE" if numbered else "DRIVER LICENSE", size=32, role="bold", colour=_RED)
    born, issued = (
        f"{one.born:%d.%m.%Y}" if numbered else f"{one.born:%m/%d/%Y}",
        f"0{dice.randint(1, 9)}/1{dice.randint(0, 9)}/202{dice.randint(0, 4)}",
    )
    names = ("1.", "2.", "3.", "4a.", "5.", "8.") if numbered else ("LN", "FN", "DOB", "ISS", "DL", "")
    rows = [(names[0], one.family.upper(), "name"), (names[1], one.given.upper(), "name"), (names[2], born, "born"),
            (names[3], issued, EITHER), (names[4], one.licence, "number"),
            (names[5], one.address[0].upper(), "address"), ("", one.address[1].upper(), "address")]  # fmt: skip
    card.fields((330, 90), rows, gap=1.75, indent=70, label=_RED)
    card.say((330, 480), "SEX" if not numbered else "9.", colour=_RED)
    card.say((400, 480), ("M" if one.male else "F") if not numbered else "AM/B1/B", EITHER)
    put(card.image, (30, 110), 1.15, mirrored=dice.random() < 0.5)
    return card


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    card = paper(960, 640, (244, 246, 240), size=27, role="song")
    card.say((210, 24), "中华人民共和国机动车驾驶证", EITHER, size=36)
    card.say((60, 90), "证号")
    card.say((190, 88), one.number, "number", size=32)
    card.say((60, 150), "姓名")
    card.say((190, 148), one.name, "name", size=32)
    card.say((430, 150), "性别")
    card.say((510, 150), "男" if one.male else "女", EITHER)
    card.say((600, 150), "国籍")
    card.say((680, 150), "中国", EITHER)
    card.say((60, 210), "住址")
    card.say((190, 208), one.address[0], "address")
    card.say((190, 248), one.address[1], "address")
    card.say((60, 320), "出生日期")
    card.say((230, 320), f"{one.born:%Y-%m-%d}", "born")
    card.say((60, 380), "初次领证日期")
    card.say((290, 380), f"20{dice.randint(10, 22)}-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}", EITHER)
    card.say((60, 440), "准驾车型")
    card.say((230, 440), dice.choice(("C1", "B2", "C2")), EITHER)
    card.say((60, 540), "档案编号")
    card.say((230, 540), digits(dice, 12), "number")
    put(card.image, (690, 250), 0.95)
    return card
