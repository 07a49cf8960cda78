"""Faces in pictures that lie on their side or stand on their head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polyveil.modalities.image.detectors import face

ASTRONAUT = Path(__file__).parent / "astronaut.jpg"
_X, _Y, _W, _H = 72, 40, 106, 126  # of the face


def scene() -> np.ndarray:
    """(500, 700, 3): the astronaut on a smooth ground."""
    rng = np.random.default_rng(4)
    ground = Image.fromarray(rng.integers(80, 150, (10, 14, 3), np.uint8)).resize((700, 500), Image.Resampling.BICUBIC)
    ground.paste(Image.open(ASTRONAUT), (360, 150))
    return np.asarray(ground)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_every_position_is_searched(quarters: int) -> None:
    rgb = np.rot90(scene(), quarters)
    where = np.zeros(scene().shape[:2], bool)
    where[150 + _Y : 150 + _Y + _H, 360 + _X : 360 + _X + _W] = True
    where = np.rot90(where, quarters)
    found = np.zeros(where.shape, bool)
    boxes = face.detect_multiscale(np.ascontiguousarray(rgb), threshold=0.4)
    for x, y, w, h, _score in boxes:
        found[int(y) : int(np.ceil(y + h)), int(x) : int(np.ceil(x + w))] = True
    assert found[where].mean() > 0.7
    assert found[~where].mean() < 0.03
    assert boxes == sorted(boxes, key=lambda box: -box[4])


def test_two_people_of_whom_one_lies() -> None:
    upright = scene()
    picture = np.concatenate([upright, np.rot90(upright, 2)])
    sure = [box for box in face.detect_multiscale(picture, threshold=0.4) if box[3] > 60]
    assert len(sure) == 2
    assert {y > 500 for _x, y, *_rest in sure} == {False, True}
