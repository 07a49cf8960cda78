"""Lines that the picture's edge cuts count as personal where the picture shows personal text, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from polyveil.modalities.image import detect
from polyveil.modalities.image.detectors.cut import cut
from polyveil.modalities.image.ocr import Line
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region

POLICY = load("default")
FONT = ImageFont.load_default(26)
PERSON = Finding("PERSON", Region(120, 100, 260, 30), 0.9, "tagger:en", value="Margaret Holloway")


def drawn(text: str, x: int, y: int, *, upright: bool = False) -> tuple[np.ndarray, Line]:
    """A page of 600 x 300 with a line at a place that may reach beyond it, and the line as it is found."""
    page = Image.new("RGB", (600, 300), (250, 250, 246))
    pen = ImageDraw.Draw(page)
    pen.text((x, y), text, font=FONT, fill=(20, 20, 30))
    left, top, right, bottom = pen.textbbox((x, y), text, font=FONT)
    corners = np.array([[left - 5, top - 5], [right + 5, top - 5], [right + 5, bottom + 5], [left - 5, bottom + 5]])
    quad = np.clip(corners, -8, [608, 308]).astype(np.float32)
    pixels = np.asarray(page)
    if upright:  # the page turned by a quarter, anticlockwise
        pixels = np.ascontiguousarray(np.rot90(pixels))
        quad = np.stack([quad[:, 1], 600 - quad[:, 0]], axis=1).astype(np.float32)
    seen = text if left >= 0 and right <= 600 else text[2:] if left < 0 else text[:-2]
    centres = tuple((place + 0.5) / len(seen) for place in range(len(seen)))
    return pixels, Line(quad, seen, 0.9, centres)


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize(("y", "counts"), [(-18, True), (282, True), (-3, False), (120, False), (266, False)])
def test_a_line_whose_letters_are_cut_counts_whole(y: int, counts: bool, upright: bool) -> None:
    rgb, line = drawn("Oliver Bancroft", 120, y, upright=upright)
    found = cut(rgb, [line], [PERSON], POLICY)
    assert found == ([line.region(rgb.shape[:2])] if counts else [])
    short = replace(line, quad=((line.quad + line.quad[[0, 0, 3, 3]]) / 2).astype(np.float32))
    whole = line.region(rgb.shape[:2])
    for region in cut(rgb, [short], [PERSON], POLICY):  # it goes on where letters do
        assert abs(region.x - whole.x) < 14
        assert abs(region.y - whole.y) < 14
        assert abs(max(region.w, region.h) - max(whole.w, whole.h)) < 14


@pytest.mark.parametrize(
    ("text", "x", "near", "counts"),
    [
        ("0161 496 0123 by day", -24, None, True),
        ("Phone: 0161 496 0123", 346, None, True),
        ("Name: Oliver Bancroft", 344, None, True),
        ("oliver@example.com, thanks", -24, None, True),
        ("Olivia Bancroft", -12, Region(60, 120, 110, 30), True),
        ("Olivia Bancroft", -12, Region(60, 20, 110, 30), False),
        ("wonderful weather again", -12, None, False),
        ("2 wonderful days", -3, None, False),
        ("again the weather was wonderful", 216, None, False),
    ],
)
def test_a_word_that_is_cut_counts_where_something_tells(text: str, x: int, near: Region | None, counts: bool) -> None:
    rgb, line = drawn(text, x, 120)
    others = [PERSON] if near is None else [PERSON, Finding("PERSON", near, 0.9, "tagger:en", value="Bancroft")]
    found = cut(rgb, [line], others, POLICY)
    assert bool(found) is counts
    for region in found:
        assert region.x <= 0 or region.x + region.w >= 600
        assert region.w < 360, "not the whole line"


def test_what_is_nearly_as_tall_as_the_picture_is_no_line() -> None:
    """A face at the edge of a small picture may be taken for letters."""
    rgb, line = drawn("Oliver Bancroft", 120, 282)
    for top, counts in ((270, False), (180, True)):
        moved = replace(line, quad=line.quad - np.array([0, top], np.float32))
        assert bool(cut(rgb[top:], [moved], [PERSON], POLICY)) is counts


def test_of_a_line_at_a_slant_what_the_edge_cuts_counts() -> None:
    page = Image.new("RGB", (600, 300), (250, 250, 246))
    ImageDraw.Draw(page).text((40, 120), "Oliver Bancroft, Priya Raghunathan", font=FONT, fill=(20, 20, 30))
    turned = np.asarray(page.rotate(20, center=(40, 120), fillcolor=(250, 250, 246)))
    along = np.array([np.cos(np.radians(20)), -np.sin(np.radians(20))])
    down = np.array([-along[1], along[0]])
    start = np.array([40.0, 120.0])
    corners = [start, start + 450 * along, start + 450 * along + 34 * down, start + 34 * down]
    line = Line(np.stack(corners).astype(np.float32), "Oliver Bancroft, Priya Raghu", 0.9, ())
    found = cut(turned, [line], [PERSON], POLICY)
    assert found
    assert all(region.y == 0 and region.x > 200 for region in found)


@pytest.mark.parametrize("wall", [20, 120])
def test_a_wall_beside_a_cut_line_is_no_part_of_it(wall: int) -> None:
    rgb, line = drawn("Oliver Bancroft", 120, 282)
    rgb = rgb.copy()
    rgb[:, 330:] = wall
    (region,) = cut(rgb, [line], [PERSON], POLICY)
    assert region.x + region.w < 345


def test_all_groups_of_a_number_count() -> None:
    rgb, line = drawn("Account GB29 NWBK 6016 1331", 280, 120)
    (region,) = cut(rgb, [line], [PERSON], POLICY)
    assert 370 < region.x < 400, "without the word before it"


def test_a_long_number_at_the_edge_counts_though_no_digit_is_cut() -> None:
    rgb, line = drawn("496 0123 by day", 3, 120)
    (region,) = cut(rgb, [line], [PERSON], POLICY)
    assert region.x == 0
    assert 90 < region.w < 140
    for text in ("496 days", "10.date:2022-03-18"):
        rgb, line = drawn(text, 3, 120)
        assert cut(rgb, [line], [PERSON], POLICY) == []


@pytest.mark.parametrize(
    "other",
    [
        (),
        (Finding("LICENSE_PLATE", Region(100, 100, 90, 30), 0.9, "ocr:plate", value="AB12 CDE"),),
        (Finding("ORGANIZATION", Region(100, 100, 90, 30), 0.9, "tagger:en", value="Acme Ltd"),),
    ],
)
def test_where_nothing_personal_is_read_nothing_counts(other: tuple[Finding, ...]) -> None:
    rgb, line = drawn("Oliver Bancroft", 120, 282)
    assert cut(rgb, [line], other, POLICY) == []


def test_half_a_line_at_the_bottom_of_a_page_is_found() -> None:
    page = Image.new("RGB", (700, 360), (250, 250, 246))
    pen = ImageDraw.Draw(page)
    for row, text in enumerate(("Patient: Margaret Holloway", "Phone: 0161 496 0123")):
        pen.text((60, 60 + 60 * row), text, font=FONT, fill=(20, 20, 30))
    pen.text((60, 340), "Address: 62 Rosewood Avenue, Leeds", font=FONT, fill=(20, 20, 30))
    found = [one for one in detect.find(np.asarray(page), POLICY) if one.detector == "ocr:cut"]
    assert [one.entity for one in found] == ["TEXT"]
    (region,) = [one.location for one in found if isinstance(one.location, Region)]
    assert region.x < 70
    assert region.x + region.w > 420
    assert region.y + region.h == 360
