"""Printed forms filled in by hand (in fonts that imitate it)."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import Sheet, paper

_INK = (30, 40, 120)


def _form(dice: Random, title: str, rows: list[tuple[str, str, str]], role: str, *, hand: str, foot: str) -> Sheet:
    page = paper(960, 180 + 84 * len(rows) + 80, (252, 252, 248), size=24, role=role)
    page.say((60, 40), title, size=34)
    for number, (label, value, kind) in enumerate(rows):
        y = 130 + 84 * number
        end = page.say((60, y), label)
        page.pen.line((end + 12, y + 36, 900, y + 36), fill=(120, 120, 120), width=2)
        page.say(
            (end + 24 + dice.randint(0, 30), y - 4 + dice.randint(-4, 4)), value, kind, role=hand, size=30, colour=_INK
        )
    page.say((60, 150 + 84 * len(rows)), foot, size=20)
    return page


def en(dice: Random) -> Sheet:
    one = english(dice)
    rows = [("Full name", one.name, "name"), ("Date of birth", f"{one.born:%d/%m/%Y}", "born"), ("Home address", one.address[0], "address"),
            ("Telephone", one.phone, "phone"), ("E-mail", one.email, "email"), ("Emergency contact", english(dice).name, "name")]  # fmt: skip
    return _form(
        dice,
        dice.choice(("Registration form", "Membership application")),
        rows,
        "serif",
        hand=dice.choice(("hand", "comic")),
        foot="Please write clearly in block letters",
    )


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    rows = [("姓名", one.name, "name"), ("身份证号", one.number, "number"), ("联系电话", one.phone, "phone"), ("现住址", "|".join(one.address), "address"),
            ("紧急联系人", chinese(dice).name, "name")]  # fmt: skip
    return _form(dice, dice.choice(("入学登记表", "来访登记表")), rows, "song", hand="kai", foot="请用正楷填写")
