"""Zones that are always masked, and zones in which nothing is."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.image import zones
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region, Track
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Zone

share = st.floats(0.0, 1.0)


@given(share, share, st.floats(0.01, 1.0), st.floats(0.01, 1.0), st.integers(1, 3000), st.integers(1, 3000))
def test_a_zone_lies_inside_the_picture_and_covers_its_part(  # noqa: PLR0917 - hypothesis gives them by position
    x: float, y: float, w: float, h: float, width: int, height: int
) -> None:
    place = zones.region(Zone(x=x, y=y, w=w, h=h), width, height)
    assert place.x >= 0
    assert place.y >= 0
    assert place.w >= 1
    assert place.h >= 1
    assert place.x + place.w <= width
    assert place.y + place.h <= height
    assert place.x <= x * width
    assert place.x + place.w >= min(width, (x + w) * width) - 1e-6


FACE, NAME = Region(10, 10, 20, 20), Region(12, 12, 5, 5)


@pytest.mark.parametrize(
    ("zone", "left"),
    [
        (Zone(x=0, y=0, w=0.5, h=0.5), []),
        (Zone(x=0, y=0, w=0.2, h=0.5), ["FACE"]),  # the face only reaches into it
        (Zone(x=0, y=0, w=0.5, h=0.5, entities=("FACE",)), ["PERSON"]),
        (Zone(x=0.5, y=0.5, w=0.5, h=0.5), ["FACE", "PERSON"]),
    ],
)
def test_exempt_zones(zone: Zone, left: list[str]) -> None:
    found = [Finding("FACE", FACE, 0.9, "test"), Finding("PERSON", NAME, 0.9, "test")]
    assert [one.entity for one in zones.kept(found, [zone], 100, 100)] == left


def test_a_track_is_exempt_only_while_it_lies_inside() -> None:
    track = Finding("FACE", Track(tuple((index, 10 * index, 10, 20, 20) for index in range(8))), 0.9, "test")
    (rest,) = zones.kept([track], [Zone(x=0, y=0, w=0.5, h=0.5)], 100, 100)
    assert isinstance(rest.location, Track)
    assert [box[0] for box in rest.location.boxes] == [4, 5, 6, 7]


def with_roads(ctx: Context, **roads: Any) -> Context:
    return replace(ctx, policy=ctx.policy.model_copy(update={"roads": ctx.policy.roads.model_copy(update=roads)}))


def test_a_picture_is_masked_in_its_zone(tmp_path: Path) -> None:
    ctx = Context(load("default"), Identity(bytes(32)), tmp_path)
    zone = Zone(x=0.25, y=0.5, w=0.25, h=0.25)
    ctx = with_roads(ctx, image=ctx.policy.roads.image.model_copy(update={"zones": (zone,)}))
    sink = io.BytesIO()
    Image.new("RGB", (200, 100), (200, 180, 90)).save(sink, "PNG")
    part = Part("", Modality.IMAGE, "image/png", sink.getvalue())
    done = room.transform(part, room.inspect(part, ctx).findings, ctx)
    after = np.asarray(Image.open(io.BytesIO(done.part.read())))
    assert not after[50:75, 50:100].any()
    assert (after[:45] == (200, 180, 90)).all()
    assert [(one.entity, one.operator) for one in done.applied] == [("ZONE", "fill")]


def test_zones_on_pages_of_different_sizes(tmp_path: Path) -> None:
    """The right half of a larger page lies elsewhere."""
    ctx = Context(load("default"), Identity(bytes(32)), tmp_path)
    zone = Zone(x=0.5, y=0, w=0.5, h=1)
    ctx = with_roads(ctx, image=ctx.policy.roads.image.model_copy(update={"zones": (zone,)}))
    sink = io.BytesIO()
    pages = [Image.new("RGB", size, (200, 180, 90)) for size in ((100, 60), (400, 240))]
    pages[0].save(sink, "TIFF", save_all=True, append_images=pages[1:])
    part = Part("", Modality.IMAGE, "image/tiff", sink.getvalue())
    done = room.transform(part, room.inspect(part, ctx).findings, ctx)
    after = Image.open(io.BytesIO(done.part.read()))
    for page, (width, height) in enumerate(((100, 60), (400, 240))):
        after.seek(page)
        pixels = np.asarray(after.convert("RGB"))
        assert pixels.shape == (height, width, 3)
        assert not pixels[:, width // 2 :].any()
    assert (pixels[100:, :40] == (200, 180, 90)).all()
