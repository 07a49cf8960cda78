"""Puts operators' pixels into frames: boxes with a margin for text, feathered ellipses for faces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt

from polyveil import plugins
from polyveil.errors import AssetError
from polyveil.modalities.image.detectors.text import ANY_TEXT
from polyveil.modalities.image.operators import ImageOperator, Window, noise_place
from polyveil.modalities.image.picture import Pixels
from polyveil.modalities.image.zones import ZONE
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied
from polyveil.schema.locations import Field, Region
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.policy import Operator, Policy

ROUND = frozenset({"FACE"})
"""Entities that an ellipse covers; all others are boxes."""

_FEATHER = 0.12  # of the ellipse's radius, outside it
_MARGIN = 0.08  # of a box's shorter side, and two pixels


def masked(findings: Sequence[Finding], policy: Policy) -> list[tuple[Finding, Operator]]:
    """The findings that an operator answers in pictures, each with it; 'keep' is left out."""
    answered = []
    for finding in findings:
        if not isinstance(finding.location, Region):
            continue
        asked = finding.entity in {ANY_TEXT, ZONE}
        operator = policy.roads.image.default if asked else policy.operator(finding.entity, Modality.IMAGE)
        operator = fitting(finding.entity, operator, asked=asked)
        if operator.op != "keep":
            answered.append((finding, operator))
    return answered


def fitting(entity: str, operator: Operator, *, asked: bool = False) -> Operator:
    """The operator, or solid fill: for a drawn face over what is none, and where the policy asks for a mask by itself.

    asked: a zone, or all text, which 'keep' as the default for what is found does not mean.
    """
    misplaced = operator.op == "neutral_face" and entity not in ROUND
    return Operator(op="fill") if misplaced or (asked and operator.op == "keep") else operator


def apply(pixels: Pixels, answered: Sequence[tuple[Finding, Operator]], policy: Policy) -> Pixels:
    """Mask one frame (h, w[, 3]), in place if it can be written to. Raises AssetError on an unknown operator."""
    result = pixels if pixels.flags.writeable else np.array(pixels)
    windows = [extent(finding, policy, pixels.shape) for finding, _operator in answered]
    # Text takes the colours of what stood there, which another mask may have covered by then.
    written = {
        place: _patch(operator, result, window)
        for place, ((_finding, operator), window) in enumerate(zip(answered, windows, strict=True))
        if operator.op == "replace_text" and window is not None
    }
    for place, ((finding, operator), window) in enumerate(zip(answered, windows, strict=True)):
        if window is None:
            continue
        with noise_place(place):
            patch = written[place] if place in written else _patch(operator, result, window)
        rows, columns = window.slices
        if finding.entity in ROUND and policy.roads.image.shape == "ellipse":
            cover = _ellipse(finding, policy, window)
            cover = cover[..., None] if result.ndim == 3 else cover
            blended = patch * cover + result[rows, columns] * (1 - cover)
            result[rows, columns] = blended.astype(result.dtype)
        else:
            result[rows, columns] = patch
    return result


def opaque(alpha: npt.NDArray[np.uint8], answered: Sequence[tuple[Finding, Operator]], policy: Policy) -> Pixels:
    """Transparency with every masked window made opaque: letters may be drawn in the transparency itself."""
    result = np.array(alpha)
    for finding, _operator_used in answered:
        window = extent(finding, policy, alpha.shape)
        if window is not None:
            result[window.slices] = 255
    return result


def extent(finding: Finding, policy: Policy, shape: tuple[int, ...]) -> Window | None:
    """The pixels that a mask touches, clipped to the picture; None if it lies outside."""
    region = cast("Region", finding.location)
    if finding.entity == ZONE:
        margin_x = margin_y = 0.0  # drawn by a person
    elif finding.entity in ROUND:
        factor = policy.roads.image.scale * (1 + _FEATHER if policy.roads.image.shape == "ellipse" else 1)
        margin_x, margin_y = region.w * (factor - 1) / 2, region.h * (factor - 1) / 2
    else:
        margin_x = margin_y = _MARGIN * min(region.w, region.h) + 2
    left, right = int(np.floor(region.x - margin_x)), int(np.ceil(region.x + region.w + margin_x))
    top, bottom = int(np.floor(region.y - margin_y)), int(np.ceil(region.y + region.h + margin_y))
    left, top, right, bottom = max(0, left), max(0, top), min(shape[1], right), min(shape[0], bottom)
    return Window(top, bottom, left, right) if right > left and bottom > top else None


def covered(finding: Finding, policy: Policy, shape: tuple[int, ...]) -> tuple[Window, npt.NDArray[np.bool_]] | None:
    """A mask's window and the pixels in it that the mask changes; None if it lies outside the picture."""
    window = extent(finding, policy, shape)
    if window is None:
        return None
    if finding.entity in ROUND and policy.roads.image.shape == "ellipse":
        return window, _ellipse(finding, policy, window) > 0
    return window, np.ones((window.height, window.width), bool)


def counted(answered: Sequence[tuple[Finding, Operator]]) -> tuple[Applied, ...]:
    """The lines of the exemption log."""
    counts = Counter((finding.entity, operator.op) for finding, operator in answered)
    return tuple(Applied(entity, name, count) for (entity, name), count in sorted(counts.items()))


def stripped(findings: Sequence[Finding]) -> tuple[Applied, ...]:
    """The lines for what stood in metadata, which is never written."""
    counts = Counter(finding.entity for finding in findings if isinstance(finding.location, Field))
    return tuple(Applied(entity, "strip", count) for entity, count in sorted(counts.items()))


def area(answered: Sequence[tuple[Finding, Operator]], policy: Policy, shape: tuple[int, ...]) -> float:
    """The part of the picture that masks touch, in [0, 1]."""
    touched = np.zeros(shape[:2], bool)
    for finding, _operator_used in answered:
        window = extent(finding, policy, shape)
        if window is not None:
            touched[window.slices] = True
    return float(touched.mean())


def _patch(operator: Operator, pixels: Pixels, window: Window) -> Pixels:
    try:
        function = cast("ImageOperator", plugins.load("operators.image", operator.op))
    except KeyError:
        detail = f"no image operator is called {operator.op!r}"
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, detail) from None
    try:
        return function(pixels, window, **operator.params)
    except TypeError:
        detail = f"the image operator {operator.op!r} does not take the policy's parameters"
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, detail) from None


def _ellipse(finding: Finding, policy: Policy, window: Window) -> npt.NDArray[np.float32]:
    """1 inside the scaled ellipse, falling to 0 over the feather outside it."""
    region = cast("Region", finding.location)
    y, x = np.mgrid[window.top : window.bottom, window.left : window.right].astype(np.float32) + 0.5
    radius_x, radius_y = (side * policy.roads.image.scale / 2 for side in (region.w, region.h))
    distance = np.hypot(
        (x - region.x - region.w / 2) / max(radius_x, 1), (y - region.y - region.h / 2) / max(radius_y, 1)
    )
    cover: npt.NDArray[np.float32] = np.clip((1 + _FEATHER - distance) / _FEATHER, 0, 1).astype(np.float32)
    return cover
