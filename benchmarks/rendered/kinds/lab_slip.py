"""Laboratory slips: a ruled table of results under a head."""

from __future__ import annotations

from random import Random

from benchmarks.rendered.people import chinese, digits, english
from benchmarks.rendered.sheet import EITHER, PLAIN, Sheet, paper

_TESTS = ("Haemoglobin", "Glucose", "Creatinine", "Sodium", "Potassium", "Platelets", "Ferritin")
_TESTS_ZH = ("血红蛋白", "葡萄糖", "肌酐", "白细胞", "血小板", "总胆固醇")


def en(dice: Random) -> Sheet:
    one, doctor = english(dice), english(dice)
    page = paper(980, 760, (255, 255, 255), size=23, role=dice.choice(("sans", "mono")))
    page.say((60, 30), "LABORATORY REPORT", size=32, role="bold")
    head = [[("Name", PLAIN), (one.name, "name"), ("Patient ID", PLAIN), (one.record, "record")],
            [("Born", PLAIN), (f"{one.born:%d %b %Y}", "born"), ("Requested by", PLAIN), (f"{doctor.family}", "name")]]  # fmt: skip
    end = page.table((40, 100), (110, 370, 200, 220), head, ruled=dice.random() < 0.6)
    rows = [[("Test", PLAIN), ("Result", PLAIN), ("Range", PLAIN)]]
    rows += [
        [(name, PLAIN), (f"{dice.randint(1, 200)}", EITHER), ("10-150", EITHER)] for name in dice.sample(_TESTS, 5)
    ]
    page.table((40, end + 40), (400, 240, 260), rows)
    return page


def zh(dice: Random) -> Sheet:
    one, doctor = chinese(dice), chinese(dice)
    page = paper(980, 780, (255, 255, 255), size=24, role="song")
    page.say((360, 30), "检验报告单", size=36)
    head = [[("姓名", PLAIN), (one.name, "name"), ("病历号", PLAIN), (one.record, "record")],
            [("送检医生", PLAIN), (doctor.name, "name"), ("标本号", PLAIN), (digits(dice, 6), EITHER)]]  # fmt: skip
    end = page.table((40, 100), (160, 280, 160, 280), head, height=50, ruled=dice.random() < 0.6)
    rows = [[("项目", PLAIN), ("结果", PLAIN), ("参考范围", PLAIN)]]
    rows += [
        [(name, PLAIN), (f"{dice.randint(1, 200)}", EITHER), ("10-150", EITHER)] for name in dice.sample(_TESTS_ZH, 4)
    ]
    end = page.table((40, end + 40), (400, 220, 260), rows, height=46)
    for x, label, who in ((60, "检验者：", chinese(dice)), (500, "审核者：", chinese(dice))):
        page.say((page.say((x, end + 30), label), end + 30), who.name, "name")
    return page
