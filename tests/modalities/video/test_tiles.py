"""Parts of a frame around what changed: nothing is left out, and little is taken beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.video.tiles import Tile, tiles

HEIGHT, WIDTH, GRID = 180, 320, 32

boxes = st.tuples(st.integers(0, 300), st.integers(0, 170), st.integers(1, 80), st.integers(1, 60))


def _mask(marked: list[tuple[int, int, int, int]]) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for x, y, w, h in marked:
        mask[y : y + h, x : x + w] = True
    return mask


def _area(found: list[Tile]) -> int:
    return sum((right - left) * (bottom - top) for left, top, right, bottom in found)


@given(st.lists(boxes, max_size=6))
def test_every_marked_pixel_lies_in_a_tile_inside_the_frame(marked: list[tuple[int, int, int, int]]) -> None:
    mask = _mask(marked)
    held = np.zeros_like(mask)
    for left, top, right, bottom in tiles(mask, GRID):
        assert 0 <= left < right <= WIDTH
        assert 0 <= top < bottom <= HEIGHT
        held[top:bottom, left:right] = True
    assert not (mask & ~held).any()


@pytest.mark.parametrize(
    ("marked", "most"),
    [
        ([(0, 0, WIDTH, 10), (0, 0, 10, HEIGHT)], 0.35),
        ([(0, 0, WIDTH, 10), (0, 170, WIDTH, 10), (0, 0, 10, HEIGHT), (310, 0, 10, HEIGHT)], 0.65),
    ],
    ids=["an L", "a frame"],
)
def test_what_comes_in_at_the_edges_is_not_the_whole_frame(
    marked: list[tuple[int, int, int, int]], most: float
) -> None:
    assert 0 < _area(tiles(_mask(marked), GRID)) < most * WIDTH * HEIGHT


def test_a_line_across_the_corner_of_an_l_lies_in_one_tile() -> None:
    found = tiles(_mask([(0, 0, WIDTH, 10), (0, 0, 10, HEIGHT)]), GRID)
    assert any(left <= 0 and top <= 2 and right >= 200 and bottom >= 20 for left, top, right, bottom in found)


def test_what_fills_its_box_is_one_tile() -> None:
    assert tiles(_mask([(40, 40, 100, 60)]), GRID) == [(32, 32, 160, 128)]
    assert tiles(_mask([]), GRID) == []
