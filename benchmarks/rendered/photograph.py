"""How a document is seen: turned, at a slant, small, faint, soft, on grounds of all sorts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import cv2
import numpy as np
import numpy.typing as npt
from benchmarks.rendered.sheet import Quad, Sheet, Word

from polyveil.sample.scenes import backdrop

CONDITIONS = (
    "flat", "tilted", "turned", "quarter", "slant", "small", "faint", "texture", "picture", "soft", "jpeg", "shade", "negative",
)  # fmt: skip
_SMALL = (13.0, 17.0)  # pixels of the font's size: capitals of 9 to 12, Chinese characters of 12 to 16
_LONGEST = 1600

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Seen:
    """A picture of a document: pixels (h, w, 3), ink (h, w) in [0, 255], its words where they lie now."""

    rgb: Pixels
    ink: Pixels
    words: tuple[Word, ...]
    conditions: tuple[str, ...]


def photograph(sheet: Sheet, conditions: tuple[str, ...], dice: Random) -> Seen:
    """The sheet under these conditions, on a ground that reaches beyond it where it is not flat."""
    chance = np.random.default_rng(dice.getrandbits(32))
    rgb, ink = np.asarray(sheet.image).astype(np.float32), np.asarray(sheet.ink)
    if "negative" in conditions:
        rgb = 255 - rgb * 0.93
    if "faint" in conditions:
        rgb = _faint(rgb, dice)
    if "texture" in conditions:
        rgb = _textured(rgb, ink, chance)
    if "picture" in conditions:
        rgb = _over_picture(rgb, ink, dice)
    matrix, size = _view(rgb.shape, sheet.size, conditions, dice)
    ground = np.array([dice.randint(60, 200) for _ in range(3)], np.float32) + chance.normal(
        0, 3, (size[1], size[0], 1)
    )
    inside = _warp(np.full(rgb.shape[:2], 1, np.float32), matrix, size)[..., None]
    rgb = _warp(rgb, matrix, size) * inside + ground * (1 - inside)
    if "shade" in conditions:
        rgb = _shaded(rgb, dice)
    if "soft" in conditions:
        rgb = cv2.GaussianBlur(rgb, (0, 0), dice.uniform(0.8, 1.5))
    if conditions != ("flat",):
        rgb = rgb + chance.normal(0, dice.uniform(0.5, 3), rgb.shape)
    seen = np.clip(rgb, 0, 255).astype(np.uint8)
    if "jpeg" in conditions:
        done, data = cv2.imencode(".jpg", seen[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, dice.randint(18, 40)])
        assert done
        seen = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1].astype(np.uint8)
    words = tuple(replace(word, quad=_moved(word.quad, matrix)) for word in sheet.words)
    return Seen(
        np.ascontiguousarray(seen), _warp(ink.astype(np.float32), matrix, size).astype(np.uint8), words, conditions
    )


def _view(shape: tuple[int, ...], letters: int, conditions: tuple[str, ...], dice: Random) -> tuple[npt.NDArray[np.float64], tuple[int, int]]:  # fmt: skip
    """The homography from the sheet to the picture, and the picture's (width, height)."""
    height, width = shape[:2]
    scale = dice.uniform(*_SMALL) / letters if "small" in conditions else dice.uniform(0.8, 1.2)
    angle = 0.0
    if "tilted" in conditions:
        angle = dice.choice((-1, 1)) * dice.uniform(2, 15)
    if "turned" in conditions:
        angle = dice.uniform(-180, 180)
    if "quarter" in conditions:
        angle = dice.choice((90, -90, 180)) + dice.uniform(-2, 2)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64) - (width / 2, height / 2)
    turn = np.deg2rad(angle)
    moved = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) * scale
    if "slant" in conditions:
        reach = 0.11 * min(width, height) * scale
        moved += [[dice.uniform(-reach, reach), dice.uniform(-reach, reach)] for _ in range(4)]
    room = 0 if conditions == ("flat",) or (angle == 0 and "slant" not in conditions) else dice.randint(10, 60)
    moved -= moved.min(axis=0) - room
    across = moved.max(axis=0) + room
    if max(across) > _LONGEST and "small" not in conditions:
        moved *= _LONGEST / max(across)
        across *= _LONGEST / max(across)
    matrix = cv2.getPerspectiveTransform(
        (corners + np.array([width / 2, height / 2])).astype(np.float32), moved.astype(np.float32)
    )
    return np.asarray(matrix), (int(np.ceil(across[0])), int(np.ceil(across[1])))


