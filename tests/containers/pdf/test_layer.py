"""Words of a page: what is searched, which units a finding speaks of, and how they travel with the picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from polyveil.containers.pdf.carried import packed, unpacked
from polyveil.containers.pdf.layer import Layer, Unit, around, regions
from polyveil.containers.pdf.visible import folded, inked, seen, touched
from polyveil.errors import AssetError
from polyveil.modalities.image.ocr import Line
from polyveil.schema.locations import Region

WORDS = st.lists(st.tuples(st.text("ab张9", min_size=1, max_size=4), st.sampled_from(["", " ", "\n"])), max_size=12)


def unit(text: str, x: float, y: float, after: str = " ") -> Unit:
    """A unit of letters 10 pixels wide and 20 high, whose left top is at (x, y)."""
    wide = 10.0 * len(text)
    return Unit(text, after, (x, y, x + wide, y + 20), (x + wide / 2, y + 10, wide, 20.0, 0.0))


def _turned(one: Unit, turn: int) -> Unit:
    """The unit in a picture of 600 x 600 that was turned clockwise."""
    left, top, right, bottom = one.ink
    x, y, wide, high, _ = one.place
    for _ in range(turn // 90):
        left, top, right, bottom = 600 - bottom, left, 600 - top, right
        x, y = 600 - y, x
    return Unit(one.text, one.after, (left, top, right, bottom), (x, y, wide, high, float(turn)))


def _png(wide: int = 300, high: int = 60) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (wide, high), (255, 255, 255)).save(out, "PNG")
    return out.getvalue()


def _line(text: str, x: float, y: float, wide: float) -> Line:
    quad = np.array([[x, y], [x + wide, y], [x + wide, y + 20], [x, y + 20]], np.float32)
    return Line(quad, text, 0.9, tuple((n + 0.5) / max(1, len(text)) for n in range(len(text))))


@given(WORDS)
def test_every_range_leads_back_to_the_units_it_touches(words: list[tuple[str, str]]) -> None:
    layer = Layer(tuple(unit(text, 40.0 * n, 0, after) for n, (text, after) in enumerate(words)))
    for number, one in enumerate(layer.units):
        start = layer.starts[number]
        assert layer.text[start : start + len(one.text)] == one.text
        assert layer.between(start, start + len(one.text)) == [number]
    assert layer.between(0, len(layer.text)) == list(range(len(words)))


@given(WORDS)
def test_words_travel_in_a_picture_that_stays_one(words: list[tuple[str, str]]) -> None:
    layer = Layer(tuple(unit(text, 40.0 * n, 3, after) for n, (text, after) in enumerate(words)))
    data = packed(_png(), layer)
    assert unpacked(data) == (_png(), layer)
    assert packed(data, Layer()) == _png()
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.size == (300, 60)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", _png().replace(b"IDAT", b"pvTL")])
def test_a_damaged_page_is_refused(data: bytes) -> None:
    with pytest.raises(AssetError):
        unpacked(data)


@pytest.mark.parametrize(
    ("units", "hyphens", "text"),
    [
        ((unit("wide", 0, 0), unit("line", 250, 0, "\n"), unit("Valeska", 0, 25)), (), "wide line Valeska"),
        ((unit("Name", 0, 0, "\n"), unit("Valeska", 0, 25), unit("Okonjo", 90, 25)), (), "Name\nValeska Okonjo "),
        ((unit("张", 0, 0, ""), unit("伟", 280, 0, "\n"), unit("明", 0, 25, "")), (), "张伟明"),
        ((unit("Vales", 0, 0, ""), unit("-", 280, 0, "\n"), unit("ka", 0, 25)), (1,), "Valeska "),
    ],
)  # fmt: skip
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_lines_that_are_full_go_on(units: tuple[Unit, ...], hyphens: tuple[int, ...], text: str, turn: int) -> None:
    turned = tuple(_turned(one, turn) for one in units)
    assert Layer(turned, frozenset(hyphens)).text.strip(" ") == text.strip(" ")


def test_a_region_a_line_and_a_gap() -> None:
    units = [unit("one", 0, 0), unit("two", 40, 0), unit("far", 200, 0, "\n"), unit("below", 0, 25)]
    found = regions(units, (60, 300))
    assert [(one.x, one.y) for one in found] == [(0, 0), (200, 0), (0, 25)]
    assert found[0].w >= 70
    assert around(units[:2], "surrogate").place[2] == 70


def test_a_word_is_seen_where_it_is_read() -> None:
    rgb = np.full((60, 300, 3), 255, np.uint8)
    units = [unit("Valeska", 0, 0), unit("hidden", 0, 0), unit("bare", 150, 0), unit("gone", 290, 0), unit("l0", 0, 30)]
    rgb[5:15, 5:60] = 0
    rgb[32:45, 2:18] = 0
    assert [inked(one, rgb) for one in units] == [True, True, False, False, True]
    lines = [_line("Va1eska", 0, 0, 70), _line("bare gone", 150, 0, 140), _line("IO", 0, 30, 20)]
    assert seen(units, lines, rgb) == {0, 4}
    assert folded("ＶＡＬ1") == folded("vali")


def test_one_changed_pixel_is_enough() -> None:
    changed = np.zeros((60, 300), bool)
    word = unit("word", 100, 10)
    assert not touched(word, changed)
    changed[9, 120] = True  # beside the ink: its edge is smoothed
    assert touched(word, changed)
    assert touched(unit("outside", 280, 10), np.zeros((60, 300), bool))
    assert word.within(Region(100, 10, 20, 20)) == pytest.approx(0.5)
