"""A thing that moves is followed both ways, until it is gone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from tests.modalities.video.conftest import ground

from polyveil.modalities.video.follow import follow
from polyveil.modalities.video.scene import Box, overlaps

Grey = npt.NDArray[np.uint8]
SIZE = (320, 180)


def passing(count: int, step: float, growth: float = 1.0) -> tuple[list[Grey], list[Box]]:
    """A textured vehicle that drives to the right over a ground that stands, and the box of its plate."""
    import cv2

    still = ground(*SIZE)[..., 1]
    car = np.random.default_rng(3).integers(20, 235, (12, 20), dtype=np.uint8)
    frames, boxes = [], []
    for number in range(count):
        zoom = growth**number
        wide, tall = round(60 * zoom), round(36 * zoom)
        frame, left, top = still.copy(), round(10 + step * number), 70
        small = np.asarray(cv2.resize(car, (wide, tall), interpolation=cv2.INTER_LINEAR)).astype(np.uint8)
        shown = small[:, : max(0, SIZE[0] - left)]
        frame[top : top + tall, left : left + wide] = shown
        frames.append(frame)
        boxes.append((left + 20 * zoom, top + 22 * zoom, 20 * zoom, 8 * zoom))
    return frames, boxes


@pytest.mark.parametrize(("step", "growth"), [(0.0, 1.0), (5.0, 1.0), (9.0, 1.0), (4.0, 1.02)])
def test_a_vehicle_is_followed_forwards_and_backwards(step: float, growth: float) -> None:
    frames, boxes = passing(20, step, growth)
    for seen, places in ((frames, boxes), (frames[::-1], boxes[::-1])):
        found = list(follow(places[0], seen[0], seen[1:]))
        assert len(found) == 19
        shared = overlaps(np.array(found), np.array(places[1:]))
        assert float(shared.min()) > 0.4, "twice the box in a mask covers it"


def test_a_vehicle_that_crosses_the_frame_in_no_time_is_found_again() -> None:
    frames, boxes = passing(7, 36.0, 1.02)
    for seen, places in ((frames, boxes), (frames[::-1], boxes[::-1])):
        found = list(follow(places[0], seen[0], seen[1:]))
        assert len(found) == 6
        assert float(overlaps(np.array(found), np.array(places[1:])).min()) > 0.4


def test_what_leaves_the_frame_is_let_go() -> None:
    frames, boxes = passing(40, 9.0)
    found = list(follow(boxes[0], frames[0], frames[1:]))
    assert 20 < len(found) < 36
    assert all(a[0] < b[0] for a, b in pairwise(found))


def test_what_has_no_corners_or_is_covered_is_lost_at_once() -> None:
    blank = np.full(SIZE[::-1], 90, np.uint8)
    frames, boxes = passing(2, 0.0)
    assert list(follow(boxes[0], blank, [blank])) == []
    assert list(follow(boxes[0], frames[0], [blank])) == []
