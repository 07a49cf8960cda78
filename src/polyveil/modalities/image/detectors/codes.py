"""QR codes and bar codes, by ZXing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import MissingExtraError
from polyveil.modalities.image.detectors import bars
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region

_LONGEST = 2400  # pixels; larger pictures are searched reduced
_CLOSELY = 1400  # pixels of the longer side up to which a still picture is searched enlarged
_SHARPENED = 1.5  # how much of what a blur of three pixels takes away is added in the enlarged look
_QUIET = 0.1  # of a symbol's side: the four modules of the quiet zone of a QR code (ISO/IEC 18004) of version 4
_THIN = 0.15  # height over length, below which only a scan line of a linear code is known
_HIGH = 0.25  # of that length, to either side, for the height of its bars
_SMALLEST = 8  # pixels of a code's side
_EVEN = 1.6  # most that one of two opposite sides of a guessed code is longer
_LARGE = 0.25  # of the picture's shorter side, from which on a guess must have the edges that a code has
_STRAIGHT = 256  # pixels to which such a guess is brought
_DEPTHS = (2, 4, 6)  # pixels inside its edges, where light and dark modules must take turns
_TURNS = 8  # on two edges that meet: the least Data Matrix has ten modules a side
_GRAIN = 0.4  # of the steps between light and dark: those around single pixels, from which on a guess is a screen
_GREY_STEP = 24  # grey levels from dark to light, at least
_SAME = 0.6  # of a box that lies in one found before: the same code

Grey = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
"""(2, 3): from a picture that is searched to the one that was given."""


def detect(rgb: npt.NDArray[np.uint8], *, closely: bool = False) -> list[Finding]:
    """Every readable code, and those that were found but do not decode, as QR_CODE. `rgb` is (h, w, 3) uint8.

    closely: also straighten what looks like bars, at any slant and inverted, and search smaller pictures enlarged and
    sharpened, for small, soft and damaged codes; several times the work.
    """
    try:
        import zxingcpp  # noqa: F401 - the extra is what is asked for
    except ImportError as error:
        raise MissingExtraError("Finding QR codes and bar codes", "visual") from error
    import cv2

    whole = grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)).astype(np.uint8, copy=False)
    shrink = max(1.0, max(grey.shape) / _LONGEST)
    if shrink > 1:
        size = (round(grey.shape[1] / shrink), round(grey.shape[0] / shrink))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA)).astype(np.uint8, copy=False)
    found: list[Finding] = []
    for number, (picture, matrix) in enumerate(_looks(grey, shrink, closely=closely and max(rgb.shape) <= _CLOSELY)):
        again = _read(picture, matrix, rgb.shape, guesses=number == 0)
        found += [one for one in again if not any(_shared(one, other) > _SAME for other in found)]
    if closely:
        for cut, matrix, corners in bars.places(grey, whole):
            again = _straight(cut, matrix, corners, rgb.shape)
            found = [one for one in found if one.score == 1 or not any(_shared(other, one) > _SAME for other in again)]
            found += [one for one in again if not any(_shared(one, other) > _SAME for other in found)]
    return found


def _straight(cut: Grey, matrix: Matrix, corners: Matrix, shape: tuple[int, ...]) -> list[Finding]:
    """A code in a straight cut, with all that is striped there. The reader inverts square codes by itself."""
    for look in (cut, np.asarray(255 - cut).astype(np.uint8)):
        found = _read(look, matrix, shape, guesses=False)
        if found:
            region = _region(corners @ matrix.T, shape)
            return found if region is None else [*found, replace(found[0], location=region, value=None)]
    return []


def _looks(grey: Grey, shrink: float, *, closely: bool) -> Iterator[tuple[Grey, Matrix]]:
    """The pictures that are searched, and the way back from each."""
    import cv2

    plain = np.array([[shrink, 0, 0], [0, shrink, 0]], np.float64)
    yield grey, plain
    if not closely:
        return
    large = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    sharp = cv2.addWeighted(large, 1 + _SHARPENED, cv2.GaussianBlur(large, (0, 0), 3), -_SHARPENED, 0)
    yield np.asarray(sharp).astype(np.uint8), plain / 2


def _read(grey: Grey, matrix: Matrix, shape: tuple[int, ...], *, guesses: bool) -> list[Finding]:
    """The codes of one look, in a picture of `shape`. guesses: also those that do not decode."""
    import zxingcpp

    found = []
    for code in zxingcpp.read_barcodes(grey, return_errors=True):
        at = code.position
        corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
        points = np.array([[point.x, point.y, 1] for point in corners]) @ matrix.T
        if not code.valid and not (guesses and _is_even(points) and _is_sound(grey, code)):
            continue
        region = _region(points, shape)
        if region is not None:
            found.append(Finding("QR_CODE", region, 1.0 if code.valid else 0.5, "zxing", value=code.text or None))
    return found


def _is_even(corners: npt.NDArray[np.float64]) -> bool:
    """Could four corners be those of a code? What is guessed from texture often has one side of nothing."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return all(max(a, b) <= _EVEN * min(a, b) for a, b in zip(sides[:2], sides[2:], strict=True))


