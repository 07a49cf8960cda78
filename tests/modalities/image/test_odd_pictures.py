"""Odd pictures through the room: upright, whole, as deep as they were, and without a word of what stood beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.modalities.image.odd_pictures import HEIGHT, MARK, PICTURES, WIDTH, Odd, shown

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.image.codec import decode
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

_MASK = Region(60, 36, 24, 20)


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """Nothing is looked for: what is tested is what comes out beside the masks."""
    policy = load("default").model_copy(update={"entities": {"FACE": load("default").entities["FACE"]}})
    roads = policy.roads.model_copy(update={"image": policy.roads.image.model_copy(update={"denoise": "off"})})
    return Context(policy.model_copy(update={"roads": roads}), Identity(b"o" * 32), tmp_path)


def _eight(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) as 8-bit levels with fractions."""
    levels = pixels.astype(float) / (257 if pixels.dtype == np.uint16 else 1)
    return np.repeat(levels[..., None], 3, axis=2) if levels.ndim == 2 else levels


@pytest.mark.parametrize("masked", [False, True], ids=["untouched", "masked"])
@pytest.mark.parametrize("name", PICTURES)
def test_odd_pictures(name: str, masked: bool, ctx: Context) -> None:
    odd: Odd = PICTURES[name]
    data = odd.make()
    part = Part("", Modality.IMAGE, "image/*", data)
    blind = replace(ctx, policy=ctx.policy.model_copy(update={"entities": {}}))
    found = [Finding("FACE", _MASK, 1.0, "test")] if masked else []
    transformed = room.transform(part, found, ctx)
    done = transformed.part
    assert isinstance(done.data, bytes)
    for trace in (MARK.encode(), MARK.encode("utf-16-le"), b"adobe:ns:meta", b"ftypmp42"):
        assert trace not in done.data
    if odd.written:
        assert done.media_type == odd.written
    if name.startswith("raw"):
        assert transformed.metrics["left_out"] == "sensor data"

    was, now = decode(part, Limits()), decode(done, Limits())
    assert len(now.frames) == len(was.frames) == odd.frames
    assert now.durations == tuple(odd.durations)
    assert now.bits == odd.bits
    assert bool(now.alpha) == odd.alpha
    assert now.colour == was.colour
    expected = shown(grey=odd.grey).astype(float)
    away = np.ones((HEIGHT, WIDTH), bool)
    away[30:62, 54:90] = False  # the mask, and what moves in animations
    away[36:54, 16:90] = False
    for frame in now.frames:
        assert frame.shape[:2] == (HEIGHT, WIDTH)
        assert (frame.dtype == np.uint16) == (odd.bits > 8)
        assert np.abs(_eight(frame) - expected)[away].mean() < odd.tolerance + 0.6 * (odd.bits > 8)
        if masked:
            inner = frame[_MASK.y + 6 : _MASK.y + _MASK.h - 6, _MASK.x + 6 : _MASK.x + _MASK.w - 6]
            assert _eight(inner).mean() < 12
    if odd.bits > 8 and odd.tolerance < 1 and not masked:
        assert all(np.array_equal(a, b) for a, b in zip(was.frames, now.frames, strict=True))
    if not masked:
        marks = [room.inspect(one, blind).fingerprint for one in (part, done)]
        assert room.similar(*marks)


@pytest.mark.parametrize("name", ["HEIC with transparency", "HEIC of tiles with transparency, turned"])
def test_the_transparency_of_heic_lies_where_it_lay(name: str, ctx: Context) -> None:
    part = Part("", Modality.IMAGE, "image/heic", PICTURES[name].make())
    done = room.transform(part, [], ctx)
    assert "left_out" not in done.metrics
    (alpha,) = decode(done.part, Limits()).alpha
    assert alpha[-7:-1, 1:15].mean() == pytest.approx(128, abs=6)
    alpha[-10:, :18] = 255
    assert alpha.min() > 245


def test_nothing_of_a_heic_file_crashes_the_reader(ctx: Context) -> None:
    """Every byte of the structure before the pictures, damaged in turn: read, or refused with a code."""
    from polyveil.errors import AssetError

    whole = PICTURES["HEIC of tiles"].make()
    end = whole.index(b"mdat")
    refused = 0
    for at in range(8, end, 5):
        data = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            decode(replace(Part("", Modality.IMAGE, "image/heic", whole), data=data), ctx.limits)
        except AssetError:
            refused += 1
    assert refused > 20
