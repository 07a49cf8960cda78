"""Draws masks straight into the Y, U and V planes: there is no way through RGB and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from polyveil import plugins
from polyveil.errors import AssetError
from polyveil.modalities.image.masks import fitting
from polyveil.modalities.image.operators import ImageOperator, Window, noise_place
from polyveil.modalities.image.operators.mosaic import surroundings
from polyveil.modalities.image.operators.replace_text import colours, lettering
from polyveil.modalities.image.zones import ZONE
from polyveil.modalities.video.drawn import Boxes, DrawnBox, Masked
from polyveil.modalities.video.operators.fill import BLACK, colour_in_yuv
from polyveil.modalities.video.reader import Planes, Video
from polyveil.modalities.video.track import MARGIN
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied
from polyveil.schema.locations import Track
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.policy import Operator, Policy

ROUND = frozenset({"FACE"})
"""Entities that an ellipse covers; all others are boxes."""

_GREY = frozenset({"neutral_face"})
"""Operators that draw without colour: chroma is at its middle."""

_TINTED = frozenset({"mosaic", "blur"})
"""Operators whose chroma is the mean of the surroundings: nothing of the region is in it, so it needs no noise, which
in these planes is red, green and blue tiles."""

_INKED = 0.6  # part of a chroma sample that is ink, for its colour to be that of the ink
_MARGIN = 0.1  # of a box's shorter side, and two pixels
_AROUND = 24  # pixels around a window that an operator may look at, at least
_MOST_BOXES = 20_000_000
_SHIFT = 4  # bits of a pixel's fraction in which masks are drawn
_SUBPIXELS = 1 << _SHIFT

Covered = tuple[Window, npt.NDArray[np.bool_]]
"""A mask's window in the luma plane, and the pixels in it that the mask changes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one kind of finding is masked."""

    entity: str
    operator: Operator
    round: bool
    scale: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn in which frame. tracks: the entity of each."""

    answers: tuple[Answer, ...]
    boxes: Boxes
    tracks: tuple[str, ...]
    applied: tuple[Applied, ...]


def plan(
    findings: Sequence[Finding], policy: Policy, text_of: Callable[[Finding, Operator], Operator] | None = None
) -> Plan:
    """Findings sorted by frame, with their operators. Raises AssetError if an operator is not installed.

    text_of: gives `replace_text` what it is to write; without it such findings are filled.
    """
    answers: list[Answer] = []
    places: dict[tuple[str, str], int] = {}
    masked: list[Masked] = []
    tracks: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    total = 0
    for finding in findings:
        if not isinstance(finding.location, Track):
            continue
        zone = finding.entity == ZONE
        operator = policy.roads.video.default if zone else policy.operator(finding.entity, Modality.VIDEO)
        operator = fitting(finding.entity, operator, asked=zone)
        if operator.op == "keep":
            continue
        if operator.op == "replace_text":
            operator = text_of(finding, operator) if text_of is not None else Operator(op="fill")
        counts[finding.entity, operator.op] += 1
        written = str(operator.params.get("text", "")) if operator.op == "replace_text" else ""
        kind = finding.entity, f"{operator.op} {written}"
        if kind not in places:
            places[kind] = len(answers)
            rounded = finding.entity in ROUND and policy.roads.video.shape == "ellipse"
            # The policy's scale refers to the detector's box; an ellipse of 1.3 / 1.12 covers 95 % of the track's.
            scale = max(1.0, policy.roads.video.scale / MARGIN) if finding.entity in ROUND else 1.0
            if operator.op != "fill":
                _operator(operator.op)
            answers.append(Answer(finding.entity, operator, rounded, scale))
        total += len(finding.location.boxes)
        if total > _MOST_BOXES:
            raise AssetError(QuarantineCode.TOO_LARGE, f"more than {_MOST_BOXES} boxes")
        masked.append(Masked(places[kind], len(tracks), finding.location))
        tracks.append(finding.entity)
    applied = tuple(Applied(entity, name, count) for (entity, name), count in sorted(counts.items()))
    return Plan(tuple(answers), Boxes(masked), tuple(tracks), applied)


def draw(planes: Planes, boxes: Sequence[DrawnBox], answers: Sequence[Answer], video: Video) -> int:
    """Draw the boxes of one frame into its planes. Gives the number of masked pixels (overlaps counted twice)."""
    touched = 0
    for place, x, y, w, h, track in boxes:
        answer = answers[place]
        cx, cy = x + w / 2, y + h / 2
        wide, tall = extent(answer, w, h)
        around = wide < planes[0].shape[1] or tall < planes[0].shape[0]
        if answer.operator.op == "fill" or (answer.operator.op == "inpaint" and not around):
            rgb = tuple(answer.operator.params.get("colour") or BLACK)
            colour = colour_in_yuv(rgb, video.depth, full_range=video.full_range)
        else:
            colour = None
        letters = _letters(planes, answer, (cx, cy, wide, tall), video) if answer.operator.op == "replace_text" else ()
        for index, plane in enumerate(planes):
            half = 1 if index == 0 else 2
            window = _window(cx / half, cy / half, wide / half, tall / half, plane.shape)
            if window is None:
                continue
            if colour is not None and answer.round:
                middle = (cx / half - window.left, cy / half - window.top)
                _oval(plane[window.slices], middle, (wide / half, tall / half), colour[index])
                continue
            patch: npt.NDArray[Any] | int
            if colour is not None:
                patch = colour[index]
            elif index and answer.operator.op in _GREY | _TINTED:
                grey = 1 << (video.depth - 1)
                tinted = answer.operator.op in _TINTED
                patch = round(float(surroundings(plane, window, grey))) if tinted else grey
            elif letters:
                patch = letters[index]
            else:
                with noise_place(track, index):
                    patch = _patch(answer.operator, plane, window, video.depth)
            if answer.round:
                inside = _ellipse(cx / half, cy / half, wide / half, tall / half, window)
                part = plane[window.slices]
                part[inside] = patch if isinstance(patch, int) else patch[inside]
            else:
                plane[window.slices] = patch
        touched += int(wide * tall * (0.785 if answer.round else 1.0))
    return touched


def covered(answer: Answer, box: tuple[int, int, int, int], shape: tuple[int, ...]) -> Covered | None:
    """What the mask over a box changes in the luma plane; None if it lies outside."""
    x, y, w, h = box
    wide, tall = extent(answer, w, h)
    window = _window(x + w / 2, y + h / 2, wide, tall, shape)
    if window is None:
        return None
    if answer.round:
        return window, _ellipse(x + w / 2, y + h / 2, wide, tall, window)
    return window, np.ones((window.height, window.width), bool)


def extent(answer: Answer, w: float, h: float) -> tuple[float, float]:
    """Width and height of the mask over a box of `w` x `h` pixels; a zone's is what a person drew."""
    if answer.entity == ZONE:
        return w, h
    if answer.entity in ROUND:
        return w * answer.scale, h * answer.scale
    margin = 2 * (_MARGIN * min(w, h) + 2)
    return w + margin, h + margin


