"""Identity cards and documents as wholes: an outline of four sides, and inside it what such a thing shows.

An identity card shows a face and a few lines, or the words of one; a document shows many lines. A card without a clear
outline, as in a scan, is the box around its face and its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.detectors.boxes import Box
from polyveil.modalities.image.ocr import Line
from polyveil.schema.locations import Region

CARD, DOCUMENT = "ID_CARD", "DOCUMENT"

_NUMBER_OF = r"(?! ?(?:card ?)?(?:no\b|number|#))"  # a form that asks for a card's number is no card
_NAMED = re.compile(
    rf"(?:identity|identification|\bid ?card|(?:driver'?s?|driving) ?licen[cs]e|passport){_NUMBER_OF}|"
    r"resident? (?:permit|card)|"
    r"residence permit|work permit|student (?:id|card)|(?:employee|staff|member(?:ship)?) card|"
    rf"(?:health (?:card|insurance)|social security){_NUMBER_OF}|"
    r"personalausweis|führerschein|permis de conduire|carte d.identit|documento nacional|"
    r"(?:身份证|驾驶证|护照)(?!件?号)|公民身份|通行证|居留|学生证|工作证|社会保障|医疗保险|军官证|P<[A-Z<]{3}|<<<",
    re.IGNORECASE,
)
_LABELS = re.compile(
    r"\b(?:sur)?names?\b|\bgiven|\bdob\b|date of birth|\bborn\b|\bsex\b|\bgender\b|nationality|expir|\bissued?\b|"
    r"\baddress\b|\bheight\b|\bclass\b|\bid ?(?:no|number)|valid|signature|"
    r"姓\s*名|性\s*别|民\s*族|出\s*生|住\s*址|号\s*码|有效期|签发|准驾|国\s*籍",
    re.IGNORECASE,
)
_SIDE = 720  # pixels of the longer side at which outlines are sought
_LEAST, _MOST = 0.008, 0.97  # of the picture's area
_FULL = 0.82  # of its smallest rotated box, for a contour to be a rectangle with round corners
_CARD_SIDES = (1.2, 2.0)  # ID-1 (ISO/IEC 7810) has 1.59, a passport's page 1.42
_PAGE_SIDES = (1.0, 4.5)  # receipts are long
_FACE = (0.015, 0.4)  # of a card's area
_PAGE_LINES, _CARD_LINES = 6, 2
_NUMBER = 5  # digits of a line that may be a card's number: a portrait with badges and signs has none
_SAME = 0.8  # shared area of two outlines, relative to the smaller
_REACH = 3.0  # heights of the face to which a card without an outline may extend beside it

Quad = npt.NDArray[np.float32]
"""(4, 2) corners."""

Point = npt.NDArray[np.float32] | tuple[float, float]


def named(lines: Sequence[Line]) -> bool:
    """Do lines have the words of an identity card?"""
    text = "\n".join(line.text for line in lines)
    return _NAMED.search(text) is not None or len(_LABELS.findall(text)) > 1


def detect(
    rgb: npt.NDArray[np.uint8], lines: Sequence[Line], faces: Sequence[Box], *, documents: bool = False
) -> Iterator[tuple[str, Region, float]]:
    """(entity, region, score in (0, 1)) of each card and, if asked for, document; `rgb` is (h, w, 3) uint8."""
    written = [line for line in lines if line.text.strip()]
    if not written or not (faces or named(written) or documents):
        return
    taken: list[Region] = []
    for quad in _outlines(rgb):
        region = _around(quad, rgb.shape)
        inside = [line for line in written if _holds(quad, line.quad.mean(axis=0))]
        score = _card(quad, inside, [one for one in faces if _holds(quad, _centre(one))])
        if score and not any(_shared(region, one) > _SAME for one in taken):
            taken.append(region)
            yield CARD, region, score
    for one in faces:
        if not any(_inside(_centre(one), region) for region in taken):
            loose = _loose(one, written, rgb.shape)
            if loose is not None:
                taken.append(loose)
                yield CARD, loose, 0.55
    if documents:
        for quad in _outlines(rgb):
            region = _around(quad, rgb.shape)
            free = [line for line in written if not any(_inside(line.quad.mean(axis=0), one) for one in taken)]
            count = sum(_holds(quad, line.quad.mean(axis=0)) for line in free)
            if count >= _PAGE_LINES and not any(_shared(region, one) > _SAME for one in taken):
                taken.append(region)
                yield DOCUMENT, region, min(0.9, 0.5 + 0.03 * count)


def _card(quad: Quad, lines: Sequence[Line], faces: Sequence[Box]) -> float:
    """How much what lies inside an outline makes it an identity card; 0 if it is none."""
    wide, tall = _sides(quad)
    if not _CARD_SIDES[0] <= max(wide, tall) / max(1.0, min(wide, tall)) <= _CARD_SIDES[1]:
        return 0.0
    text = "\n".join(line.text for line in lines)
    labels = len(_LABELS.findall(text))
    words = _NAMED.search(text) is not None
    pictured = any(_FACE[0] < w * h / (wide * tall) < _FACE[1] for _x, _y, w, h, _score in faces)
    numbered = len(lines) > _CARD_LINES and any(sum(map(str.isdigit, line.text)) >= _NUMBER for line in lines)
    if pictured and len(lines) >= _CARD_LINES and (words or labels or numbered):
        return min(0.95, 0.6 + 0.2 * words + 0.05 * labels)
    if words and labels and len(lines) > _CARD_LINES:
        return min(0.9, 0.5 + 0.05 * labels)
    return 0.0


def _loose(face: Box, lines: Sequence[Line], shape: tuple[int, ...]) -> Region | None:
    """A card that has no outline: its face, and the lines beside and below it that have a card's words."""
    x, y, w, h, _score = face
    near = [
        line
        for line in lines
        if abs(float(line.quad[:, 1].mean()) - y - h / 2) < _REACH * h
        and x - 2 * _REACH * w < float(line.quad[:, 0].mean()) < x + w + 2 * _REACH * w
        and line.height < 0.5 * h
    ]
    text = "\n".join(line.text for line in near)
    if len(near) <= _CARD_LINES or not _NAMED.search(text) or not _LABELS.search(text):
        return None
    corners = np.concatenate(
        [np.array([[x, y - 0.3 * h], [x + w, y + 1.4 * h]], np.float32), *(line.quad for line in near)]
    )
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    room = 0.06 * max(x1 - x0, y1 - y0)
    return _box(x0 - room, y0 - room, x1 + room, y1 + room, shape)


