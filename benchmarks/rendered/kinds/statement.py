"""Bank statements: a holder, an account, a table of payments that names people."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import EITHER, PLAIN, Sheet, paper


def en(dice: Random) -> Sheet:
    one = english(dice)
    page = paper(1080, 980, (255, 255, 255), size=22, role=dice.choice(("sans", "roboto")))
    page.say((60, 40), "Harbour Bank", EITHER, size=34, role="bold", colour=(20, 80, 120))
    page.say((60, 100), "Account statement", size=26)
    y = 150
    for text, kind in ((one.name, "name"), (one.address[0], "address"), (one.address[1], "address")):
        page.say((60, y), text, kind)
        y += 32
    page.fields(
        (640, 150),
        [("Account number", one.account, "account"), ("Sort code", "20-45-12", EITHER), ("Page", "1 of 2", EITHER)],
    )
    rows = [[("Date", PLAIN), ("Details", PLAIN), ("Amount", PLAIN), ("Balance", PLAIN)]]
    for _ in range(dice.randint(4, 7)):
        other = english(dice)
        details = dice.choice(
            ((f"{other.name}", "name"), ("Card payment groceries", PLAIN), ("Electricity bill", PLAIN))
        )
        rows.append(
            [
                (f"{dice.randint(1, 28)} Feb", EITHER),
                details,
                (f"{dice.randint(3, 900)}.{dice.randint(10, 99)}", EITHER),
                (f"{dice.randint(1000, 9000)}.{dice.randint(10, 99)}", EITHER),
            ]
        )
    page.table((60, 320), (130, 480, 160, 180), rows, ruled=dice.random() < 0.5)
    return page


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    page = paper(1080, 860, (255, 255, 255), size=23, role="hei")
    page.say((390, 30), "个人账户交易明细", size=32)
    page.fields(
        (60, 100),
        [("户名：", one.name, "name"), ("卡号：", one.card, "card"), ("证件号码：", one.number, "number")],
        gap=1.7,
    )
    rows = [[("日期", PLAIN), ("摘要", PLAIN), ("金额", PLAIN), ("对方户名", PLAIN)]]
    for _ in range(dice.randint(4, 7)):
        other = chinese(dice)
        rows.append([(f"2024-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}", EITHER), (dice.choice(("转账", "消费", "工资", "还款")), PLAIN),
                     (f"{dice.randint(10, 9000)}.00", EITHER), (other.name, "name")])  # fmt: skip
    page.table((60, 260), (220, 200, 220, 300), rows, height=46, ruled=dice.random() < 0.7)
    return page
