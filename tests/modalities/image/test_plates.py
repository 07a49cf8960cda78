"""Number plates on vehicles: what was misread, and what is none."""

from __future__ import annotations

import numpy as np
import pytest

from polyveil.modalities.image.detectors.plate import on_vehicles, plates, whole
from polyveil.modalities.image.ocr import Line
from polyveil.schema.locations import Region

PICTURE = np.full((480, 640, 3), 90, np.uint8)
CAR = (100.0, 100.0, 300.0, 240.0, 0.8)
ON, ROOF, BESIDE = (200.0, 280.0), (200.0, 110.0), (500.0, 280.0)


def line(text: str, at: tuple[float, float], *, wide: float = 90, tall: float = 24, score: float = 0.9) -> Line:
    (x, y) = at
    quad = np.array([[x, y], [x + wide, y], [x + wide, y + tall], [x, y + tall]], np.float32)
    return Line(quad, text, score, ())


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (line("13213", ON), "LICENSE_PLATE"),
        (line("P95", ON, score=0.5), "LICENSE_PLATE"),
        (line("RK+896A0", ON), "LICENSE_PLATE"),
        (line("G-WAGEN", ON), "LICENSE_PLATE"),
        (line("满D·T5022", ON), "CN_LICENSE_PLATE"),
        (line("XO", ON, score=0.4), "LICENSE_PLATE"),
        (line("13213", ROOF), None),
        (line("13213", BESIDE), None),
        (line("13213", ON, wide=250), None),
        (line("13213", ON, wide=20, tall=24), None),
        (line("XO", ON), None),
        (line("Service partner", ON), None),
        (line("turbo", ON), None),
    ],
)
def test_marks_on_a_vehicle(seen: Line, expected: str | None) -> None:
    found = [entity for entity, _, _, _ in on_vehicles(PICTURE, [seen], [CAR], [])]
    assert found == ([expected] if expected else [])


def test_a_vehicle_shows_one_plate() -> None:
    plate, badge = line("7ABC123", ON), line("RX330", (130.0, 220.0))
    known = [whole(plate, PICTURE.shape)]
    assert list(on_vehicles(PICTURE, [plate, badge], [CAR], known)) == []
    numbered = list(on_vehicles(PICTURE, [line("13213", ON), line("LEXUS", (130.0, 220.0))], [CAR], []))
    assert [text for _, _, _, text in numbered] == ["13213"]


def test_a_number_that_rides_on_nothing_is_no_plate() -> None:
    assert list(plates([line("13213", ON)])) == []
    assert list(on_vehicles(PICTURE, [line("13213", ON)], [], [])) == []


def test_the_plate_around_its_characters_stays_in_the_picture() -> None:
    assert whole(line("ABC1234", (100, 100), wide=100, tall=20), (480, 640)) == Region(92, 95, 116, 30)
    edge = whole(line("ABC1234", (0, 0), wide=100, tall=20), (480, 640))
    assert (edge.x, edge.y) == (0, 0)
