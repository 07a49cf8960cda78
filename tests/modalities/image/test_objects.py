"""People and screens as wholes: found where they are, and only if the policy asks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from polyveil.modalities.image import detect
from polyveil.modalities.image.detectors import boxes, objects
from polyveil.policies import load
from polyveil.schema.locations import Region
from polyveil.schema.policy import Policy

ASTRONAUT = Path(__file__).parent / "astronaut.jpg"
FACE = (72.0, 40.0, 106.0, 126.0)


def wanting(*entities: str) -> Policy:
    policy = load("strict")
    road = policy.roads.image.model_copy(update={"all_text": False})
    update = {
        "entities": {name: policy.entities[name] for name in entities},
        "roads": policy.roads.model_copy(update={"image": road}),
    }
    return policy.model_copy(update=update)


def person() -> npt.NDArray[np.uint8]:
    picture = Image.new("RGB", (900, 600), (120, 140, 120))
    picture.paste(Image.open(ASTRONAUT).convert("RGB"), (300, 90))
    return np.asarray(picture)


def test_a_person_is_found_whole() -> None:
    with Image.open(ASTRONAUT) as photo:
        widest = 1.3 * photo.width
    found = detect.find(person(), wanting("PERSON_BODY"))
    assert {one.entity for one in found} == {"PERSON_BODY"}
    best = max(found, key=lambda one: one.score).location
    assert isinstance(best, Region)
    x, y, w, h = FACE
    assert best.x <= 300 + x
    assert best.y <= 90 + y
    assert best.x + best.w >= 300 + x + w
    assert best.y + best.h >= 90 + y + 1.5 * h
    assert best.w <= widest


def test_nobody_is_looked_for_by_default() -> None:
    assert not load("default").wants("PERSON_BODY")
    assert not load("default").wants("SCREEN")
    assert all(one.entity == "FACE" for one in detect.find(person(), wanting("FACE")))


def test_an_empty_room_holds_nobody() -> None:
    rng = np.random.default_rng(2)
    wall = Image.fromarray(rng.integers(90, 160, (12, 16, 3), np.uint8)).resize((640, 480), Image.Resampling.BICUBIC)
    assert detect.find(np.asarray(wall), wanting("PERSON_BODY", "SCREEN")) == []


@pytest.mark.parametrize("held", [True, False])
def test_a_face_without_a_body_stands_for_one(held: bool) -> None:
    bodies = [(80.0, 40.0, 90.0, 300.0, 0.8)] if held else [(300.0, 40.0, 90.0, 300.0, 0.8)]
    found = objects.with_faces(bodies, [(100.0, 50.0, 30.0, 40.0, 0.9)], (400, 500))
    if held:
        assert found == bodies
    else:
        x, y, w, h, score = found[1]
        assert (x, y, score) == (100 + 15 - 48, 30, 0.9)
        assert (w, h) == (96, 320)


def test_pictures_are_fitted_without_stretching() -> None:
    picture = np.full((100, 300, 3), 255, np.uint8)
    padded, (tall, wide) = boxes.fitted(picture, 150, 32)
    assert (tall, wide) == (50, 150)
    assert padded.shape == (64, 160, 3)
    assert padded[:50, :150].min() == 255
    assert padded[50:].max() == padded[:, 150:].max() == 0
