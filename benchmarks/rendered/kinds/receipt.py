"""Till receipts with a customer, a cashier and a card."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper

_GOODS = (
    "Oat milk 1L",
    "Sourdough bread",
    "Bananas",
    "Espresso",
    "Cheddar 200g",
    "Dish soap",
    "Notebook A5",
    "Apple cake",
    "Batteries AA",
    "Orange juice",
)
_GOODS_ZH = ("纯牛奶", "全麦面包", "香蕉", "矿泉水", "洗洁精", "笔记本", "酸奶", "苹果", "电池", "方便面")


def en(dice: Random) -> Sheet:
    guest, cashier = english(dice), english(dice)
    slip = paper(520, 900, (252, 252, 250), size=23, role=dice.choice(("mono", "sans")))
    slip.say(
        (120, 24), dice.choice(("GREENLEAF MARKET", "CORNER COFFEE", "BOOKS & MORE")), EITHER, size=28, role="bold"
    )
    slip.say((140, 66), "12 Mill Road, Ely", EITHER, size=20)
    slip.say((36, 110), "Cashier:")
    slip.say((190, 110), cashier.given, "name")
    y = 160.0
    for goods in dice.sample(_GOODS, dice.randint(3, 6)):
        slip.say((36, y), goods)
        slip.say((410, y), f"{dice.randint(1, 19)}.{dice.randint(10, 99)}", EITHER)
        y += 38
    slip.say((36, y + 10), "TOTAL", role="bold")
    slip.say((400, y + 10), f"{dice.randint(20, 99)}.{dice.randint(10, 99)}", EITHER)
    slip.fields((36, round(y + 70)), [
        ("Customer:", guest.name, "name"), ("Tel:", guest.phone, "phone"), ("Card:", guest.card, "card"),
        ("Member No:", digits(dice, 8), "account")], gap=1.65)  # fmt: skip
    slip.say((60, 830), "Thank you for your visit")
    return slip


def zh(dice: Random) -> Sheet:
    guest, cashier = chinese(dice), chinese(dice)
    slip = paper(520, 900, (252, 252, 250), size=24, role="hei")
    slip.say((150, 24), dice.choice(("好邻居超市", "百味餐厅", "新新书店")), EITHER, size=32)
    slip.say((36, 90), "收银员：")
    slip.say((150, 90), cashier.name, "name")
    y = 140.0
    for goods in dice.sample(_GOODS_ZH, dice.randint(3, 6)):
        slip.say((36, y), goods)
        slip.say((400, y), f"{dice.randint(1, 49)}.{dice.randint(10, 99)}", EITHER)
        y += 40
    slip.say((36, y + 8), "合计")
    slip.say((390, y + 8), f"{dice.randint(50, 199)}.{dice.randint(10, 99)}", EITHER)
    slip.fields((36, round(y + 66)), [
        ("会员：", guest.name, "name"), ("手机：", guest.phone, "phone"), ("银行卡号：", guest.card, "card")], gap=1.7)  # fmt: skip
    slip.say((120, 830), "谢谢惠顾|欢迎再次光临")
    return slip
