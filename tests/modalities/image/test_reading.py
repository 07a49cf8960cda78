"""Lines, layout, labels, known values and plates."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from polyveil.modalities.image import ocr
from polyveil.modalities.image.detectors.fields import labelled
from polyveil.modalities.image.detectors.known import spotted
from polyveil.modalities.image.detectors.mail import misread
from polyveil.modalities.image.detectors.plate import plates
from polyveil.modalities.image.layout import page
from polyveil.modalities.image.ocr import Line
from polyveil.modalities.image.ocr.closer import closer
from polyveil.modalities.image.ocr.detect import _heat
from polyveil.schema.locations import Region
from polyveil.schema.part import Known


def line(text: str, x: float, y: float, *, height: float = 20.0, score: float = 0.95) -> Line:
    width = height * 0.6 * max(1, len(text))
    quad = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
    return Line(quad, text, score, tuple((i + 0.5) / len(text) for i in range(len(text))))


def drawn(words: list[tuple[int, int, str]], size: tuple[int, int] = (900, 300), points: int = 36) -> Image.Image:
    image = Image.new("RGB", size, (240, 240, 235))
    pen = ImageDraw.Draw(image)
    for x, y, text in words:
        pen.text((x, y), text, fill=(20, 20, 40), font=ImageFont.load_default(points))
    return image


class Echo:
    """Gives what it was shown as the map, and keeps the number of its pixels."""

    inputs: tuple[str, ...] = ("x",)
    outputs: tuple[str, ...] = ("heat",)
    metadata: Mapping[str, str] = MappingProxyType({})

    def __init__(self) -> None:
        self.shown: list[int] = []

    def run(self, inputs: Mapping[str, npt.NDArray[np.float32]]) -> list[npt.NDArray[np.float32]]:
        self.shown.append(inputs["x"][0, 0].size)
        return [inputs["x"][:, :1]]


@pytest.mark.parametrize("rows", [64, 320, 900])
def test_a_map_in_strips_is_that_of_the_whole_picture(rows: int) -> None:
    rgb = np.random.default_rng(rows).integers(0, 256, (rows, 320, 3), np.uint8)
    whole, parts = Echo(), Echo()
    np.testing.assert_array_equal(_heat(rgb, 1.0, parts, 100_000), _heat(rgb, 1.0, whole))
    assert len(whole.shown) == 1
    assert max(parts.shown) <= 100_000 + 128 * 320


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_reads_upright_and_turned_pages(turn: int) -> None:
    image = drawn([(40, 40, "Passenger: Wilhelmina Ostrander"), (40, 120, "Seat 24C  Gate B17")])
    lines = ocr.read(np.asarray(image.rotate(turn, expand=True)))
    text = page(lines).text
    assert "Wilhelmina Ostrander" in text
    assert text.index("Wilhelmina") < text.index("Gate")


def test_a_closer_look_does_not_cut_the_lines_beside() -> None:
    """What can hardly be read is looked at with its surroundings, into which neighbouring lines reach half-way."""
    words = [(400, 60, "Our team on site"), (400, 110, "Call 0161 496 0123"), (400, 160, "for a free quote")]
    image = drawn(words, points=28)
    clear = ocr.read(np.asarray(image))
    doubtful = Line(np.array([[290, 60], [380, 60], [380, 150], [290, 150]], np.float32), "S", 0.3, (0.5,))
    read = {found.text.replace(" ", "") for found in closer(np.asarray(image), [doubtful, *clear])}
    assert {"Ourteamonsite", "Call01614960123", "forafreequote"} <= read


def test_places_of_characters() -> None:
    """The box of a word covers the word's ink and not the line's first word."""
    font = ImageFont.load_default(36)
    image = drawn([(40, 40, "Departure 1234 ABCD Platform")])
    (found,) = ocr.read(np.asarray(image))
    start = found.text.index("1234")
    region = found.region(image.size[::-1], start, start + 4)
    pen = ImageDraw.Draw(image)
    left = 40 + pen.textlength("Departure ", font=font)
    right = left + pen.textlength("1234", font=font)
    assert region.x <= left + 2
    assert region.x + region.w >= right - 2
    assert region.x > 40 + pen.textlength("Depar", font=font)


@given(st.integers(0, 30), st.integers(0, 30))
def test_regions_lie_within_the_picture(a: int, b: int) -> None:
    start, end = min(a, b), max(a, b)
    region = line("thirty characters of some text", -5, -5).region((15, 200), start, end)
    assert region.x >= 0
    assert region.y >= 0
    assert region.x + region.w <= 200
    assert region.y + region.h <= 15


def test_reading_order_joins_columns_of_a_row() -> None:
    lines = [line("B2", 400, 102), line("A1", 10, 0), line("A2", 400, 3), line("B1", 10, 100)]
    assert page(lines).text.split() == ["A1", "A2", "B1", "B2"]


def test_pieces_lead_back_to_lines() -> None:
    layout = page([line("first line", 0, 0), line("second", 0, 50)])
    start = layout.text.index("line")
    pieces = layout.pieces(start, layout.text.index("second") + 3)
    assert [(piece.text, first, last) for piece, first, last in pieces] == [("first line", 6, 10), ("second", 0, 3)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("Name: Ada Bell", 0, 0)], [("PERSON", "Ada Bell")]),
        ([line("姓名 王小明", 0, 0)], [("PERSON", "王小明")]),
        ([line("姓名王小明", 0, 0)], [("PERSON", "王小明")]),
        ([line("Surname", 0, 0), line("Bell", 300, 1)], [("PERSON", "Bell")]),
        ([line("Full name", 0, 0), line("Ada Bell", 2, 40)], [("PERSON", "Ada Bell")]),
        ([line("Date of birth: 1 May 1990", 0, 0)], [("DATE_TIME", "1 May 1990")]),
        (
            [line("地址：幸福路12号", 0, 0), line("3单元401", 60, 30)],
            [("STREET_ADDRESS", "幸福路12号"), ("STREET_ADDRESS", "3单元401")],
        ),
        ([line("公民身份号码110101199003074936", 0, 0)], [("CN_ID_CARD", "110101199003074936")]),
        ([line("Tel. 555 0187", 0, 0)], [("PHONE_NUMBER", "555 0187")]),
        ([line("Nameless roads lead home", 0, 0)], []),
        ([line("Total 12.50", 0, 0)], []),
    ],
)  # fmt: skip
def test_labels(lines: list[Line], expected: list[tuple[str, str]]) -> None:
    found = [(entity, item.text[start:end].strip(" :：")) for entity, item, start, end, _ in labelled(page(lines))]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("PATIENT: DOE, JANE", "DOE^JANE", {"DOE", "JANE"}),
        ("patient JANE D0E 1990", "Jane Doe", {"JANE D0E"}),
        ("M4rgaret Hollowqy", "Margaret Holloway", {"M4rgaret Hollowqy"}),
        ("病人 欧阳若兰 女", "欧阳若兰", {"欧阳若兰"}),
        ("ID 44 81-23 x", "448123", {"44 81-23"}),
        ("nothing of the kind", "Holloway", set()),
    ],
)
def test_known_values(text: str, value: str, expected: set[str]) -> None:
    layout = page([line(text, 0, 0)])
    found = {layout.text[start:end] for _, start, end, _ in spotted(layout, [Known("PERSON", value)])}
    assert expected <= found if expected else found == set()


@given(
    st.text(alphabet="abcdefgh", min_size=4, max_size=12),
    st.text(alphabet="xyz", max_size=20),
    st.text(alphabet="xyz", max_size=20),
)
def test_known_values_are_found_wherever_they_stand(value: str, before: str, after: str) -> None:
    layout = page([line(f"{before} {value} {after}", 0, 0)])
    assert any(layout.text[start:end] == value for _, start, end, _ in spotted(layout, [Known("PERSON", value)]))


@pytest.mark.parametrize(
    ("text", "mail"),
    [
        ("Helena Petroy ≤h netrov@examnle org≥ Meeting", "h netrov@examnle org"),
        ("mail: i.castellano©example.org", "i.castellano©example.org"),
        ("i.castellano@ example,co,uk today", "i.castellano@ example,co,uk"),
        ("write to name @firm.museum soon", "name @firm.museum"),
        ("name@firm. com", "name@firm. com"),
        ("name@firm .com", "name@firm .com"),
        ("© Example Press 2024, all rights", None),
        ("Acme® tools com", None),
        ("meet us @ noon", None),
    ],
)
def test_addresses_that_were_misread(text: str, mail: str | None) -> None:
    found = [one.text[start:end] for one, start, end in misread([line(text, 0, 0)])]
    assert found == ([mail] if mail else [])


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("京A·12345", "CN_LICENSE_PLATE"),
        ("粤BD12345", "CN_LICENSE_PLATE"),
        ("ABC1D23", "LICENSE_PLATE"),
        ("ABC-1234", "LICENSE_PLATE"),
        ("M-AB 1234", "LICENSE_PLATE"),
        ("7ABC123", "LICENSE_PLATE"),
        ("OPEN", None),
        ("12345", None),
        ("TOTAL 3.70", None),
        ("Bread 12.50", None),
    ],
)
def test_plates(text: str, entity: str | None) -> None:
    found = [name for name, _, _ in plates([line(text, 0, 0)])]
    assert found == ([entity] if entity else [])


@pytest.mark.parametrize("points", [14, 22, 40])
@pytest.mark.parametrize("eight", [False, True])
def test_a_quick_search_notices_what_is_read(monkeypatch: pytest.MonkeyPatch, points: int, *, eight: bool) -> None:
    if not eight:
        monkeypatch.setattr("polyveil.modalities.image.ocr.detect.in_eight_bits", lambda: None)
    words = [(30, 40, "Wilhelmina Ostrander"), (300, 150, "0161 496 0123"), (500, 240, "Seat 24C")]
    rgb = np.asarray(drawn(words, points=points))
    found = [Region(int(x), int(y), int(w), int(h)) for x, y, w, h in map(_box, ocr.read(rgb))]
    assert len(found) >= 3
    noticed = ocr.places(rgb, longest=640)
    for one in found:
        assert any(
            place.x <= one.x and one.x + one.w <= place.x + place.w and place.y <= one.y + one.h / 2 < place.y + place.h
            for place in noticed
        )
    assert sum(place.w * place.h for place in noticed) < rgb.shape[0] * rgb.shape[1]


def _box(found: Line) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = found.quad.min(axis=0), found.quad.max(axis=0)
    return left, top, right - left, bottom - top
