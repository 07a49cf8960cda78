"""Boarding passes and a railway ticket."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper


def en(dice: Random) -> Sheet:
    one = english(dice)
    card = paper(1100, 460, (250, 250, 252), size=25, role=dice.choice(("roboto", "mono")))
    card.pen.rectangle((0, 0, 1100, 70), fill=(20, 60, 130))
    card.say((40, 16), "BOARDING PASS", size=34, role="bold", colour=(255, 255, 255))
    name = dice.choice(
        (f"{one.latin[0]}/{one.latin[1]}", f"{one.latin[0]}/{one.latin[1]} {'MR' if one.male else 'MS'}", one.name)
    )
    card.fields(
        (40, 95),
        [("PASSENGER NAME" if dice.random() < 0.6 else "NAME", name, "name")],
        above=True,
        label=(110, 110, 120),
    )
    for place, (label, value) in enumerate(
        (("FROM", "LHR"), ("TO", "JFK"), ("FLIGHT", f"BA {digits(dice, 3)}"), ("SEAT", f"{dice.randint(1, 40)}A"))
    ):
        card.fields((40 + 170 * place, 195), [(label, value, EITHER)], above=True, label=(110, 110, 120))
    card.say((40, 300), "Gate closes 20 minutes before departure", size=20)
    card.say((40, 350), "Frequent flyer", size=20)
    card.say((200, 348), digits(dice, 9), "account")
    card.say((800, 110), name, "name", size=20)
    card.say((800, 160), "BOOKING", size=18)
    card.say((800, 185), "".join(dice.choice("ABCDEFGHKLMNPRSTUVWXYZ23456789") for _ in range(6)), EITHER)
    return card


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    if dice.random() < 0.5:
        card = paper(900, 560, (222, 236, 246), size=30, role="song")
        card.say((60, 60), "杭州东站", EITHER, size=40)
        card.say((400, 62), f"G{digits(dice, 3)}", EITHER, size=38)
        card.say((620, 60), "上海虹桥站", EITHER, size=40)
        card.say((60, 150), f"2024年0{dice.randint(1, 9)}月1{dice.randint(0, 9)}日|08:35开", EITHER)
        card.say((60, 230), "限乘当日当次车")
        hidden = one.number[:10] + "****" + one.number[14:]
        at = card.say((60, 330), dice.choice((one.number, hidden)), "number")
        card.say((at + 14, 330), one.name, "name")
        card.say((60, 440), "报销凭证|遗失不补")
        return card
    card = paper(1100, 470, (250, 250, 252), size=26, role="hei")
    card.say((40, 24), "登机牌 BOARDING PASS", size=32)
    card.fields((40, 100), [("姓名 NAME", f"{one.name} {one.latin[0]}/{one.latin[1]}", "name")], above=True)
    for place, (label, value) in enumerate(
        (("航班 FLIGHT", f"CA{digits(dice, 4)}"), ("座位 SEAT", f"{dice.randint(1, 40)}C"), ("登机口 GATE", "B12"))
    ):
        card.fields((40 + 230 * place, 210), [(label, value, EITHER)], above=True)
    card.say((40, 330), "登机口于起飞前15分钟关闭", size=22)
    card.say((780, 120), one.name, "name")
    return card
