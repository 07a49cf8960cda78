"""Restorable regions of pictures: one comes back exactly, the others stay masked."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Transformed
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

BOXES = (Region(20, 30, 40, 50), Region(50, 40, 40, 50), Region(150, 60, 30, 30))  # the first two overlap


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    policy = load("default")
    storage = policy.storage.model_copy(update={"regions": "seal"})
    return Context(policy.model_copy(update={"storage": storage}), Identity(bytes(32)), tmp_path)


def noise(mode: str) -> Image.Image:
    shape = (120, 200) if mode == "L" else (120, 200, len(mode))
    flat = np.random.default_rng(5).integers(60, 200, shape, np.uint8)
    if mode == "RGBA":
        flat[..., 3] = 200
    return Image.fromarray(flat)


def masked(picture: Image.Image, ctx: Context) -> tuple[np.ndarray, Transformed]:
    sink = io.BytesIO()
    picture.save(sink, "PNG")
    findings = [Finding("FACE", box, 0.9, "test") for box in BOXES]
    part = Part("", Modality.IMAGE, "image/png", sink.getvalue())
    roads = ctx.policy.roads.model_copy(update={"image": ctx.policy.roads.image.model_copy(update={"denoise": "off"})})
    quiet = Context(ctx.policy.model_copy(update={"roads": roads}), ctx.identity, ctx.workdir)
    done = room.transform(part, findings, quiet)
    return pixels(done.part), done


def pixels(part: Part) -> np.ndarray:
    assert isinstance(part.data, bytes)
    return np.asarray(Image.open(io.BytesIO(part.data))).astype(int)


def data(one: Transformed, number: int) -> bytes:
    kept = one.kept[number].data
    assert isinstance(kept, bytes)
    return kept


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_one_region_comes_back_and_no_other(ctx: Context, mode: str) -> None:
    picture = noise(mode)
    hidden, done = masked(picture, ctx)
    before = np.asarray(picture).astype(int)
    assert [one.entity for one in done.kept] == ["FACE"] * 3
    after = pixels(room.restore(done.part, [data(done, 2)], ctx))
    changed = (after != hidden) if after.ndim == 2 else (after != hidden).any(axis=2)
    x, y, w, h = 150, 60, 30, 30
    assert np.array_equal(after[y : y + h, x : x + w], before[y : y + h, x : x + w])
    changed[y - 12 : y + h + 12, x - 12 : x + w + 12] = False
    assert not changed.any()


def test_what_two_masks_share_is_in_neither_region(ctx: Context) -> None:
    hidden, done = masked(noise("RGB"), ctx)
    after = pixels(room.restore(done.part, [data(done, 0)], ctx))
    # The second face's own ellipse stays as it was masked, also where the first one's window reaches into it.
    rows, columns = np.mgrid[0:120, 0:200] + 0.5
    second = np.hypot((columns - 70) / (20 * 1.25), (rows - 65) / (25 * 1.25)) <= 1
    assert np.array_equal(after[second], hidden[second])
    assert (after != hidden).any()
    both = pixels(room.restore(done.part, [data(done, 0), data(done, 1)], ctx))
    assert (both[second] != hidden[second]).any()


def test_nothing_is_kept_unless_the_policy_says_so(ctx: Context) -> None:
    plain = Context(load("default"), ctx.identity, ctx.workdir)
    _hidden, done = masked(noise("RGB"), plain)
    assert done.kept == ()


def test_a_region_of_another_picture_is_refused(ctx: Context) -> None:
    _hidden, done = masked(noise("RGB"), ctx)
    with pytest.raises(AssetError) as caught:
        room.restore(done.part, [b"no region"], ctx)
    assert caught.value.code is QuarantineCode.CORRUPT