def _is_sound(grey: Grey, code: Any) -> bool:
    """Has a guess what a code has: edges, and modules that are more than single pixels?"""
    return not _is_frame(grey, code, grey.shape) and not _is_grain(grey, code)


def _is_grain(grey: Grey, code: Any) -> bool:
    """Is a guess a piece of a screen, whose dots are single pixels, as in dithered photographs?

    Of the steps between light and dark in 165 guesses from those, 53 % and more lead to a dot of one pixel and away
    from it; in codes of modules of 1.5 pixels that did not decode, turned, soft or damaged, at most 25 %.
    """
    at = code.position
    corners = np.array([[one.x, one.y] for one in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)])
    (left, top), (right, bottom) = np.maximum(corners.min(axis=0), 0), corners.max(axis=0) + 1
    cut = grey[top:bottom, left:right]
    if not cut.size:
        return False
    light = cut > (float(cut.min()) + float(cut.max())) / 2
    steps = [each[:, 1:] != each[:, :-1] for each in (light, light.T)]
    dots = sum(int((one[:, 1:] & one[:, :-1]).sum()) for one in steps)
    return dots > _GRAIN * max(1, sum(int(one.sum()) for one in steps))


def _is_frame(grey: Grey, code: Any, shape: tuple[int, ...]) -> bool:
    """Is a guess only the straight edges of something large, such as a picture in the picture or a window?

    A Data Matrix is guessed from two edges that are dark; along the other two, light and dark modules take turns, as
    many as one of its sizes has (ISO/IEC 16022, 5.1 and table 7), which is else said to be an error of its format.
    """
    import cv2
    import zxingcpp

    at = code.position
    corners = np.array([[one.x, one.y] for one in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)])
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    if code.format != zxingcpp.BarcodeFormat.DataMatrix or sides.min() < _LARGE * min(shape):
        return False
    if code.error.type == zxingcpp.ErrorType.Format:
        return True
    last = _STRAIGHT - 1
    target = np.array([[0, 0], [last, 0], [last, last], [0, last]], np.float32)
    transform = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    cut = np.asarray(cv2.warpPerspective(grey, transform, (_STRAIGHT, _STRAIGHT), flags=cv2.INTER_AREA))
    turns = [
        max(_turns(edge) for depth in _DEPTHS for edge in (side[depth], side[depth - 1]))
        for side in (cut, cut.T[::-1], cut[::-1], cut.T)
    ]
    return not any(min(one, other) >= _TURNS for one, other in zip(turns, turns[1:] + turns[:1], strict=True))


def _turns(edge: npt.NDArray[Any]) -> int:
    """How often light and dark take turns along a line of pixels."""
    low, high = float(edge.min()), float(edge.max())
    if high - low < _GREY_STEP:
        return 0
    light = edge > (low + high) / 2
    return int((light[1:] != light[:-1]).sum())


def _shared(one: Finding, other: Finding) -> float:
    """The part of one that lies in the other."""
    a, b = one.location, other.location
    if not isinstance(a, Region) or not isinstance(b, Region):
        return 0.0
    wide, tall = min(a.x + a.w, b.x + b.w) - max(a.x, b.x), min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(0, wide) * max(0, tall) / max(1, a.w * a.h)


def _region(points: npt.NDArray[np.float64], shape: tuple[int, ...]) -> Region | None:
    """The upright box around the corners (4, 2) of a code, with its quiet zone; a scan line is given height."""
    along, down = (
        (points[1] + points[2] - points[0] - points[3]) / 2,
        (points[3] + points[2] - points[0] - points[1]) / 2,
    )
    long, short = sorted((float(np.hypot(*along)), float(np.hypot(*down))), reverse=True)
    if long < _SMALLEST:
        return None
    if short < _THIN * long:
        line = along if float(np.hypot(*along)) >= float(np.hypot(*down)) else down
        aside = np.array([-line[1], line[0]]) * _HIGH
        points = np.concatenate([points + aside, points - aside])
    border = _QUIET * long + 2
    (x0, y0), (x1, y1) = points.min(axis=0) - border, points.max(axis=0) + border
    left, top = max(0, int(x0)), max(0, int(y0))
    right, bottom = min(shape[1], int(x1) + 1), min(shape[0], int(y1) + 1)
    if right <= left or bottom <= top:
        return None
    return Region(left, top, right - left, bottom - top)
