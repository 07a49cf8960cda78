"""Labels of cards, forms and tables, and what they announce."""

from __future__ import annotations

import numpy as np
import pytest

from polyveil.modalities.image.detectors.cards import named
from polyveil.modalities.image.detectors.fields import labelled
from polyveil.modalities.image.detectors.labels import OTHER, label
from polyveil.modalities.image.layout import page
from polyveil.modalities.image.ocr import Line


def line(text: str, x: float, y: float, *, height: float = 20.0, turn: float = 0.0) -> Line:
    """A line at (x, y) of a page that is turned by `turn` degrees."""
    width = height * 0.6 * max(1, len(text))
    quad = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
    cos, sin = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    quad = (quad @ np.array([[cos, sin], [-sin, cos]])).astype(np.float32)
    return Line(quad, text, 0.95, tuple((i + 0.5) / len(text) for i in range(len(text))))


def values(lines: list[Line]) -> list[tuple[str, str]]:
    return [(entity, item.text[start:end]) for entity, item, start, end, _score in labelled(page(lines))]


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("Name: Ada Bell", "PERSON", "Ada Bell"),
        ("1. Surname", "PERSON", ""),
        ("姓名 NAME", "PERSON", ""),
        ("姓/Surname", "PERSON", ""),
        ("出生日期/Date of birth", "DATE_TIME", ""),
        ("Patient ID: 5512345", "MEDICAL_RECORD_NUMBER", "5512345"),
        ("Full name Ada Bell", "PERSON", "Ada Bell"),
        ("Emergency contactCHRISTINA SILVA", "PERSON", "CHRISTINA SILVA"),
        ("E-mailJOEL.CLARKePROTON.ME", "EMAIL_ADDRESS", "JOEL.CLARKePROTON.ME"),
        ("Frequent flye440013803", "ACCOUNT_NUMBER", "440013803"),
        ("身份证号110101199003074936", "CN_ID_CARD", "110101199003074936"),
        ("审核者：邹霞", "PERSON", "邹霞"),
        ("紧急联系人", "PERSON", ""),
        ("现住址：幸福路12号", "STREET_ADDRESS", "幸福路12号"),
        ("Social security number", "US_SSN", ""),
        ("Sex: female", OTHER, "female"),
        ("金额", OTHER, ""),
    ],
)
def test_labels_say_what_follows(text: str, entity: str, value: str) -> None:
    said = label(text)
    assert said is not None
    assert (said.entity, text[said.end :]) == (entity, value)
    assert said.alone == (not value)


@pytest.mark.parametrize(
    "text", ["Customer service is open all day", "Patient was seen at nine", "Nameless roads", "会员通讯录", "名胜古迹"]
)
def test_sentences_are_no_labels(text: str) -> None:
    assert label(text) is None


@pytest.mark.parametrize("turn", [0.0, 30.0, 90.0, -120.0])
def test_a_column_under_its_head(turn: float) -> None:
    rows = [("Name", "Phone"), ("Ada Bell", "555 0100"), ("Ben Oak", "555 0101"), ("Cy Ash", "555 0102")]
    lines = [
        line(text, 300 * column, 40 * number, turn=turn)
        for number, row in enumerate(rows)
        for column, text in enumerate(row)
    ]
    assert sorted(values(lines)) == sorted(
        [("PERSON", name) for name, _ in rows[1:]] + [("PHONE_NUMBER", phone) for _, phone in rows[1:]]
    )


def test_a_column_ends_at_the_next_label() -> None:
    lines = [line("姓名", 0, 0), line("王小明", 300, 0), line("备注", 0, 40), line("无", 300, 40), line("香蕉", 0, 80)]
    assert values(lines) == [("PERSON", "王小明")]


def test_goods_under_a_cashier_are_no_names() -> None:
    lines = [line("Cashier:", 0, 0), line("Ada", 200, 0)]
    lines += [line(text, 0, 40 * number) for number, text in enumerate(("Bread", "Milk", "Soap"), 1)]
    assert values(lines) == [("PERSON", "Ada")]


def test_a_label_over_its_value_beside_others() -> None:
    lines = [line("Given names", 0, 0), line("Passport No.", 400, 0), line("Ada", 0, 26), line("123456789", 400, 26)]
    assert sorted(values(lines)) == [("PASSPORT", "123456789"), ("PERSON", "Ada")]


def test_a_block_under_ship_to() -> None:
    lines = [line("SHIP TO", 0, 0), line("Ada Bell", 0, 30), line("12 Mill Road", 0, 60), line("Ely CB7 4AB", 0, 90)]
    lines.append(line("PRIORITY", 0, 250))
    found = {text for _entity, text in values(lines)}
    assert found == {"Ada Bell", "12 Mill Road", "Ely CB7 4AB"}


@pytest.mark.parametrize("turn", [0.0, 12.0, -40.0, 77.0, 90.0])
def test_strips_cover_a_line_and_little_beside_it(turn: float) -> None:
    slanted = line("a long line of words that stands at a slant", 0, 0, turn=turn)
    slanted = Line(slanted.quad + np.array([500, 600], np.float32), slanted.text, 0.9, slanted.centres)
    shape = (1300, 1300)
    covered = np.zeros(shape, bool)
    for strip in slanted.strips(shape):
        covered[strip.y : strip.y + strip.h, strip.x : strip.x + strip.w] = True
    along, across = slanted.quad[1] - slanted.quad[0], slanted.quad[3] - slanted.quad[0]
    for share in np.linspace(0.001, 0.999, 200):
        for depth in (0.04, 0.5, 0.96):
            x, y = (slanted.quad[0] + share * along + depth * across).astype(int)
            assert covered[y, x]
    whole = slanted.region(shape)
    upright = turn % 90 == 0
    assert covered.sum() < (1.01 if upright else 0.6) * whole.w * whole.h
    assert len(slanted.strips(shape)) == 1 if upright else len(slanted.strips(shape)) > 4


@pytest.mark.parametrize(
    ("texts", "is_card"),
    [
        (["IDENTITY CARD", "Surname"], True),
        (["公民身份号码"], True),
        (["中华人民共和国居民身份证"], True),
        (["P<UTOERIKSSON<<ANNA"], True),
        (["Social security number", "E-mail address"], False),
        (["Passport No."], False),
        (["身份证号", "电话"], False),
    ],
)
def test_a_form_that_asks_for_a_number_is_no_card(texts: list[str], is_card: bool) -> None:
    assert named([line(text, 0, 40 * number) for number, text in enumerate(texts)]) is is_card
