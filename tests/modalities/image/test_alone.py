"""Names and numbers without a label, machine-readable lines, and paragraphs that run over line ends."""

from __future__ import annotations

import numpy as np
import pytest

from polyveil.modalities.image.detectors.alone import alone
from polyveil.modalities.image.detectors.mrz import machine_lines
from polyveil.modalities.image.detectors.text import find_in_lines, without_faces
from polyveil.modalities.image.layout import page, paragraphs
from polyveil.modalities.image.ocr import Line
from polyveil.modalities.image.ocr.recognise import against, stretched
from polyveil.policies import load

SHAPE = (1000, 1400)


def line(text: str, x: float, y: float, *, height: float = 20.0, score: float = 0.95, back: bool = False) -> Line:
    """A line; one that is read backwards begins at its right end."""
    width = height * 0.6 * max(1, len(text))
    quad = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
    quad = np.roll(quad, 2, axis=0) if back else quad
    return Line(quad, text, score, tuple((i + 0.5) / len(text) for i in range(len(text))))


def masked(lines: list[Line]) -> set[str]:
    """What is found, of kinds that the default policy masks in pictures."""
    found = find_in_lines(lines, SHAPE, load("default"))
    return {str(one.value) for one in found if one.entity != "ORGANIZATION"}


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ([line("DATA SUMMIT", 0, 0), line("Esmeralda", 0, 60), line("Engineer", 0, 120)], "Esmeralda"),
        ([line("GONZALEZ/MARIA MS", 0, 0), line("SEAT 14C", 0, 60)], "GONZALEZ/MARIA MS"),
        ([line("曹倩", 0, 0), line("数学教师", 0, 60)], "曹倩"),
        ([line("胡子 19166152920", 0, 0)], "胡子"),
        ([line("yer", 0, 0), line("116475396", 200, 0)], "116475396"),
    ],
)
def test_names_and_numbers_by_themselves(lines: list[Line], value: str) -> None:
    assert value in masked(lines)


@pytest.mark.parametrize(
    ("faces", "stays"),
    [
        ([(10, 4, 8, 10, 0.9), (22, 4, 8, 10, 0.9), (34, 4, 8, 10, 0.9)], False),  # a row of people
        ([(10, 4, 8, 10, 0.9), (22, 4, 8, 10, 0.9)], True),  # two beside a name
        ([(10, 4, 8, 10, 0.9), (22, 4, 8, 10, 0.9), (34, 4, 8, 10, 0.2)], True),  # one is none
        ([(10, 4, 8, 2, 0.9), (22, 4, 8, 2, 0.9), (34, 4, 8, 2, 0.9)], True),  # too small for letters
        ([(10, 40, 8, 10, 0.9), (22, 40, 8, 10, 0.9), (34, 40, 8, 10, 0.9)], True),  # below the line
        ([(-20, -30, 60, 80, 0.9)] * 3, True),  # print over a large face
        ([], True),
    ],
)
def test_faces_are_no_letters(faces: list[tuple[float, float, float, float, float]], stays: bool) -> None:
    row = line("王小明", 8, 0)
    assert (row in without_faces([row], faces, SHAPE)) is stays


@pytest.mark.parametrize(("heading", "name"), [("Messages", False), ("Contacts", False), ("Brooks", True)])
def test_a_plural_of_the_language_is_no_name(heading: str, name: bool) -> None:
    lines = [line(heading, 0, 0), line("+44 20 7946 0919", 0, 30)]
    number = (0, len(lines[1].text), "PHONE_NUMBER")
    assert [one for _, one, *_ in alone(page(lines), {id(lines[1]): [number]})] == ([lines[0]] if name else [])


def test_a_name_that_no_list_knows_stands_over_a_contact() -> None:
    lines = [line("Xqwith Zbrnak", 0, 0), line("+44 20 7946 0919", 0, 30)]
    number = (0, len(lines[1].text), "PHONE_NUMBER")
    found = [
        (entity, one.text[start:end]) for entity, one, start, end, _ in alone(page(lines), {id(lines[1]): [number]})
    ]
    assert found == [("PERSON", "Xqwith Zbrnak")]
    assert not list(alone(page(lines), {}))
    assert "Xqwith Zbrnak" in " ".join(sorted(masked(lines), key=lines[0].text.find))


@pytest.mark.parametrize(
    "text",
    ["白细胞", "方便面", "金额", "谢谢", "PRIORITY MAIL", "LABORATORY REPORT", "Total Amount", "Save"],
)
def test_words_by_themselves_that_are_no_names(text: str) -> None:
    assert not masked([line(text, 0, 0), line("12.50", 400, 0)])


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        # TD3, TD1, and one that was misread, in pieces
        (["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"], 2),
        (["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"], 3),
        (["P＜UTOERIKSSON＜＜ANNA", "＜＜＜＜＜＜＜＜＜＜＜", "L898902C36UT07408122F1204159ZE184226B"], 3),
        (["ADMIT ONE << NORTH GATE", "L898902C", "2024-11-02 10:15", "cat <<EOF > file"], 0),
    ],
)  # fmt: skip
def test_machine_readable_lines(lines: list[str], count: int) -> None:
    found = list(machine_lines([line(text, 0, 40 * number) for number, text in enumerate(lines)]))
    assert len(found) == count


def test_paragraphs_run_over_line_ends_and_not_over_columns() -> None:
    left = ["Whoever wants to help may ring Ada", "Bell in the morning or", "write"]
    right = ["会员请在六月前与王小", "明联系，会议室工作日", "开放。"]
    lines = [line(text, 0, 30 * number) for number, text in enumerate(left)]
    lines += [line(text, 700, 30 * number, height=20) for number, text in enumerate(right)]
    texts = [part.text for part in paragraphs(page(lines))]
    assert texts == [
        "Whoever wants to help may ring Ada Bell in the morning or\nwrite\n",
        "会员请在六月前与王小明联系，会议室工作日开放。\n",
    ]


def test_pieces_of_a_paragraph_lead_back_to_its_lines() -> None:
    (part,) = paragraphs(page([line("会员请在六月前与王小", 0, 0), line("明联系，会议室工作日", 0, 30)]))
    start = part.text.index("王小明")
    assert [(one.text[first:last]) for one, first, last in part.pieces(start, start + 3)] == ["王小", "明"]


def test_lines_that_run_against_the_page() -> None:
    upright = [line("a line of words", 0, 40 * number) for number in range(4)]
    assert against([*upright, line("9>>>>860211", 0, 200, score=0.89, back=True)]) == [4]
    assert not against([*upright, line("surely so", 0, 200, score=0.99, back=True)])
    assert not against([line("one", 0, 0), line("two", 0, 40, back=True)])


def test_faint_print_is_drawn_apart() -> None:
    crop = np.full((20, 200, 3), 200, np.uint8)
    crop[5:15, 20:180:8] = 180
    levels = stretched(crop)
    assert int(levels.max()) - int(levels.min()) > 200
    flat = np.full((20, 200, 3), 200, np.uint8)
    assert (stretched(flat) == flat).all()
