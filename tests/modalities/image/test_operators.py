"""Operators and masks: shapes and types are kept, nothing leaks, nothing outside the mask changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from polyveil.errors import AssetError
from polyveil.modalities.image import masks
from polyveil.modalities.image.operators import ImageOperator, Steady, Window, noise_place, steady_noise
from polyveil.modalities.image.operators.blur import blur
from polyveil.modalities.image.operators.fill import fill
from polyveil.modalities.image.operators.inpaint import inpaint
from polyveil.modalities.image.operators.mosaic import mosaic
from polyveil.modalities.image.operators.neutral_face import neutral_face
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.policy import Operator, Policy

OPERATORS: list[ImageOperator] = [fill, mosaic, blur, inpaint, neutral_face]
RNG = np.random.default_rng(7)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((80, 100, 3), "uint8"),
        ((80, 100), "uint8"),
        ((80, 100), "uint16"),
        ((80, 100), "int16"),
        ((80, 100), "float32"),
    ],
)
def test_shape_and_type(operator: ImageOperator, shape: tuple[int, ...], dtype: str) -> None:
    pixels = (RNG.random(shape) * 250).astype(dtype)
    before = pixels.copy()
    for window in (Window(10, 40, 20, 70), Window(0, 80, 0, 100), Window(79, 80, 99, 100), Window(0, 1, 0, 100)):
        patch = operator(pixels, window)
        assert patch.shape == pixels[window.slices].shape
        assert patch.dtype == pixels.dtype
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("operator", [fill, inpaint, neutral_face])
def test_nothing_of_the_inside_is_read(operator: ImageOperator) -> None:
    a = (RNG.random((200, 240, 3)) * 255).astype(np.uint8)
    b, window = a.copy(), Window(40, 170, 30, 200)
    b[window.slices] = 255 - b[window.slices]
    np.testing.assert_array_equal(operator(a, window), operator(b, window))


@pytest.mark.parametrize("operator", [mosaic, blur])
def test_reduced_operators_keep_little_and_differ_each_time(operator: ImageOperator) -> None:
    """Detail is gone: what is left correlates with a strong blur of the original only, and noise is on top."""
    pixels = np.kron(RNG.integers(0, 2, (30, 40)), np.ones((4, 4), int)).astype(np.uint8) * 255
    window = Window(0, 120, 0, 160)
    first, second = operator(pixels, window), operator(pixels, window)
    assert not np.array_equal(first, second)
    correlation = np.corrcoef(first.ravel(), pixels.ravel())[0, 1]
    assert abs(correlation) < 0.35


def _word(text: str) -> np.ndarray:
    image = Image.new("L", (150, 40), 235)
    ImageDraw.Draw(image).text((8, 2), text, fill=20, font=ImageFont.load_default(28))
    return np.asarray(image)


def _plain(pixels: np.ndarray, window: Window) -> np.ndarray:
    """The mosaic that is commonly used: 8-pixel tiles of mean colour, nothing added."""
    tiles = pixels.reshape(5, 8, -1).mean(axis=1)[:, : window.width // 8 * 8].reshape(5, -1, 8).mean(axis=2)
    return np.kron(tiles, np.ones((8, 8)))


def _guessed(hide: Callable[[np.ndarray, Window], np.ndarray], candidates: list[str]) -> float:
    """Part of the words that an attacker names who can mask every candidate himself and takes the nearest.

    Hill et al., PoPETs 2016, section 3, with the attacker's best knowledge: font, size, place and method.
    """
    window = Window(0, 40, 0, 150)
    # What the operator makes of a candidate, on average over its noise.
    templates = [np.mean([hide(_word(one), window) for _ in range(12)], axis=0) for one in candidates]
    right = 0
    for number, word in enumerate(candidates):
        seen = hide(_word(word), window).astype(float)
        right += int(np.argmin([np.square(seen - one).mean() for one in templates])) == number
    return right / len(candidates)


@pytest.mark.parametrize("operator", [mosaic, blur])
def test_masked_digits_cannot_be_guessed_by_trying(operator: ImageOperator) -> None:
    candidates = [f"{number:04}" for number in RNG.choice(10_000, 60, replace=False)]
    assert _guessed(_plain, candidates) > 0.9  # the attack works, on what is commonly used
    assert _guessed(operator, candidates) < 0.2
    assert _guessed(fill, candidates) <= 2 / 60


@pytest.mark.parametrize("operator", [mosaic, blur])
def test_colour_is_that_of_the_surroundings(operator: ImageOperator) -> None:
    """Tiles differ in brightness alone, and two regions that are equally bright look alike whatever their colours."""
    window = Window(20, 60, 20, 70)
    red, blue = (np.full((80, 90, 3), (120, 130, 140), np.uint8) for _ in range(2))
    red[window.slices], blue[window.slices] = (210, 80, 90), (87, 100, 250)  # a luma of 120 both
    with steady_noise(Steady(secret=11)):
        first = operator(red, window).astype(int)
    with steady_noise(Steady(secret=11)):
        np.testing.assert_allclose(first, operator(blue, window), atol=1)
    assert np.ptp(first[..., 0]) > 30
    for channel, tint in ((1, 10), (2, 20)):
        np.testing.assert_allclose(first[..., channel] - first[..., 0], tint, atol=1)


@pytest.mark.parametrize("operator", [mosaic, blur])
def test_frames_of_a_film_cannot_be_averaged(operator: ImageOperator) -> None:
    """Noise that is drawn anew for every frame would leave with the mean of a few; nothing of the level is left."""
    window = Window(20, 60, 20, 70)
    dark, bright = (np.full((80, 90), 128, np.uint8) for _ in range(2))
    dark[window.slices], bright[window.slices] = 20, 230
    with steady_noise():
        first = operator(dark, window)
        assert np.array_equal(first, operator(dark, window))
        assert np.array_equal(first, operator(bright, window))
    assert not np.array_equal(first, operator(dark, window))


@pytest.mark.parametrize("operator", [mosaic, blur])
def test_frames_of_a_film_cannot_be_subtracted(operator: ImageOperator) -> None:
    """Where noise is the same, the difference of two frames is free of it: a second look at a thing is not read."""
    window = Window(20, 60, 20, 70)
    seen = [np.full((80, 90), 128, np.uint8) for _ in range(2)]
    for one in seen:
        one[window.slices] = RNG.integers(0, 256, (40, 50))
    with steady_noise():
        with noise_place(0):
            first = operator(seen[0], window)
            assert np.array_equal(first, operator(seen[1], window))
        with noise_place(1):  # another plane, or another face
            second = operator(seen[0], window)
    assert not np.array_equal(first, second)


def test_a_drawn_face_stands_for_faces_alone_and_what_is_asked_for_is_masked() -> None:
    policy = load("default")
    place = Region(5, 5, 20, 10)

    def masked(entity: str, op: str) -> str:
        road = policy.roads.image.model_copy(update={"default": Operator(op=op)})
        changed = policy.model_copy(update={"roads": policy.roads.model_copy(update={"image": road})})
        found = masks.masked([Finding(entity, place, 0.9, "test")], changed)
        return found[0][1].op if found else "nothing"

    assert masked("FACE", "neutral_face") == "neutral_face"
    assert masked("PERSON", "neutral_face") == "fill"
    assert masked("FACE", "keep") == "nothing"
    assert masked("ZONE", "keep") == "fill"
    assert masked("TEXT", "keep") == "fill"


@settings(max_examples=40, deadline=None)
@given(st.integers(-20, 110), st.integers(-20, 90), st.integers(1, 120), st.integers(1, 120), st.booleans())
def test_masks_cover_the_region_and_stay_within_their_extent(x: int, y: int, w: int, h: int, is_face: bool) -> None:
    policy = load("default")
    finding = Finding("FACE" if is_face else "PERSON", Region(x, y, w, h), 0.9, "test")
    pixels = np.full((80, 100, 3), 200, np.uint8)
    result = masks.apply(pixels, [(finding, Operator(op="fill"))], policy)
    window = masks.extent(finding, policy, pixels.shape)
    outside = np.ones((80, 100), bool)
    if window is not None:
        outside[window.slices] = False
    assert (result[outside] == 200).all()
    inside = result[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    if inside.size and not is_face:
        assert inside.max() == 0
    if is_face and x >= 0 and y >= 0 and x + w <= 100 and y + h <= 80 and min(w, h) >= 8:
        assert (inside == 0).mean() > 0.9


def test_letters_drawn_in_transparency_are_covered() -> None:
    alpha = np.zeros((40, 60), np.uint8)
    alpha[10:20, 10:50:3] = 255
    answered = [(Finding("PERSON", Region(10, 10, 40, 10), 0.9, "test"), Operator(op="fill"))]
    assert (masks.opaque(alpha, answered, load("default"))[10:20, 10:50] == 255).all()


def test_unknown_operators_fail_closed() -> None:
    answered = [(Finding("PERSON", Region(1, 1, 4, 4), 0.9, "test"), Operator(op="whitewash"))]
    with pytest.raises(AssetError, match="no image operator"):
        masks.apply(np.zeros((9, 9, 3), np.uint8), answered, load("default"))


def test_kept_entities_are_not_masked() -> None:
    policy: Policy = load("default")
    kept = policy.model_copy(update={"entities": {k: v for k, v in policy.entities.items() if k != "FACE"}})
    assert masks.masked([Finding("FACE", Region(0, 0, 5, 5), 0.9, "test")], kept) == []
