"""Small print in large pictures, on empty ground and among other things."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from polyveil.modalities.image import ocr
from polyveil.modalities.image.ocr import fine

HERE = Path(__file__).parent
LINES = ("Customer: Ingrid Castellano", "Order 96-4355", "i.castellano@example.org", "Tel 0003 3224538")
SAID = ("Ingrid Castellano", "i.castellano@example.org", "0003 3224538")


def label(points: int) -> Image.Image:
    font = ImageFont.load_default(points)
    wide = int(max(font.getlength(line) for line in LINES)) + 4 * points
    image = Image.new("RGB", (wide, int(1.45 * points * len(LINES)) + 3 * points), (244, 240, 224))
    pen = ImageDraw.Draw(image)
    for row, line in enumerate(LINES):
        pen.text((points, points + int(1.45 * points * row)), line, fill=(20, 20, 50), font=font)
    return image


def on(ground: str, size: tuple[int, int]) -> Image.Image:
    if ground == "empty":
        return Image.new("RGB", size, (120, 110, 100))
    return Image.open(HERE / "astronaut.jpg").convert("RGB").resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize(
    ("ground", "size", "points", "turn"),
    [
        ("empty", (1600, 1200), 11, 0),
        ("empty", (4000, 3000), 14, 0),
        ("photograph", (1600, 1200), 11, 0),
        ("photograph", (3200, 2400), 13, 0),
        ("photograph", (4000, 3000), 18, 0),
        ("photograph", (4000, 3000), 14, 30),
        ("photograph", (3200, 2400), 14, 90),
    ],
)
def test_small_print_is_read(ground: str, size: tuple[int, int], points: int, turn: int) -> None:
    image = on(ground, size)
    paper = label(points).convert("RGBA").rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
    image.paste(paper, (size[0] // 5, size[1] // 7), paper)
    read = ["".join(line.text.split()) for line in ocr.read(np.asarray(image))]
    for value in SAID:
        assert any("".join(value.split()) in line for line in read), read


def test_a_page_of_fine_print_is_read_in_strips() -> None:
    """A line that two strips share is read once."""
    image = Image.new("RGB", (2400, 1800), "white")
    pen = ImageDraw.Draw(image)
    for row in range(80):
        pen.text(
            (100, 60 + 21 * row), f"Row {row:02d} kept by Margaret Holloway, ward nine", 0, ImageFont.load_default(13)
        )
    read = [line.text.replace(" ", "") for line in ocr.read(np.asarray(image))]
    rows = [line[3:5] for line in read if line.startswith("Row")]
    assert len(rows) == len(set(rows))
    assert len(rows) >= 78
    assert sum("MargaretHolloway" in line for line in read) >= 78


def test_no_look_where_nothing_is_to_be_seen() -> None:
    assert fine.islands(np.full((900, 1200, 3), 128, np.uint8)) == []
    assert ocr.read(np.full((900, 1200, 3), 128, np.uint8)) == []


@given(st.integers(0, 1100), st.integers(0, 800), st.integers(3, 100), st.integers(3, 100))
def test_islands_hold_what_differs_from_the_ground(x: int, y: int, w: int, h: int) -> None:
    rgb = np.full((900, 1200, 3), 128, np.uint8)
    rgb[y : y + h, x : x + w] = 255
    found = fine.islands(rgb)
    assert any(
        one.x <= x and one.y <= y and min(1200, x + w) <= one.x + one.w and min(900, y + h) <= one.y + one.h
        for one in found
    )
    assert all(0 <= one.x < one.x + one.w <= 1200 and 0 <= one.y < one.y + one.h <= 900 for one in found)


def test_a_closer_look_at_part_of_a_line_does_not_replace_it() -> None:
    def box(x: float, y: float, w: float, h: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)

    whole, half, sign = box(0, 0, 200, 20), box(2, 2, 90, 16), box(0, 0, 300, 200)
    assert fine._replaced([whole], [half]) == [whole]
    assert len(fine._replaced([sign], [half])) == 2
    (kept,) = fine._replaced([whole], [box(1, 1, 198, 18)])
    assert kept[0, 0] == 1
