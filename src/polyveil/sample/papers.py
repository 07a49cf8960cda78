"""Pictures of words: identity cards, a receipt, a screenshot, a code."""

from __future__ import annotations

import io
from collections.abc import Iterator
from random import Random

from polyveil.sample.gold import Item
from polyveil.sample.lettering import Canvas
from polyveil.sample.people import Cast
from polyveil.sample.scenes import put

INK_BLUE = (30, 60, 140)


def items(people: Cast, rng: Random) -> Iterator[Item]:
    """All pictures of words, with an exact duplicate."""
    yield _png("image/id_card_en.png", card_en(people))
    yield _png("image/id_card_zh.png", card_zh(people))
    paid = _png("image/receipt.png", receipt(people))
    yield paid
    yield paid.copy("image/receipt_copy.png")
    yield _png("image/receipt_zh.png", receipt_zh(people))
    yield _png("image/screenshot.png", screenshot(people))
    yield _png("image/ticket_code.png", code(people, rng))


def _paper(width: int, height: int, colour: tuple[int, int, int] = (250, 250, 246)) -> Canvas:
    from PIL import Image

    return Canvas(Image.new("RGB", (width, height), colour))


def card_en(people: Cast) -> Canvas:
    """An invented card of an invented library, with a portrait."""
    holder = people.english[0]
    card = _paper(860, 540, (226, 236, 244))
    card.say((40, 28), "MILLHAVEN LIBRARY CARD", 34, INK_BLUE)
    for number, (label, entity, value) in enumerate(
        (
            ("Name:", "PERSON", holder.name),
            ("Date of birth:", "DATE_TIME", f"{holder.born:%Y-%m-%d}"),
            ("Address:", "STREET_ADDRESS", holder.address.split(",")[0]),
            ("Phone:", "PHONE_NUMBER", holder.phone),
            ("SSN:", "US_SSN", holder.ssn),
        )
    ):
        line = 120 + 76 * number
        end = card.say((40, line), label, 26, INK_BLUE)
        card.plant((end + 14, line), entity, value, 26)
    card.mark("FACE", put(card.image, (600, 110), 0.95))
    return card


def card_zh(people: Cast) -> Canvas:
    """The layout of a Chinese identity card, with an invented person."""
    holder = people.chinese[0]
    card = _paper(920, 560, (232, 240, 246))
    for number, (label, entity, value) in enumerate(
        (
            ("姓名", "PERSON", holder.name),
            ("性别", "", "女  民族 汉"),
            ("出生", "DATE_TIME", f"{holder.born.year}年{holder.born.month}月{holder.born.day}日"),
            ("住址", "STREET_ADDRESS", holder.address),
        )
    ):
        line = 50 + 92 * number
        end = card.say((50, line), label, 30, INK_BLUE)
        if entity:
            card.plant((end + 24, line), entity, value, 30)
        else:
            card.say((end + 24, line), value, 30)
    end = card.say((50, 470), "公民身份号码", 30, INK_BLUE)
    card.plant((end + 24, 470), "CN_ID_CARD", holder.cn_id, 34)
    card.mark("FACE", put(card.image, (660, 50), 0.9, mirrored=True))
    return card


def receipt(people: Cast) -> Canvas:
    """A receipt with a card number and a name."""
    guest = people.english[1]
    paper = _paper(520, 720)
    paper.say((120, 30), "GREYWICK COFFEE", 30)
    for number, words in enumerate(("2 espresso        5.20", "1 apple cake      3.80", "1 mineral water   2.10")):
        paper.say((50, 120 + 44 * number), words, 24)
    paper.say((50, 270), "TOTAL            11.10", 28)
    for number, (label, entity, value) in enumerate(
        (
            ("Customer:", "PERSON", guest.name),
            ("Card:", "CREDIT_CARD", guest.card),
            ("Phone:", "PHONE_NUMBER", guest.phone),
        )
    ):
        line = 360 + 60 * number
        end = paper.say((50, line), label, 24)
        paper.plant((end + 12, line), entity, value, 24)
    paper.say((50, 600), "Thank you for your visit", 24)
    return paper


def receipt_zh(people: Cast) -> Canvas:
    """A delivery slip."""
    guest = people.chinese[1]
    paper = _paper(640, 520)
    paper.say((200, 30), "云栖快递单", 34)
    for number, (label, entity, value) in enumerate(
        (
            ("收件人：", "PERSON", guest.name),
            ("电话：", "CN_PHONE_NUMBER", guest.phone),
            ("地址：", "STREET_ADDRESS", guest.address),
        )
    ):
        line = 130 + 80 * number
        end = paper.say((40, line), label, 28)
        paper.plant((end + 6, line), entity, value, 28)
    paper.say((40, 420), "货到付款 请当面核对", 26)
    return paper


def screenshot(people: Cast) -> Canvas:
    """A chat window on a screen."""
    one, other = people.english[4], people.chinese[2]
    screen = _paper(960, 540, (245, 246, 250))
    screen.image.paste((58, 82, 120), (0, 0, 960, 60))
    screen.say((24, 14), "Messages", 28, (255, 255, 255))
    lines = (
        ("Please write to ", "EMAIL_ADDRESS", one.email),
        ("or call me: ", "PHONE_NUMBER", one.phone),
        ("My server is ", "IP_ADDRESS", one.ip),
        ("手机：", "CN_PHONE_NUMBER", other.phone),
        ("身份证号：", "CN_ID_CARD", other.cn_id),
    )
    for number, (words, entity, value) in enumerate(lines):
        line = 100 + 80 * number
        end = screen.say((40, line), words, 26)
        screen.plant((end + 8, line), entity, value, 26)
    return screen


def code(people: Cast, rng: Random) -> Canvas:
    """A QR code (ISO/IEC 18004) that holds a contact; modules of 6 pixels."""
    import segno
    from PIL import Image

    person = people.english[6]
    made = segno.make(f"MECARD:N:{person.name};TEL:{person.phone};;", error="m", mask=rng.randrange(8))
    out = io.BytesIO()
    made.save(out, kind="png", scale=6, border=4)
    symbol = Image.open(out).convert("RGB")
    paper = _paper(600, 480)
    paper.say((40, 30), "ADMIT ONE", 34)
    at = (180, 110)
    paper.image.paste(symbol, at)
    quiet = 24
    box = (at[0] + quiet, at[1] + quiet, symbol.width - 2 * quiet, symbol.height - 2 * quiet)
    paper.mark("QR_CODE", box)
    return paper


def _png(path: str, canvas: Canvas) -> Item:
    out = io.BytesIO()
    canvas.image.save(out, "PNG")
    return Item(path, out.getvalue(), tuple(canvas.labels))
