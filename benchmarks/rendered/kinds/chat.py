"""Chat screens, bright and dark: names over bubbles, numbers inside them."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import Person, chinese, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper

_EN = (
    "Can you send it to {address} please", "My number is {phone}", "ok see you tomorrow at nine", "did you get the photos",
    "write me at {email}", "{name} is coming too", "thanks, that was quick", "ask {given} about the keys",
)  # fmt: skip
_ZH = (
    "寄到{address}就行", "我的电话是{phone}", "好的|明天见", "照片收到了吗", "微信号：{user}", "{name}也会来", "身份证号{number}", "谢谢|辛苦了",
)  # fmt: skip
_KINDS = ("address", "phone", "email", "name", "given", "user", "number")


def _screen(dice: Random, first: Person, other: Person, lines: tuple[str, ...]) -> Sheet:
    dark = dice.random() < 0.5
    ground, ink = ((18, 20, 26), (225, 228, 235)) if dark else ((238, 240, 244), (25, 25, 35))
    screen = paper(820, 1040, ground, size=25, role="roboto", colour=ink)
    screen.pen.rectangle((0, 0, 820, 84), fill=(32, 36, 44) if dark else (70, 110, 170))
    screen.say((80, 26), first.name, "name", size=32, colour=(245, 245, 250))
    y = 110
    for place, line in enumerate(dice.sample(lines, 6)):
        mine = place % 2 == 1
        who = other if mine else first
        x = 180 if mine else 40
        screen.say((x + 10, y), who.name, "name", size=20, colour=(140, 150, 165))
        screen.say((680, y), f"{dice.randint(9, 22)}:{dice.randint(10, 59)}", EITHER, size=18, colour=(140, 150, 165))
        bubble = ((40, 90, 70) if mine else (44, 48, 58)) if dark else ((200, 235, 205) if mine else (255, 255, 255))
        screen.pen.rounded_rectangle((x, y + 30, x + 600, y + 96), 18, fill=bubble)
        _say(screen, (x + 18, y + 46), line, who)
        y += 128
    return screen


def _say(screen: Sheet, at: tuple[int, int], line: str, who: Person) -> None:
    import re

    x: float = at[0]
    for piece in re.split(r"(\{\w+\})", line):
        key = piece[1:-1]
        if key not in _KINDS or not piece.startswith("{"):
            x = screen.say((x, at[1]), piece)
            continue
        value = (who.address[-1] if who.chinese else who.address[0]) if key == "address" else str(getattr(who, key))
        x = screen.say((x, at[1]), value, {"given": "name"}.get(key, key))


def en(dice: Random) -> Sheet:
    return _screen(dice, english(dice), english(dice), _EN)


def zh(dice: Random) -> Sheet:
    return _screen(dice, chinese(dice), chinese(dice), _ZH)
