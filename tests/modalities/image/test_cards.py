"""Identity cards as wholes, photographed at a slant on a table; receipts and windows are none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from polyveil.modalities.image import detect
from polyveil.modalities.image.detectors import cards
from polyveil.modalities.image.ocr import Line
from polyveil.policies import load
from polyveil.sample import papers
from polyveil.sample.lettering import Canvas
from polyveil.sample.people import Cast, cast
from polyveil.schema.locations import Region
from polyveil.schema.policy import Policy

CORNERS = np.array([[150, 130], [690, 90], [730, 420], [120, 440]], np.float32)


def policy(*, documents: bool = False) -> Policy:
    default = load("default")
    rule = default.entities["ID_CARD"]
    return default.model_copy(update={"entities": {"ID_CARD": rule, **({"DOCUMENT": rule} if documents else {})}})


def on_a_table(paper: Image.Image) -> npt.NDArray[np.uint8]:
    import cv2

    rng = np.random.default_rng(4)
    table = cv2.resize(rng.integers(60, 120, (6, 8, 3), np.uint8), (860, 560), interpolation=cv2.INTER_CUBIC)
    sheet = np.asarray(paper.convert("RGB"))
    source = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * np.array(paper.size, np.float32)
    warp = cv2.getPerspectiveTransform(source, CORNERS)
    cv2.warpPerspective(sheet, warp, (860, 560), dst=table, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    return np.asarray(table).astype(np.uint8)


@pytest.mark.parametrize("make", [papers.card_en, papers.card_zh])
def test_cards_are_found_whole(make: Callable[[Cast], Canvas]) -> None:
    found = [one for one in detect.find(on_a_table(make(cast(1)).image), policy()) if one.entity == "ID_CARD"]
    assert len(found) == 1
    region = found[0].location
    assert isinstance(region, Region)
    (x0, y0), (x1, y1) = CORNERS.min(axis=0), CORNERS.max(axis=0)
    assert abs(region.x - x0) < 20
    assert abs(region.y - y0) < 20
    assert abs(region.x + region.w - x1) < 20
    assert abs(region.y + region.h - y1) < 20


def test_a_receipt_is_a_document_and_no_card() -> None:
    picture = on_a_table(papers.receipt(cast(1)).image)
    assert detect.find(picture, policy()) == []
    assert {one.entity for one in detect.find(picture, policy(documents=True))} == {"DOCUMENT"}


def line(text: str, x: float, y: float, wide: float = 200, tall: float = 20) -> Line:
    quad = np.array([[x, y], [x + wide, y], [x + wide, y + tall], [x, y + tall]], np.float32)
    return Line(quad, text, 0.9, ())


def test_a_scanned_card_is_the_box_around_its_face_and_lines() -> None:
    page = np.full((400, 640, 3), 235, np.uint8)
    lines = [
        line("公民身份号码 110101199003074936", 40, 330),
        line("姓名 欧阳若兰", 40, 40),
        line("住址 杭州", 40, 180),
    ]
    found = list(cards.detect(page, lines, [(450.0, 60.0, 110.0, 140.0, 0.9)]))
    assert [entity for entity, _, _ in found] == ["ID_CARD"]
    region = found[0][1]
    assert region.x < 40
    assert region.y < 40
    assert region.x + region.w > 560
    assert region.y + region.h > 350


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["DRIVER LICENSE"], True),
        (["Name: x", "Date of birth: y"], True),
        (["Name: x"], False),
        (["TOTAL 6.48"], False),
    ],
)
def test_words_of_a_card(texts: list[str], expected: bool) -> None:
    assert cards.named([line(text, 0, 40 * number) for number, text in enumerate(texts)]) is expected
