"""Medical reports: a head with labels in columns, sentences that name the patient and the doctor."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper


def en(dice: Random) -> Sheet:
    one, doctor = english(dice), english(dice)
    page = paper(1080, 900, (255, 255, 255), size=23, role=dice.choice(("sans", "serif")))
    page.say((330, 30), "DISCHARGE SUMMARY", size=34, role="bold")
    page.fields(
        (60, 110),
        [("Patient:", one.name, "name"), ("MRN:", one.record, "record"), ("Address:", one.address[0], "address")],
    )
    page.fields(
        (640, 110),
        [
            ("DOB:", f"{one.born:%d/%m/%Y}", "born"),
            ("Sex:", "male" if one.male else "female", EITHER),
            ("Ward:", "7B", EITHER),
        ],
    )
    page.say((60, 270), "The patient was admitted with chest pain and short breath.")
    page.say((60, 310), "Troponin was normal and the ECG showed no change.")
    at = page.say((60, 350), f"{'Mr.' if one.male else 'Mrs.'} {one.family}", "name")
    at = page.say((at + 8, 350), "was seen by")
    page.say((at + 8, 350), f"Dr. {doctor.name}", "name")
    y = 390
    page.say((60, y + 10), "Aspirin 75 mg daily, follow up in six weeks.")
    page.say((60, y + 90), "Consultant")
    page.say((60, y + 126), f"Dr {doctor.name}", "name", role="hand", size=28)
    return page


def zh(dice: Random) -> Sheet:
    one, doctor = chinese(dice), chinese(dice)
    page = paper(1080, 860, (255, 255, 255), size=25, role=dice.choice(("song", "hei")))
    page.say((420, 30), "出院记录", size=38)
    x = 60.0
    for label, value, kind in (
        ("姓名：", one.name, "name"),
        ("性别：", "男" if one.male else "女", EITHER),
        ("年龄：", "56岁", EITHER),
        ("住院号：", one.record, "record"),
    ):
        x = page.say((page.say((x, 110), label), 110), value, kind) + 46
    page.fields((60, 160), [("住址：", "|".join(one.address), "address"), ("联系电话：", one.phone, "phone")])
    at = page.say((60, 270), "患者")
    at = page.say((at, 270), one.name, "name")
    page.say((at, 270), "因胸闷气短入院，心电图未见异常。")
    page.say((60, 316), "给予抗血小板治疗后症状好转。")
    page.say((60, 362), "出院后按时服药，六周后复查。")
    at = page.say((640, 460), "主治医师：")
    page.say((at, 460), doctor.name, "name", role="kai", size=30)
    return page