def _outlines(rgb: npt.NDArray[np.uint8]) -> list[Quad]:
    """Quadrilaterals of the size of a card or a page, the smallest first, in pixels of the picture."""
    import cv2

    ratio = min(1.0, _SIDE / max(rgb.shape[:2]))
    size = (max(8, round(rgb.shape[1] * ratio)), max(8, round(rgb.shape[0] * ratio)))
    small = np.asarray(cv2.GaussianBlur(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), (5, 5), 0))
    planes = [
        np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)),
        *np.moveaxis(np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2Lab)), 2, 0)[1:],
    ]
    quads: list[Quad] = []
    for plane in planes:
        for mask in _masks(np.ascontiguousarray(plane)):
            contours, _tree = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
            quads += [
                quad / ratio for contour in contours if (quad := _quad(np.asarray(contour), mask.size)) is not None
            ]
    return sorted(quads, key=lambda quad: float(np.prod(_sides(quad))))


def _masks(plane: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[np.uint8]]:
    """Edges closed up, and what is brighter than the rest."""
    import cv2

    for low, high in ((20, 60), (60, 150)):
        edges = cv2.dilate(cv2.Canny(plane, low, high), np.ones((3, 3), np.uint8))
        yield np.asarray(edges).astype(np.uint8)
    _level, bright = cv2.threshold(plane, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    closed = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    yield np.asarray(closed).astype(np.uint8)
    yield np.asarray(255 - closed).astype(np.uint8)


def _quad(contour: npt.NDArray[Any], area: int) -> Quad | None:
    """The four corners of a contour that is nearly a rectangle seen at a slant; None for all others."""
    import cv2

    hull = cv2.convexHull(contour)
    size = float(cv2.contourArea(hull))
    if not _LEAST * area < size < _MOST * area:
        return None
    corners = np.asarray(cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, closed=True), closed=True), np.float32)
    corners = corners.reshape(-1, 2)
    if len(corners) != 4 or cv2.contourArea(corners) < 0.9 * size:
        rectangle = cv2.minAreaRect(hull)
        corners = np.asarray(cv2.boxPoints(rectangle)).astype(np.float32)
        if size < _FULL * max(1.0, float(np.prod(rectangle[1]))):
            return None
    edges = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    if min(edges[0], edges[2]) < 0.55 * max(edges[0], edges[2]) or min(edges[1], edges[3]) < 0.55 * max(
        edges[1], edges[3]
    ):
        return None
    long, short = sorted((edges[0] + edges[2], edges[1] + edges[3]), reverse=True)
    return corners if _PAGE_SIDES[0] <= long / max(short, 1e-3) <= _PAGE_SIDES[1] else None


def _sides(quad: Quad) -> tuple[float, float]:
    """Mean lengths of opposite sides."""
    edges = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(edges[0] + edges[2]) / 2, float(edges[1] + edges[3]) / 2


def _holds(quad: Quad, point: Point) -> bool:
    import cv2

    return cv2.pointPolygonTest(quad.reshape(-1, 1, 2), (float(point[0]), float(point[1])), measureDist=False) >= 0


def _centre(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def _inside(point: Point, region: Region) -> bool:
    return region.x <= point[0] < region.x + region.w and region.y <= point[1] < region.y + region.h


def _around(quad: Quad, shape: tuple[int, ...]) -> Region:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return _box(x0, y0, x1, y1, shape)


def _box(x0: float, y0: float, x1: float, y1: float, shape: tuple[int, ...]) -> Region:
    left, top = max(0, int(np.floor(x0))), max(0, int(np.floor(y0)))
    right, bottom = min(shape[1], int(np.ceil(x1))), min(shape[0], int(np.ceil(y1)))
    return Region(left, top, max(1, right - left), max(1, bottom - top))


def _shared(a: Region, b: Region) -> float:
    wide, tall = min(a.x + a.w, b.x + b.w) - max(a.x, b.x), min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(0, wide) * max(0, tall) / max(1, min(a.w * a.h, b.w * b.h))
