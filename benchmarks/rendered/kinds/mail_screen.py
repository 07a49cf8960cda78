"""A window of an e-mail program."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper


def en(dice: Random) -> Sheet:
    sender, receiver = english(dice), english(dice)
    dark = dice.random() < 0.4
    screen = paper(
        1080,
        720,
        (30, 32, 38) if dark else (255, 255, 255),
        size=23,
        role="roboto",
        colour=(225, 228, 235) if dark else (30, 30, 40),
    )
    screen.say(
        (40, 30),
        dice.choice(("Your appointment", "Documents for the lease", "Question about the order")),
        size=32,
        role="bold",
    )
    at = screen.say((40, 95), "From:")
    at = screen.say((at + 8, 95), sender.name, "name")
    screen.say((at + 8, 95), f"<{sender.email}>", "email")
    at = screen.say((40, 132), "To:")
    screen.say((at + 8, 132), f"{receiver.name}, {receiver.email}", "name")
    screen.say((860, 95), f"{dice.randint(1, 28)} May 2024", EITHER)
    at = screen.say((40, 200), "Dear ")
    screen.say((at + 4, 200), f"{'Mr.' if receiver.male else 'Ms.'} {receiver.family},", "name")
    screen.say((40, 250), "please find attached the papers that we spoke about.")
    at = screen.say((40, 286), "If anything is unclear, ring me on")
    screen.say((at + 8, 286), sender.phone, "phone")
    at = screen.say((40, 322), "or send the signed copy to")
    screen.say((at + 8, 322), sender.address[0], "address")
    screen.say((40, 358), sender.address[1], "address")
    screen.say((40, 430), "Kind regards,")
    screen.say((40, 468), sender.name, "name")
    return screen


def zh(dice: Random) -> Sheet:
    sender, receiver = chinese(dice), chinese(dice)
    screen = paper(1080, 700, (252, 252, 255), size=25, role="hei")
    screen.say((40, 30), dice.choice(("关于面试安排", "合同材料", "订单问题")), size=34)
    screen.fields(
        (40, 100),
        [
            ("发件人：", f"{sender.name} {sender.email}", "name"),
            ("收件人：", f"{receiver.name} {receiver.email}", "name"),
        ],
    )
    at = screen.say((40, 220), receiver.name, "name")
    screen.say((at, 220), "您好：")
    screen.say((80, 270), "附件是上次谈到的材料，请查收。")
    at = screen.say((80, 315), "有问题请拨打")
    screen.say((at + 6, 315), sender.phone, "phone")
    at = screen.say((80, 360), "签字后请寄至")
    screen.say((at + 6, 360), "|".join(sender.address), "address")
    screen.say((760, 470), sender.name, "name")
    screen.say((740, 510), f"2024年{dice.randint(1, 9)}月{dice.randint(1, 28)}日", EITHER)
    return screen
