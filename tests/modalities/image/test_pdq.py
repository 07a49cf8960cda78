"""PDQ: the hash that others compute, forms that are those of turned pictures, and a place in the index."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from polyveil.modalities.image.fingerprint import fingerprint, similar
from polyveil.modalities.image.pdq import BYTES, DISTANCE, LEAST_QUALITY, distance, pdq
from polyveil.modalities.image.picture import Picture
from polyveil.schema.inspection import Fingerprint

PHOTO = Path(__file__).parent / "astronaut.jpg"
Grey = npt.NDArray[np.uint8]

REFERENCE = "2a8d555ea88d155e8a8d555e2a8d155eaa8d555eaaad555e180c4559fff2aaa1"

TURNED: tuple[Callable[[Grey], Grey], ...] = tuple(
    (lambda grey, mirrored=mirrored, turns=turns: np.rot90(grey[:, ::-1] if mirrored else grey, -turns))  # type: ignore[misc]
    for mirrored in (False, True)
    for turns in range(4)
)


def photo() -> Grey:
    return np.asarray(Image.open(PHOTO).convert("L"))


def mark(image: Image.Image) -> Fingerprint:
    return fingerprint(Picture((np.asarray(image),), "PNG"), np.asarray(image.convert("L")), "pdq")


def drawn(width: int, height: int, seed: int) -> Grey:
    """Soft spots, made by arithmetic alone: the same everywhere."""
    rows, columns = np.mgrid[0:height, 0:width] / height
    waves = sum(np.sin((3 + seed + n) * rows + (7 - n) * columns * (1 + seed % 3) + n) for n in range(1, 9))
    return np.asarray(np.rint(127 + 15 * waves), np.uint8)


def test_the_hash_is_that_of_the_published_program() -> None:
    """Reference: pdqhash 0.2.8, which compiles the authors' own C++, on `drawn(200, 150, 4)`."""
    hashed = pdq(drawn(200, 150, 4))
    assert distance(hashed.forms[0], bytes.fromhex(REFERENCE)) <= 2, "bits at the median fall either way"


@pytest.mark.parametrize("form", range(8))
def test_forms_are_the_hashes_of_turned_pictures(form: int) -> None:
    grey = drawn(257, 190, 2)
    turned = pdq(np.ascontiguousarray(TURNED[form](grey)))
    assert distance(pdq(grey).forms[form], turned.forms[0]) <= 2


@given(st.integers(0, 40), st.integers(1, 600), st.integers(1, 600))
def test_hashes_of_any_size_have_at_most_half_of_their_bits_set(seed: int, width: int, height: int) -> None:
    hashed = pdq(drawn(width, height, seed))
    assert all(len(form) == BYTES for form in hashed.forms)
    assert all(int.from_bytes(form, "big").bit_count() <= 4 * BYTES for form in hashed.forms)
    assert 0 <= hashed.quality <= 100


@pytest.mark.parametrize(
    "change", [lambda grey: grey // 2 + 60, lambda grey: np.minimum(grey, 220), lambda grey: grey[::2, ::2]]
)
def test_a_changed_copy_is_near(change: Callable[[Grey], Grey]) -> None:
    assert distance(pdq(photo()).forms[0], pdq(np.ascontiguousarray(change(photo()))).forms[0]) <= DISTANCE


@pytest.mark.parametrize("form", range(8))
def test_a_turned_and_recompressed_copy_is_found_through_the_index(form: int) -> None:
    sink = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(TURNED[form](photo()))).save(sink, "JPEG", quality=40)
    a, b = mark(Image.open(PHOTO).convert("RGB")), mark(Image.open(sink).convert("RGB"))
    assert a.exact != b.exact
    assert similar(a, b)
    assert similar(b, a)
    assert set(a.bands) & set(b.bands)


def test_different_pictures_are_not_similar() -> None:
    marks = [mark(Image.fromarray(drawn(200, 150, seed))) for seed in range(0, 40, 4)]
    marks.append(mark(Image.open(PHOTO)))
    assert sum(similar(a, b) for index, a in enumerate(marks) for b in marks[index + 1 :]) == 0


def test_pictures_without_detail_have_no_near_mark() -> None:
    blank = np.full((100, 120), 90, np.uint8)
    assert pdq(blank).quality < LEAST_QUALITY < pdq(photo()).quality
    assert mark(Image.fromarray(blank)).near == b""
    assert mark(Image.fromarray(blank)).bands == ()


def test_hashes_of_two_kinds_are_never_alike() -> None:
    image = Image.open(PHOTO).convert("RGB")
    half = image.resize((image.width // 2, image.height // 2))
    other = fingerprint(Picture((np.asarray(half),), "PNG"), np.asarray(half.convert("L")))
    assert not similar(mark(image), other)
    assert not set(mark(image).bands) & set(other.bands)
