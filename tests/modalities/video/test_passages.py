"""Words that are read again far away are masked on the way there; what stays where it was is not."""

from __future__ import annotations

import numpy as np
import pytest

from polyveil.modalities.video.passages import passages
from polyveil.modalities.video.scene import Box, Scene, Sighting

PHONE = "+44 20 4177 7631"


def scene(*readings: list[tuple[Box, str, str]], step: int = 25, moves: float = 0.0) -> Scene:
    """A scene read every `step` frames; moves: of the camera, pixels a frame to the right."""
    made = Scene(0, 1280, 720)
    for number in range(step * (len(readings) - 1) + 1):
        matrix = np.eye(3)
        matrix[0, 2] = moves if number else 0.0
        made.advance(matrix, 1.0)
    for number, found in enumerate(readings):
        frame = number * step
        made.read.append(frame)
        made.writing[frame] = [Sighting(frame, box, 0.9, entity, "test", value) for box, entity, value in found]
    return made


def at(x: float, y: float = 100, *, entity: str = "PHONE_NUMBER", value: str = PHONE) -> tuple[Box, str, str]:
    return (x, y, 180.0, 26.0), entity, value


@pytest.mark.parametrize("value", [PHONE, "+44 20 4177 763l", "+44 2O 41777631"])
def test_words_that_went_far_are_bridged(value: str) -> None:
    found = list(passages(scene([at(20)], [at(420, value=value)], [at(820)])))
    assert [[one.box[0] for one in thread.points] for thread in found] == [[20, 420], [420, 820]]


@pytest.mark.parametrize(
    "second",
    [
        at(60),  # near: the same track
        at(420, value="+49 30 1234567"),
        at(420, entity="PERSON"),
        ((420.0, 100.0, 400.0, 60.0), "PHONE_NUMBER", PHONE),
    ],
)
def test_other_words_and_near_ones_are_not(second: tuple[Box, str, str]) -> None:
    assert list(passages(scene([at(20)], [second]))) == []


def test_what_the_camera_passes_is_near() -> None:
    assert list(passages(scene([at(20)], [at(420)], moves=16.0))) == []


def test_of_two_places_the_nearer_one_is_taken_and_each_once() -> None:
    found = list(passages(scene([at(20, 100), at(20, 400)], [at(620, 390), at(620, 90)])))
    assert [[one.box[1] for one in thread.points] for thread in found] == [[100, 90], [400, 390]]


def test_what_is_left_of_a_line_does_not_hide_where_it_went() -> None:
    found = list(passages(scene([at(20)], [at(24), at(420)])))
    assert [[one.box[0] for one in thread.points] for thread in found] == [[20, 420]]


def test_plates_and_empty_readings_are_left_alone() -> None:
    first, second = (at(x, entity="LICENSE_PLATE", value="AB12 CDE") for x in (20, 620))
    assert list(passages(scene([first], [second]))) == []
    assert list(passages(scene([at(20)], [], [at(820)]))) == []
