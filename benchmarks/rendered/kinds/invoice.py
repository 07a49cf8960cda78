"""Invoices: a block of the customer, a ruled table, an account to pay into."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, PLAIN, Sheet, paper


def en(dice: Random) -> Sheet:
    one, clerk = english(dice), english(dice)
    page = paper(1000, 1000, (255, 255, 255), size=23, role=dice.choice(("sans", "serif", "roboto")))
    page.say((60, 50), "INVOICE", size=40, role="bold")
    page.fields(
        (620, 60),
        [("Invoice No.", f"INV-{digits(dice, 5)}", EITHER), ("Date", f"{dice.randint(1, 28)} March 2024", EITHER)],
    )
    page.say((60, 140), dice.choice(("Bill to", "BILL TO:", "Invoice to")), role="bold")
    y = 175
    for text, kind in (
        (one.name, "name"),
        (one.address[0], "address"),
        (one.address[1], "address"),
        (one.email, "email"),
        (one.phone, "phone"),
    ):
        page.say((60, y), text, kind)
        y += 34
    rows = [[("Description", PLAIN), ("Qty", PLAIN), ("Price", PLAIN)]]
    rows += [[(goods, PLAIN), (str(dice.randint(1, 9)), EITHER), (f"{dice.randint(10, 900)}.00", EITHER)]
             for goods in dice.sample(("Garden design", "Repair of boiler", "Consulting hours", "Delivery", "Window cleaning"), 3)]  # fmt: skip
    end = page.table((60, 400), (520, 110, 200), rows, ruled=dice.random() < 0.7)
    page.say((60, end + 30), "Please pay within 14 days")
    page.fields(
        (60, end + 80), [("Account holder:", clerk.name, "name"), ("Account number:", clerk.account, "account")]
    )
    page.say((60, end + 190), "Prepared by")
    page.say((60, end + 225), clerk.name, "name", role="hand", size=28)
    return page


def zh(dice: Random) -> Sheet:
    one, clerk = chinese(dice), chinese(dice)
    page = paper(1060, 760, (255, 252, 246), size=24, role="song")
    page.say((330, 30), "电子普通发票", size=38)
    page.say((760, 90), "开票日期：")
    page.say((880, 90), f"2024年0{dice.randint(1, 9)}月1{dice.randint(0, 9)}日", EITHER, size=22)
    rows = [
        [("购买方", PLAIN), ("名称", PLAIN), (one.name, "name")],
        [("", PLAIN), ("地址电话", PLAIN), (f"{one.address[1]} {one.phone}", "address")],
        [("", PLAIN), ("银行卡号", PLAIN), (one.card, "card")],
    ]
    end = page.table((50, 140), (130, 170, 660), rows, height=52)
    goods = [[("货物名称", PLAIN), ("数量", PLAIN), ("金额", PLAIN)]]
    goods += [
        [
            (dice.choice(("办公用品", "住宿服务", "餐饮服务", "图书")), PLAIN),
            (str(dice.randint(1, 9)), EITHER),
            (f"{dice.randint(10, 900)}.00", EITHER),
        ]
        for _ in range(2)
    ]
    end = page.table((50, end + 20), (480, 200, 280), goods, height=48)
    for x, label, who in ((60, "收款人：", clerk), (400, "复核：", chinese(dice)), (720, "开票人：", chinese(dice))):
        at = page.say((x, end + 30), label)
        page.say((at + 4, end + 30), who.name, "name")
    return page