def _window(cx: float, cy: float, wide: float, tall: float, shape: tuple[int, ...]) -> Window | None:
    left, right = max(0, floor(cx - wide / 2)), min(shape[1], ceil(cx + wide / 2))
    top, bottom = max(0, floor(cy - tall / 2)), min(shape[0], ceil(cy + tall / 2))
    return Window(top, bottom, left, right) if right > left and bottom > top else None


def _ellipse(cx: float, cy: float, wide: float, tall: float, window: Window) -> npt.NDArray[np.bool_]:
    """Pixels of the window that the ellipse touches."""
    inside = np.zeros((window.height, window.width), np.uint8)
    _oval(inside, (cx - window.left, cy - window.top), (wide, tall), 1)
    return inside.view(bool)


def _oval(part: npt.NDArray[Any], middle: tuple[float, float], sides: tuple[float, float], value: int) -> None:
    """Set the pixels of `part` that an ellipse touches; its middle and sides in pixels of that part."""
    import cv2

    centre = (round((middle[0] - 0.5) * _SUBPIXELS), round((middle[1] - 0.5) * _SUBPIXELS))
    # Three quarters of a pixel more: half for the pixels that are touched, the rest since OpenCV draws a polygon.
    axes = (round((sides[0] / 2 + 0.75) * _SUBPIXELS), round((sides[1] / 2 + 0.75) * _SUBPIXELS))
    cv2.ellipse(part, centre, axes, 0, 0, 360, value, cv2.FILLED, cv2.LINE_8, _SHIFT)


def _letters(
    planes: Planes, answer: Answer, box: tuple[float, float, float, float], video: Video
) -> tuple[npt.NDArray[Any] | int, ...]:
    """The answer's text on paper for each plane's window, black where it cannot be drawn."""
    import cv2

    cx, cy, wide, tall = box
    cut = []
    for half, plane in zip((1, 2, 2), planes, strict=True):
        window = _window(cx / half, cy / half, wide / half, tall / half, plane.shape)
        if window is None:
            return colour_in_yuv(BLACK, video.depth, full_range=video.full_range)
        cut.append((plane[window.slices] >> (video.depth - 8)).astype(np.uint8)[..., None])
    height, width = cut[0].shape[:2]
    drawn = lettering(str(answer.operator.params.get("text", "")), height, width)
    if drawn is None:
        return colour_in_yuv(BLACK, video.depth, full_range=video.full_range)
    _paper, _ink, _bold, inked = colours(cut[0])
    patches: list[npt.NDArray[Any] | int] = []
    for index, (part, plane) in enumerate(zip(cut, planes, strict=True)):
        size = part.shape[1], part.shape[0]
        paper, ink, _bold, _inked = colours(part)
        if index:  # what is ink is seen in the brightness
            strong = np.asarray(cv2.resize(inked.astype(np.float32), size, interpolation=cv2.INTER_AREA)) > _INKED
            ink = np.median(part[strong], axis=0) if bool(strong.any()) else np.full(1, 128)
        cover = drawn if not index else np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_AREA))
        levels = np.rint(paper[0] + (ink[0] - paper[0]) * cover).astype(plane.dtype)
        patches.append(levels << (video.depth - 8))
    return tuple(patches)


def _operator(name: str) -> ImageOperator:
    try:
        return cast("ImageOperator", plugins.load("operators.image", name))
    except KeyError:
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, f"no image operator is called {name!r}") from None


def _patch(operator: Operator, plane: npt.NDArray[Any], window: Window, depth: int) -> npt.NDArray[Any]:
    """What the operator makes of a window, from eight bits of what lies in and around it."""
    function: Callable[..., npt.NDArray[Any]] = _operator(operator.op)
    around = max(_AROUND, max(window.height, window.width) // 4)
    top, left = max(0, window.top - around), max(0, window.left - around)
    near = plane[top : window.bottom + around, left : window.right + around]
    if depth > 8:
        near = (near >> (depth - 8)).astype(np.uint8)
    inner = Window(window.top - top, window.bottom - top, window.left - left, window.right - left)
    try:
        patch = function(near, inner, **operator.params)
    except TypeError:
        detail = f"the operator {operator.op!r} does not take the policy's parameters"
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, detail) from None
    shaped = patch.reshape(window.height, window.width)
    return shaped if depth == 8 else shaped.astype(plane.dtype) << (depth - 8)
