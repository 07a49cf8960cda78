"""Name badges: a name with nothing beside it that says so."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper


def en(dice: Random) -> Sheet:
    one = english(dice)
    badge = paper(640, 440, (255, 255, 255), size=28, role="sans")
    if dice.random() < 0.5:
        badge.pen.rectangle((0, 0, 640, 130), fill=(190, 30, 45))
        badge.say((210, 14), "HELLO", size=52, role="bold", colour=(255, 255, 255))
        badge.say((200, 80), "my name is", size=32, colour=(255, 255, 255))
        badge.say((90, 210), dice.choice((one.name, one.given)), "name", size=60, role=dice.choice(("hand", "comic")))
    else:
        badge.say(
            (60, 40),
            dice.choice(("DATA SUMMIT 2024", "NORTHWIND LTD", "OPEN DAY")),
            EITHER,
            size=34,
            role="bold",
            colour=(30, 90, 150),
        )
        badge.say((60, 150), one.given, "name", size=64, role="bold")
        badge.say((60, 235), one.family, "name", size=40)
        badge.say((60, 310), dice.choice(("Engineer", "Speaker", "Visitor", "Head of Sales")))
        badge.say((60, 360), f"Staff ID {digits(dice, 6)}"[:8])
        badge.say((200, 360), digits(dice, 6), "number")
    return badge


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    badge = paper(480, 640, (255, 255, 255), size=30, role="hei")
    badge.pen.rectangle((0, 0, 480, 110), fill=(30, 90, 170))
    badge.say((130, 30), dice.choice(("云栖科技", "第一中学", "参会证")), EITHER, size=44, colour=(255, 255, 255))
    badge.say((150, 230), one.name, "name", size=64)
    badge.say((150, 350), dice.choice(("工程师", "数学教师", "销售经理", "护士")))
    badge.say((110, 460), "工号")
    badge.say((200, 460), digits(dice, 6), "number")
    return badge