def _warp(
    layer: npt.NDArray[np.float32], matrix: npt.NDArray[np.float64], size: tuple[int, int]
) -> npt.NDArray[np.float32]:
    """Drawn at three times the size and reduced, so that nothing small is lost between pixels."""
    twice = np.diag([2.0, 2.0, 1.0]) @ matrix
    large = cv2.warpPerspective(layer, twice, (size[0] * 2, size[1] * 2), flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(large, size, interpolation=cv2.INTER_AREA)).astype(np.float32)


def _moved(quad: Quad, matrix: npt.NDArray[np.float64]) -> Quad:
    return np.asarray(cv2.perspectiveTransform(quad[None].astype(np.float64), matrix))[0].astype(np.float32)


def _faint(rgb: npt.NDArray[np.float32], dice: Random) -> npt.NDArray[np.float32]:
    """Ink and paper 35 to 70 levels apart."""
    paper = np.median(rgb.reshape(-1, 3), axis=0)
    return paper + (rgb - paper) * (dice.uniform(35, 70) / 225)


def _textured(rgb: npt.NDArray[np.float32], ink: Pixels, chance: np.random.Generator) -> npt.NDArray[np.float32]:
    """Fibres, a tint and guilloche lines behind the letters."""
    height, width = rgb.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = np.zeros((height, width), np.float32)
    for _ in range(3):
        period, phase, slope = chance.uniform(12, 40), chance.uniform(0, 6), chance.uniform(-0.6, 0.6)
        waves += (
            np.sin((ys + slope * xs + 14 * np.sin(xs / chance.uniform(60, 160) + phase)) * 2 * np.pi / period) > 0.93
        )
    fibres = cv2.GaussianBlur(chance.normal(0, 40, (height, width)).astype(np.float32), (0, 0), 1.5)
    tint = chance.uniform(0.75, 1.0, 3).astype(np.float32)
    ground = rgb * tint + fibres[..., None] - 38 * np.clip(waves, 0, 1)[..., None]
    over = (ink.astype(np.float32) / 255)[..., None]
    return ground * (1 - over) + rgb * over


def _over_picture(rgb: npt.NDArray[np.float32], ink: Pixels, dice: Random) -> npt.NDArray[np.float32]:
    """The document shines through to a picture behind it; the letters stay."""
    height, width = rgb.shape[:2]
    scene = backdrop(dice, (width, height)).astype(np.float32)
    part = dice.uniform(0.3, 0.5)
    over = (ink.astype(np.float32) / 255)[..., None]
    return (rgb * (1 - part) + scene * part) * (1 - over) + rgb * over


def _shaded(rgb: npt.NDArray[np.float32], dice: Random) -> npt.NDArray[np.float32]:
    """Light that falls off to one side, and a shadow with a soft edge."""
    height, width = rgb.shape[:2]
    ys, xs = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    turn = dice.uniform(0, 2 * np.pi)
    along = (xs - 0.5) * np.cos(turn) + (ys - 0.5) * np.sin(turn)
    light = 0.72 + 0.5 * along
    shadow = 1 - 0.4 / (1 + np.exp(-(along + dice.uniform(-0.3, 0.3)) * 40))
    return np.asarray(rgb * (light * shadow)[..., None]).astype(np.float32)
