"""Duplicates: exact by pixels, near by perceptual hash, and every near pair shares a band."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter, ImageOps

from polyveil.modalities.image.fingerprint import DISTANCE, bands, fingerprint, similar
from polyveil.modalities.image.picture import Picture
from polyveil.schema.inspection import Fingerprint

PHOTO = Path(__file__).parent / "astronaut.jpg"


def mark(image: Image.Image) -> Fingerprint:
    return fingerprint(Picture((np.asarray(image),), "PNG"), np.asarray(image.convert("L")))


def photo() -> Image.Image:
    return Image.open(PHOTO).convert("RGB")


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=DISTANCE))
def test_hashes_within_the_distance_share_a_band(value: int, flips: set[int]) -> None:
    other = value
    for bit in flips:
        other ^= 1 << bit
    assert set(bands(value.to_bytes(8, "big"))) & set(bands(other.to_bytes(8, "big")))


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=quality)
    return Image.open(sink).convert("RGB")


@pytest.mark.parametrize(
    "change",
    [
        lambda image: jpeg(image, 30),
        lambda image: image.resize((128, 128)),
        lambda image: image.filter(ImageFilter.GaussianBlur(2)),
        lambda image: Image.eval(image, lambda level: min(255, level + 12)),
        lambda image: jpeg(ImageOps.mirror(image), 40),
    ],
    ids=["jpeg", "half", "blur", "brighter", "mirrored"],
)
def test_near_duplicates(change: object) -> None:
    a, b = mark(photo()), mark(change(photo()))  # type: ignore[operator]
    assert a.exact != b.exact
    assert similar(a, b)
    assert set(a.bands) & set(b.bands)


def test_different_pictures_are_not_similar() -> None:
    rng = np.random.default_rng(11)
    others = [Image.fromarray(rng.integers(0, 255, (9, 9, 3), np.uint8)).resize((200, 200)) for _ in range(40)]
    marks = [mark(photo()), mark(photo().rotate(90)), *map(mark, others)]
    pairs = [(a, b) for i, a in enumerate(marks) for b in marks[i + 1 :]]
    assert sum(similar(a, b) for a, b in pairs) == 0


def test_lossless_copies_are_exact_and_blank_pictures_have_no_near_mark() -> None:
    sink = io.BytesIO()
    photo().save(sink, "PNG")
    assert mark(photo()) == mark(Image.open(sink).convert("RGB"))
    blank = mark(Image.new("RGB", (100, 100), (90, 90, 90)))
    assert blank.near == b""
    assert blank.bands == ()
    assert not similar(blank, mark(Image.new("RGB", (100, 100), (91, 91, 91))))
