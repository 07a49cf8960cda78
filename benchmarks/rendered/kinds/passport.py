"""Pages of passports with their machine-readable lines (ICAO Doc 9303, part 4)."""

from __future__ import annotations

from datetime import date
from random import Random

from benchmarks.rendered.people import Person, chinese, english
from benchmarks.rendered.sheet import EITHER, Sheet, paper

from polyveil.sample.scenes import put

_GREY = (90, 90, 110)


def _check(text: str) -> str:
    values = [0 if one == "<" else int(one, 36) for one in text]
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def machine_lines(one: Person, expires: date) -> tuple[str, str]:
    family, given = (part.replace(" ", "<").replace("'", "") for part in one.latin)
    first = f"P<{one.country}{family}<<{given}".ljust(44, "<")[:44]
    number, born, until = one.passport.ljust(9, "<"), f"{one.born:%y%m%d}", f"{expires:%y%m%d}"
    personal = "<" * 14
    body = number + _check(number), born + _check(born), until + _check(until), personal + "<"
    second = f"{body[0]}{one.country}{body[1]}{'M' if one.male else 'F'}{body[2]}{body[3]}"
    return first, second + _check(body[0] + body[1] + body[2] + body[3])


def _page(dice: Random, one: Person, title: tuple[str, str]) -> Sheet:
    page = paper(1120, 790, dice.choice(((236, 240, 246), (244, 236, 240))), size=25, role="sans")
    issued = date(2016 + dice.randint(0, 8), dice.randint(1, 12), dice.randint(1, 28))
    expires = issued.replace(year=issued.year + 10)
    page.say((40, 30), title[0], EITHER, size=30, role="bold")
    page.say((700, 34), title[1], size=24)
    months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

    def written(day: date) -> str:
        return f"{day.day:02d} {months[day.month - 1]} {day.year}"

    both = one.chinese
    rows = [
        ("姓/Surname" if both else "Surname", (f"{one.family}|/" if both else "") + one.latin[0], "name"),
        ("名/Given names" if both else "Given names", (f"{one.given}|/" if both else "") + one.latin[1], "name"),
        ("出生日期/Date of birth" if both else "Date of birth", written(one.born), "born"),
        ("签发日期/Date of issue" if both else "Date of issue", written(issued), EITHER),
        ("有效期至/Date of expiry" if both else "Date of expiry", written(expires), EITHER),
    ]
    page.fields((370, 150), rows, above=True, gap=1.6, label=_GREY)
    page.fields((370, 92), [("Type", "P", EITHER)], above=True, gap=1.6, label=_GREY)
    page.say((560, 92), "Country code", size=18, colour=_GREY)
    page.say((560, 114), one.country, EITHER)
    page.say((780, 92), "护照号/Passport No." if both else "Passport No.", size=18, colour=_GREY)
    page.say((780, 114), one.passport, "number")
    put(page.image, (40, 130), 1.25, mirrored=dice.random() < 0.5)
    for number, line in enumerate(machine_lines(one, expires)):
        page.say((45, 640 + 62 * number), line, "mrz", role="ocrb", size=33)
    return page


def en(dice: Random) -> Sheet:
    one = english(dice)
    return _page(dice, one, ("UNITED STATES OF AMERICA" if one.country == "USA" else "UNITED KINGDOM", "PASSPORT"))


def zh(dice: Random) -> Sheet:
    return _page(dice, chinese(dice), ("中华人民共和国", "护照 PASSPORT"))
