"""Web forms: a label above or beside a box with the value in it."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import Sheet, paper


def _form(dice: Random, title: str, rows: list[tuple[str, str, str]], button: str, role: str) -> Sheet:
    beside = dice.random() < 0.4
    page = paper(
        1000 if beside else 760, 160 + len(rows) * (80 if beside else 108) + 90, (246, 247, 250), size=24, role=role
    )
    page.say((50, 30), title, size=34)
    y = 110
    for label, value, kind in rows:
        x, top = (330, y) if beside else (50, y + 34)
        page.say((50, y + 14 if beside else y), label, size=24 if beside else 20, colour=(80, 85, 95))
        page.pen.rounded_rectangle((x, top, x + 600, top + 54), 8, fill=(255, 255, 255), outline=(180, 185, 195))
        page.say((x + 16, top + 12), value, kind)
        y += 80 if beside else 108
    page.pen.rounded_rectangle((50, y + 10, 240, y + 64), 8, fill=(40, 110, 220))
    page.say((90, y + 22), button, colour=(255, 255, 255))
    return page


def en(dice: Random) -> Sheet:
    one = english(dice)
    rows = [("First name", one.given, "name"), ("Last name", one.family, "name"), ("E-mail address", one.email, "email"),
            ("Phone", one.phone, "phone"), ("Date of birth", f"{one.born:%d/%m/%Y}", "born"), ("Street address", one.address[0], "address"),
            ("City and postcode", one.address[1], "address"), ("Username", one.user, "user"), ("Social security number", one.number, "number")]  # fmt: skip
    chosen = sorted(dice.sample(range(len(rows)), dice.randint(4, 7)))
    return _form(
        dice,
        dice.choice(("Create account", "Your details", "Shipping")),
        [rows[at] for at in chosen],
        "Save",
        dice.choice(("sans", "roboto")),
    )


def zh(dice: Random) -> Sheet:
    one = chinese(dice)
    rows = [("姓名", one.name, "name"), ("手机号码", one.phone, "phone"), ("身份证号", one.number, "number"), ("电子邮箱", one.email, "email"),
            ("家庭住址", "|".join(one.address), "address"), ("出生日期", f"{one.born:%Y-%m-%d}", "born"), ("银行卡号", one.card, "card"),
            ("紧急联系人", chinese(dice).name, "name")]  # fmt: skip
    chosen = sorted(dice.sample(range(len(rows)), dice.randint(4, 7)))
    return _form(dice, dice.choice(("个人信息登记", "账号注册", "报名表")), [rows[at] for at in chosen], "提交", "hei")
