"""Masks in the planes of films: text in the old colours, and nothing that frames or planes give away."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from polyveil.modalities.image.operators import steady_noise
from polyveil.modalities.video import masks
from polyveil.modalities.video.reader import Planes, Video
from polyveil.modalities.video.rotation import UPRIGHT
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track
from polyveil.schema.policy import Operator, Policy

WIDTH, HEIGHT = 320, 120
BOX = (40, 30, 200, 40)


def video(depth: int = 8) -> Video:
    base = Fraction(1, 25)
    colour = (1, 1, 1, 1)
    return Video(WIDTH, HEIGHT, depth, base, Fraction(25), 1, Fraction(1), colour, UPRIGHT, None, None, Limits())


def planes(depth: int = 8, seed: int = 1) -> Planes:
    """Yellow letters on blue paper."""
    kind, up = (np.uint8, 0) if depth == 8 else (np.uint16, depth - 8)
    y = np.full((HEIGHT, WIDTH), 40, kind)
    u, v = (np.full((HEIGHT // 2, WIDTH // 2), level, kind) for level in (190, 110))
    rng = np.random.default_rng(seed)
    for x in rng.choice(np.arange(48, 230, 8), 12, replace=False):
        y[38:62, x : x + 6], u[19:31, x // 2 : x // 2 + 3], v[19:31, x // 2 : x // 2 + 3] = 210, 40, 150
    return y << up, u << up, v << up


def policy(op: str) -> Policy:
    found = load("default")
    road = found.roads.video.model_copy(update={"default": Operator(op=op)})
    return found.model_copy(update={"roads": found.roads.model_copy(update={"video": road})})


def drawn(op: str, entity: str, given: Planes, depth: int = 8, text: str = "") -> masks.Plan:
    finding = Finding(entity, Track(((0, *BOX),)), 0.9, "test", value="Margaret Holloway")
    plan = masks.plan([finding], policy(op), lambda _one, _old: Operator(op="replace_text", text=text))
    masks.draw(given, plan.boxes[0], plan.answers, video(depth))
    return plan


@pytest.mark.parametrize("depth", [8, 10])
def test_text_is_written_in_the_colours_that_stood_there(depth: int) -> None:
    given = planes(depth)
    drawn("replace_text", "PERSON", given, depth, "Lydia Ransom")
    y, u, v = (plane >> (depth - 8) for plane in given)
    inner = y[30:70, 40:240]
    assert np.median(inner) == 40
    assert inner.max() > 190
    assert ((inner > 60) & (inner < 180)).any(), "letters have soft edges, which the bars had not"
    assert np.median(u[15:35, 20:120]) == 190
    assert u[15:35, 20:120].min() < 110
    assert np.median(v[15:35, 20:120]) == 110


@pytest.mark.parametrize(("op", "entity", "text"), [("replace_text", "PERSON", ""), ("neutral_face", "PERSON", "x")])
def test_what_cannot_be_drawn_is_black(op: str, entity: str, text: str) -> None:
    given = planes()
    drawn(op, entity, given, text=text)
    for plane, level, half in zip(given, (16, 128, 128), (1, 2, 2), strict=True):
        assert (plane[32 // half : 68 // half, 42 // half : 238 // half] == level).all()


def test_inpainting_of_a_whole_frame_is_black() -> None:
    given = planes()
    finding = Finding("ZONE", Track(((0, 0, 0, WIDTH, HEIGHT),)), 1.0, "policy")
    plan = masks.plan([finding], policy("inpaint"))
    masks.draw(given, plan.boxes[0], plan.answers, video())
    assert [int(plane.max()) for plane in given] == [16, 128, 128]


def test_without_its_text_a_finding_is_filled() -> None:
    finding = Finding("PERSON", Track(((0, *BOX),)), 0.9, "test", value="Margaret Holloway")
    assert [one.operator for one in masks.plan([finding], policy("replace_text")).applied] == ["fill"]


def test_a_zone_is_masked_even_where_findings_are_kept_and_to_the_pixel() -> None:
    given = planes()
    before = given[0].copy()
    drawn("keep", "ZONE", given)
    x, y, w, h = BOX
    assert (given[0][y : y + h, x : x + w] == 16).all()
    given[0][y : y + h, x : x + w] = before[y : y + h, x : x + w]
    assert np.array_equal(given[0], before)


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("op", ["mosaic", "blur"])
def test_colours_under_a_mosaic_are_those_around_it(op: str, depth: int) -> None:
    """Noise in these planes is red, green and blue tiles; without it they must hold nothing of what was there."""
    given, other = planes(depth), planes(depth, seed=2)
    assert not np.array_equal(given[1], other[1])
    for one in (given, other):
        with steady_noise():
            drawn(op, "PERSON", one, depth)
    for chroma, changed, level in zip(given[1:], other[1:], (190, 110), strict=True):
        assert (chroma == level << (depth - 8)).all()
        assert np.array_equal(chroma, changed)
    spreads = []
    for _ in range(8):  # four tiles may draw alike once
        again = planes(depth)
        with steady_noise():
            drawn(op, "PERSON", again, depth)
        spreads.append(np.ptp(again[0][30:70, 40:240].astype(int) >> (depth - 8)))
    assert max(spreads) > 20, "noise is in the brightness"
