"""Chinese from top to bottom: certificates, invitations, a list of names."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese
from benchmarks.rendered.sheet import EITHER, Sheet, paper


def zh(dice: Random) -> Sheet:
    one, other = chinese(dice), chinese(dice)
    page = paper(720, 1000, dice.choice(((250, 244, 230), (196, 40, 40))), size=36, role=dice.choice(("kai", "song")))
    if page.image.getpixel((5, 5))[0] == 196:  # type: ignore[index]
        page.colour = (250, 220, 120)
    if dice.random() < 0.5:
        page.down((590, 60), dice.choice(("聘书", "请柬", "荣誉证书")), size=56)
        y = page.down((480, 60), "兹聘请")
        y = page.down((480, y + 10), one.name, "name")
        page.down((480, y + 10), "先生" if one.male else "女士")
        page.down((400, 60), "担任本会名誉顾问")
        page.down((320, 60), "任期三年")
        y = page.down((200, 260), "会长")
        page.down((200, y + 14), other.name, "name")
        page.down((110, 260), "二零二四年五月", EITHER)
        return page
    page.down((590, 60), "联系方式", size=48)
    for number in range(3):
        who = chinese(dice)
        x = 470 - 130 * number
        y = page.down((x, 60), who.name, "name", size=42)
        page.down((x + 4, y + 40), who.address[1], "address", size=28)
    return page
