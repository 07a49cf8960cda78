"""Fine print: lines too small, or on too empty a ground, to be found at the size at which a whole picture is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.ocr.detect import NOTICED, Heat, Quads, boxes, boxes_around, heat_of, seen_at
from polyveil.modalities.image.ocr.lines import area, begins, height, shared
from polyveil.schema.locations import Region

_THIN = 8.6  # pixels of the map: the band of heat of letters up to some 14 pixels high, which hardly gets thinner
_SPECK = 12  # pixels of the map; less is noise
_FINER = 2.5  # times as large as before is a closer look
_LARGEST = 3.0  # times the picture's own pixels
_GAIN = 1.4  # less is not worth a look
_LOOKS = 2  # one after the other
_ROOM = 25  # pixels of the map around a line that a closer look takes in, both sides together
_GRID = 64  # pixels of the map; few sizes of places, since the runtime prepares itself for each
_AREA = 1_600_000  # pixels that are looked at in one piece
_INSIDE = 250_000  # pixels to which a single place is enlarged
_SHARED = 96  # pixels of two neighbouring strips: a line lies whole in one of them
_COVERED = 0.75  # of a line, by what a closer look shows of it, for that to take its place
_HUGE = 2.5  # heights of the lines inside it: a box that is no line
_EDGE = 24  # grey levels between neighbours: more than noise and shading
_CELL = 32  # pixels
_AROUND = 5  # cells of ground around what there is to see, both sides together
_EMPTY = 0.5  # share of a picture with something to see below which its ground is left out

Rgb = npt.NDArray[np.uint8]
Wanted = Callable[[Region], bool]


def search(rgb: Rgb, *, longest: int = 1600, shortest: int = 736, near: Sequence[Region] | None = None) -> Quads:
    """Quads (4, 2) of text lines in pixels of `rgb`, top to bottom, with closer looks at what is small.

    longest, shortest: as in `detect.seen_at`.
    near: look only where one of these regions is.
    """

    def wanted(place: Region) -> bool:
        return near is None or any(_touch(place, one) for one in near)

    found: Quads = []
    for island in filter(wanted, islands(rgb)):
        ratio = seen_at(_cut(rgb, island), longest, shortest)
        found += _look(rgb, island, ratio, wanted, _LOOKS)
    return sorted(found, key=begins)


def inside(rgb: Rgb, place: Region) -> Quads:
    """Quads (4, 2) of text lines in one place of a picture, enlarged, in pixels of the picture."""
    ratio = min(_LARGEST, (_INSIDE / (place.w * place.h)) ** 0.5)
    return _look(rgb, place, ratio, lambda _place: True, 1)


def islands(rgb: Rgb) -> list[Region]:
    """Where there is anything to see, if that is the smaller part of the picture; otherwise the whole picture.

    The detector judges by averages over all that it is shown: much empty ground makes it miss the little there is.
    """
    import cv2

    height, width = rgb.shape[:2]
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    edges = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))) > _EDGE
    rows, columns = -(-height // _CELL), -(-width // _CELL)
    padded = np.zeros((rows * _CELL, columns * _CELL), bool)
    padded[:height, :width] = edges
    cells = padded.reshape(rows, _CELL, columns, _CELL).any(axis=(1, 3))
    marked = np.asarray(cv2.dilate(np.asarray(cells, np.uint8), np.ones((_AROUND, _AROUND), np.uint8))).astype(bool)
    found = [_within(Region(*(_CELL * side for side in box)), rgb) for box in _upright(boxes_around(marked, 2))]
    small = sum(one.w * one.h for one in found) < _EMPTY * width * height
    return found if small else [Region(0, 0, width, height)]


def _look(rgb: Rgb, place: Region, ratio: float, wanted: Wanted, looks: int) -> Quads:
    """Quads in a place of the picture, seen at `ratio` times its size, with closer looks at what is thin there."""
    found: Quads = []
    for strip in _strips(place, ratio):
        heat = heat_of(_cut(rgb, strip), ratio)
        here = [quad + np.array([strip.x, strip.y], np.float32) for quad in boxes(heat, (strip.h, strip.w))]
        finer = min(ratio * _FINER, _LARGEST)
        if looks and finer >= _GAIN * ratio:
            for small in filter(wanted, _thin(heat, strip)):
                here = _replaced(here, _look(rgb, small, finer, wanted, looks - 1))
        found = _replaced(found, here)
    return found


def _strips(place: Region, ratio: float) -> Iterator[Region]:
    """A place in strips that overlap, none of more than `_AREA` pixels as it is seen, unless it is very wide."""
    tall = max(4 * _SHARED, int(_AREA / (place.w * ratio * ratio)))
    for top in range(0, max(1, place.h - _SHARED), max(1, tall - _SHARED)):
        yield Region(place.x, place.y + top, place.w, min(tall, place.h - top))


def _thin(heat: Heat, place: Region) -> list[Region]:
    """Where in a place lines are so thin that they may not have been found well, with room around; none overlap."""
    import cv2

    hot = (heat > NOTICED).astype(np.uint8)
    count, labels, stats, _centres = cv2.connectedComponentsWithStats(hot)
    inner = cv2.distanceTransform(hot, cv2.DIST_L2, 3)
    depth = np.zeros(count, np.float32)
    np.maximum.at(depth, np.asarray(labels).ravel().astype(np.intp), np.asarray(inner).ravel())
    chosen = (2 * depth <= _THIN) & (stats[:, cv2.CC_STAT_AREA] >= _SPECK)
    chosen[0] = False
    if not chosen.any():
        return []
    marked = cv2.dilate(chosen[labels].astype(np.uint8), np.ones((_ROOM, _ROOM), np.uint8))
    rows, columns = heat.shape
    found = []
    for x, y, w, h in _upright(boxes_around(np.asarray(marked).astype(bool), _GRID)):
        left, right = place.x + x * place.w // columns, place.x + -(-(x + w) * place.w // columns)
        top, bottom = place.y + y * place.h // rows, place.y + -(-(y + h) * place.h // rows)
        found.append(Region(left, top, right - left, bottom - top))
    return found


def _replaced(coarse: Quads, fine: Quads) -> Quads:
    """Lines of two looks at the same place: the finer ones, and of the others those that they do not cover."""
    if not coarse or not fine:
        return [*coarse, *fine]
    kept, dropped = [], set()
    for quad in coarse:
        inside = {number: both for number, other in enumerate(fine) if (both := shared(quad, other)) > 0}
        if sum(inside.values()) >= _COVERED * area(quad):
            continue
        kept.append(quad)
        tall = _HUGE * float(np.median([height(fine[number]) for number in inside])) if inside else 0.0
        if height(quad) <= tall:  # the line as a whole, of which only a part was seen again
            dropped |= {number for number, both in inside.items() if both >= _COVERED * area(fine[number])}
    return kept + [quad for number, quad in enumerate(fine) if number not in dropped]


def _cut(rgb: Rgb, place: Region) -> Rgb:
    return rgb[place.y : place.y + place.h, place.x : place.x + place.w]


def _upright(corners: Sequence[tuple[int, int, int, int]]) -> Iterator[tuple[int, int, int, int]]:
    return ((left, top, right - left, bottom - top) for left, top, right, bottom in corners)


def _within(place: Region, rgb: Rgb) -> Region:
    height, width = rgb.shape[:2]
    return Region(place.x, place.y, min(place.w, width - place.x), min(place.h, height - place.y))


def _touch(a: Region, b: Region) -> bool:
    return a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h
