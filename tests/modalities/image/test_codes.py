"""Codes of every kind: small, turned, inverted, damaged; the whole symbol is covered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from polyveil.modalities.image.detectors import codes
from polyveil.schema.locations import Region

QUIET = 10  # modules, what the most demanding kind asks for
SIDE = 760


def symbol(name: str) -> npt.NDArray[np.uint8]:
    """One pixel a module, dark 0, without a quiet zone."""
    import zxingcpp

    kinds: dict[str, tuple[Any, str]] = {
        "qr": (zxingcpp.BarcodeFormat.QRCode, "https://example.org/u/55312"),
        "data matrix": (zxingcpp.BarcodeFormat.DataMatrix, "PATIENT 448123 X"),
        "pdf417": (zxingcpp.BarcodeFormat.PDF417, "HOLLOWAY MARGARET 1984"),
        "aztec": (zxingcpp.BarcodeFormat.Aztec, "TICKET 99182 A"),
        "code 128": (zxingcpp.BarcodeFormat.Code128, "AB-448123"),
    }
    kind, text = kinds[name]
    drawn = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=1))
    rows, columns = np.nonzero(drawn < 128)
    cut = drawn[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return cut if name != "code 128" else np.repeat(cut[:1], 30, axis=0)


def scene(
    name: str, module: float, *, turn: float = 0, invert: bool = False, damage: float = 0, blur: float = 0
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """A label with a code on a grey ground, and where the symbol is."""
    import cv2

    drawn = np.kron(symbol(name), np.ones((8, 8), np.uint8)).astype(np.uint8)
    card = np.pad(drawn, 8 * QUIET, constant_values=255)
    if damage:
        side = int((damage * drawn.size) ** 0.5)
        at = card.shape[0] // 2
        card[at - side // 2 : at + side // 2, at - side // 2 : at + side // 2] = 255
    card = 255 - card if invert else card
    tall, wide = card.shape
    matrix = np.asarray(cv2.getRotationMatrix2D((wide / 2, tall / 2), turn, module / 8), np.float64)
    matrix[:, 2] += SIDE / 2 - np.array([wide, tall]) / 2
    small = cv2.GaussianBlur(card, (0, 0), 3.2 / module * 1.2)
    rng = np.random.default_rng(1)
    picture = cv2.resize(rng.integers(80, 190, (6, 6), np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    cv2.warpAffine(small, matrix, (SIDE, SIDE), dst=picture, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_TRANSPARENT)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    where = np.zeros(card.shape, np.uint8)
    where[8 * QUIET : -8 * QUIET, 8 * QUIET : -8 * QUIET] = 1
    inside = cv2.warpAffine(where, matrix, (SIDE, SIDE), flags=cv2.INTER_NEAREST)
    noisy = np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
    return np.repeat(noisy[..., None], 3, axis=2), inside > 0


@pytest.mark.parametrize("name", ["qr", "data matrix", "pdf417", "aztec", "code 128"])
@pytest.mark.parametrize(
    "how", [{"module": 3.0}, {"module": 4.0, "turn": 30}, {"module": 4.0, "invert": True}, {"module": 3.0, "blur": 1.0}]
)
def test_codes_are_covered_whole(name: str, how: dict[str, Any]) -> None:
    rgb, inside = scene(name, **how)
    covered = np.zeros(inside.shape, bool)
    for one in codes.detect(rgb, closely=True):
        place = one.location
        assert isinstance(place, Region)
        covered[place.y : place.y + place.h, place.x : place.x + place.w] = True
    assert (covered & inside).sum() > 0.97 * inside.sum()


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("turn", [12, 38, 71])
@pytest.mark.parametrize("name", ["pdf417", "code 128"])
def test_bars_at_a_slant_in_a_large_photograph(name: str, turn: float, invert: bool) -> None:
    """The reader itself follows lines across the picture, and finds none of these."""
    part, inside = scene(name, 3.0, turn=turn, invert=invert)
    rgb = np.random.default_rng(2).integers(90, 110, (1500, 2800, 3), np.uint8)
    rgb[300 : 300 + SIDE, 1500 : 1500 + SIDE] = part
    covered = np.zeros(rgb.shape[:2], bool)
    for one in codes.detect(rgb, closely=True):
        place = one.location
        assert isinstance(place, Region)
        covered[place.y : place.y + place.h, place.x : place.x + place.w] = True
    assert covered[300 : 300 + SIDE, 1500 : 1500 + SIDE][inside].mean() > 0.97
    assert covered.mean() < 0.12


def test_a_code_that_does_not_decode_is_found_all_the_same() -> None:
    rgb, inside = scene("qr", 4.0, damage=0.12)
    found = codes.detect(rgb, closely=True)
    assert found
    covered = np.zeros(inside.shape, bool)
    for one in found:
        assert isinstance(one.location, Region)
        covered[one.location.y : one.location.y + one.location.h, one.location.x : one.location.x + one.location.w] = (
            True
        )
    assert (covered & inside).sum() > 0.9 * inside.sum()


@pytest.mark.parametrize("damage", [0.2, 0.4])
@pytest.mark.parametrize("turn", [0, 17, 100])
def test_a_large_data_matrix_that_does_not_decode_is_found(damage: float, turn: float) -> None:
    rgb, inside = scene("data matrix", 14.0, damage=damage, turn=turn)
    found = codes.detect(rgb)
    assert [one.score for one in found] == [0.5]
    place = found[0].location
    assert isinstance(place, Region)
    covered = np.zeros(inside.shape, bool)
    covered[place.y : place.y + place.h, place.x : place.x + place.w] = True
    assert (covered & inside).sum() > 0.97 * inside.sum()


@pytest.mark.parametrize("side", [200, 300, 320])
def test_a_picture_in_the_picture_is_no_code(side: int) -> None:
    """Its two straight edges and corners are what a Data Matrix is guessed from."""
    photograph = Image.open(Path(__file__).parent / "astronaut.jpg").convert("RGB").resize((side, side))
    slide = Image.new("RGB", (640, 480), (90, 120, 150))
    slide.paste(photograph, (80, 60))
    assert codes.detect(np.asarray(slide)) == []


@pytest.mark.parametrize("longest", [300, 512])
def test_a_dithered_photograph_holds_no_code(longest: int) -> None:
    """Its single dots are what a Data Matrix of modules of one pixel would look like."""
    photograph = Image.open(Path(__file__).parent / "astronaut.jpg").convert("L").resize((longest, longest))
    dithered = np.asarray(photograph.convert("1").convert("RGB"))
    assert codes.detect(dithered, closely=True) == []


@pytest.mark.parametrize("module", [1.5, 2.0])
def test_small_modules_are_no_grain(module: float) -> None:
    rgb, inside = scene("data matrix", module, damage=0.3)
    place = codes.detect(rgb)[0].location
    assert isinstance(place, Region)
    covered = np.zeros(inside.shape, bool)
    covered[place.y : place.y + place.h, place.x : place.x + place.w] = True
    assert (covered & inside).sum() > 0.9 * inside.sum()


def test_small_soft_codes_need_the_close_look() -> None:
    rgb, _inside = scene("qr", 2.0, blur=1.0)
    assert codes.detect(rgb, closely=True)


def test_a_picture_without_a_code() -> None:
    noise = np.random.default_rng(3).integers(60, 200, (300, 400, 3), np.uint8)
    assert codes.detect(noise, closely=True) == []
