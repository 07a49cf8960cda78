"""Newsletters in two columns: names, addresses and numbers that break over lines."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import Person, chinese, english
from benchmarks.rendered.sheet import Sheet, paper

_EN = (
    "Our club welcomes {name} as its new treasurer", "and thanks all members who came to the meeting in spring",
    "Whoever wants to help may write to {email} before June", "The keys are kept by {name} of {street}",
    "and the hall is open on weekdays from nine to five", "To book a room ring {phone} in the morning",
)  # fmt: skip
_ZH = (
    "本会欢迎{name}担任新任会计，感谢各位会员参加春季会议。", "有意帮忙的会员请在六月前与{name}联系，电话{phone}。",
    "钥匙由住在{street}的{name}保管，会议室工作日开放。", "预订房间请拨打{phone}，也可以发邮件到{email}。",
)  # fmt: skip


def _pieces(line: str, dice: Random, *, of_chinese: bool) -> list[tuple[str, str]]:
    import re

    found: list[tuple[str, str]] = []
    one: Person = chinese(dice) if of_chinese else english(dice)
    values = {
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "street": one.address[-1] if of_chinese else one.address[0],
    }
    kinds = {"street": "address"}
    for piece in re.split(r"(\{\w+\})", line):
        key = piece[1:-1]
        text, kind = (values[key], kinds.get(key, key)) if piece.startswith("{") else (piece, "")
        if of_chinese and not (kind and text.isascii()):
            found += [(letter, kind) for letter in text if letter != "|"]
        else:
            found += [(word, kind) for word in text.split()]
    return found


def _column(sheet: Sheet, left: int, top: float, wide: int, pieces: list[tuple[str, str]], *, of_chinese: bool) -> None:
    from benchmarks.rendered.fonts import fitting

    x, y, line = float(left), top, sheet.size * 1.55
    run: list[tuple[str, str]] = []

    def flush() -> None:
        at = float(left)
        groups: list[tuple[str, str]] = []
        for text, kind in run:
            if of_chinese and groups and groups[-1][1] == kind and not text.isascii():
                groups[-1] = (groups[-1][0] + text, kind)
            else:
                groups.append((text, kind))
        for text, kind in groups:
            at = sheet.say((at, y), text, kind) + (0 if of_chinese else sheet.size * 0.28)
        run.clear()

    for text, kind in pieces:
        width = fitting(sheet.role, text, sheet.size).getlength(text) + (0 if of_chinese else sheet.size * 0.28)
        if x + width > left + wide and run:
            flush()
            x, y = float(left), y + line
        run.append((text, kind))
        x += width
    flush()


def _page(dice: Random, lines: tuple[str, ...], title: str, role: str, *, of_chinese: bool) -> Sheet:
    page = paper(980, 760, (254, 253, 250), size=24, role=role)
    page.say((60, 30), title, size=40)
    for number in range(2):
        chosen = dice.sample(lines, 3)
        pieces = [piece for line in chosen for piece in _pieces(line, dice, of_chinese=of_chinese)]
        _column(page, 60 + 450 * number, 120, 400, pieces, of_chinese=of_chinese)
    return page


def en(dice: Random) -> Sheet:
    return _page(dice, _EN, "The Newsletter", dice.choice(("serif", "sans")), of_chinese=False)


def zh(dice: Random) -> Sheet:
    return _page(dice, _ZH, "会员通讯", "song", of_chinese=True)
