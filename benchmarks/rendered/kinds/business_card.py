"""Business cards."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper


def en(dice: Random) -> Sheet:
    one = english(dice)
    dark = dice.random() < 0.35
    card = paper(
        860,
        500,
        (28, 34, 48) if dark else (252, 250, 244),
        size=24,
        role=dice.choice(("serif", "sans", "roboto")),
        colour=(232, 226, 210) if dark else (40, 40, 50),
    )
    card.say((60, 50), one.name, "name", size=46)
    card.say((60, 115), dice.choice(("Sales Director", "Architect", "Family lawyer", "Consultant")), size=26)
    card.say((60, 190), dice.choice(("Northwind Traders", "Alder & Sons", "Bluefin Studio")), EITHER)
    y = 270
    for text, kind in ((one.phone, "phone"), (one.email, "email"), (", ".join(one.address), "address")):
        card.say((60, y), text, kind, size=24)
        y += 48
    return card


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    card = paper(
        860, 500, dice.choice(((252, 250, 244), (235, 240, 245))), size=25, role=dice.choice(("song", "hei", "kai"))
    )
    card.say((60, 50), dice.choice(("云栖科技有限公司", "江南建筑设计院", "远望律师事务所")), EITHER, size=30)
    at = card.say((60, 140), one.name, "name", size=48)
    card.say((at + 30, 165), dice.choice(("总经理", "设计师", "合伙人")))
    y = 260
    for label, text, kind in (
        ("手机 ", one.phone, "phone"),
        ("邮箱 ", one.email, "email"),
        ("地址 ", "|".join(one.address), "address"),
    ):
        card.say((card.say((60, y), label) + 6, y), text, kind)
        y += 50
    return card
