"""Parcel labels: blocks of addresses, big and small print."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper


def en(dice: Random) -> Sheet:
    sender, receiver = english(dice), english(dice)
    label = paper(
        760, 900, dice.choice(((255, 255, 255), (214, 186, 150))), size=26, role=dice.choice(("sans", "roboto", "mono"))
    )
    label.pen.rectangle((20, 20, 740, 880), outline=(20, 20, 20), width=3)
    label.say((40, 36), "FROM", size=20)
    y = 66
    for text, kind in ((sender.name, "name"), (sender.address[0], "address"), (sender.address[1], "address")):
        label.say((40, y), text, kind, size=22)
        y += 30
    label.pen.line((20, 200, 740, 200), fill=(20, 20, 20), width=3)
    label.say((40, 220), "SHIP TO", size=22)
    y = 256
    for text, kind in (
        (receiver.name, "name"),
        (receiver.address[0], "address"),
        (receiver.address[1], "address"),
        (receiver.phone, "phone"),
    ):
        label.say((40, y), text, kind, size=32)
        y += 48
    label.pen.line((20, 500, 740, 500), fill=(20, 20, 20), width=3)
    label.say((40, 520), "PRIORITY MAIL", size=40, role="bold")
    label.say((40, 590), "Weight 1.2 kg", EITHER)
    for place in range(60):
        if dice.random() < 0.5:
            label.pen.rectangle((80 + place * 10, 660, 80 + place * 10 + dice.randint(2, 8), 790), fill=(10, 10, 10))
    label.say((160, 805), f"{digits(dice, 4)} {digits(dice, 4)} {digits(dice, 4)}", EITHER)
    return label


def zh(dice: Random) -> Sheet:
    sender, receiver = chinese(dice), chinese(dice)
    label = paper(760, 760, dice.choice(((255, 255, 255), (236, 224, 200))), size=27, role="hei")
    label.pen.rectangle((20, 20, 740, 740), outline=(20, 20, 20), width=3)
    label.say((40, 40), dice.choice(("顺达速递", "快捷快递")), EITHER, size=40)
    for y, mark, who, size in ((130, "收", receiver, 32), (420, "寄", sender, 25)):
        label.pen.ellipse((40, y, 100, y + 60), outline=(20, 20, 20), width=3)
        label.say((52, y + 10), mark, size=34)
        at = label.say((130, y), who.name, "name", size=size)
        label.say((at + 26, y), who.phone, "phone", size=size)
        label.say((130, y + 60), who.address[0], "address", size=size)
        label.say((130, y + 110), who.address[1], "address", size=size)
        label.pen.line((20, y + 190, 740, y + 190), fill=(20, 20, 20), width=2)
    label.say((40, 640), "签收时请当面验货", size=26)
    label.say((420, 690), digits(dice, 12), EITHER, size=24)
    return label
