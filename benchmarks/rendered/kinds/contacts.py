"""Contact lists: names without labels, numbers beneath or beside."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import PLAIN, Sheet, paper


def _list(dice: Random, *, of_chinese: bool) -> Sheet:
    dark = dice.random() < 0.4
    screen = paper(
        720,
        1000,
        (22, 24, 30) if dark else (255, 255, 255),
        size=27,
        role="roboto",
        colour=(228, 230, 236) if dark else (28, 28, 36),
    )
    screen.say((40, 30), "通讯录" if of_chinese else "Contacts", size=38)
    y = 110
    for _ in range(6):
        one = chinese(dice) if of_chinese else english(dice)
        screen.pen.ellipse((36, y, 96, y + 60), fill=tuple(dice.randint(80, 200) for _ in range(3)))
        screen.say((120, y - 2), one.name, "name", size=29)
        screen.say((120, y + 38), dice.choice((one.phone, one.email)), "phone", size=22, colour=(150, 155, 165))
        screen.say((600, y + 10), "呼叫" if of_chinese else "Call", PLAIN, size=22, colour=(60, 130, 220))
        y += 138
    return screen


def _table(dice: Random, *, of_chinese: bool) -> Sheet:
    page = paper(1180, 620, (255, 255, 255), size=22, role="hei" if of_chinese else "sans")
    head = ("姓名", "手机", "邮箱") if of_chinese else ("Name", "Phone", "E-mail")
    rows = [[(text, PLAIN) for text in head]]
    for _ in range(dice.randint(6, 9)):
        one = chinese(dice) if of_chinese else english(dice)
        rows.append([(one.name, "name"), (one.phone, "phone"), (one.email, "email")])
    page.say((60, 30), "参会人员名单" if of_chinese else "Participants", size=32)
    page.table((60, 100), (300, 300, 460), rows, height=44, ruled=dice.random() < 0.7)
    return page


def en(dice: Random) -> Sheet:
    return (_list if dice.random() < 0.5 else _table)(dice, of_chinese=False)


def zh(dice: Random) -> Sheet:
    return (_list if dice.random() < 0.5 else _table)(dice, of_chinese=True)
