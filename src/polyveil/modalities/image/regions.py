"""Restorable regions of pictures: the pixels under each mask, kept apart, and put back one by one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import AssetError
from polyveil.modalities.image import masks, pixels
from polyveil.modalities.image.codec import decode
from polyveil.modalities.image.encode import encode
from polyveil.modalities.image.picture import Picture
from polyveil.modalities.interface import Context
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Kept
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import PIXELS, Part
from polyveil.schema.policy import Operator, Policy


def keep(original: Picture, answered: Sequence[tuple[Finding, Operator]], policy: Policy) -> Iterator[Kept]:
    """One region a finding, as an .npz of (window, cover, pixels[, alpha]) by frame.

    Where masks overlap, no region holds the pixels: what restores one face must not show part of another.
    """
    shapes = [frame.shape for frame in original.frames]
    covers = [[masks.covered(finding, policy, shape) for shape in shapes] for finding, _operator in answered]
    times = [np.zeros(shape[:2], np.uint16) for shape in shapes]
    for row in covers:
        for count, found in zip(times, row, strict=True):
            if found is not None:
                count[found[0].slices] += found[1]
    for (finding, _operator), row in zip(answered, covers, strict=True):
        content: dict[str, npt.NDArray[Any]] = {}
        for index, found in enumerate(row):
            if found is None:
                continue
            window, inside = found
            own = inside & (times[index][window.slices] == 1)
            cut = np.array(original.frames[index][window.slices])
            cut[~own] = 0
            content[f"{index}/window"] = np.array([window.top, window.bottom, window.left, window.right])
            content[f"{index}/cover"], content[f"{index}/pixels"] = own, cut
            if original.alpha:
                content[f"{index}/alpha"] = original.alpha[index][window.slices] * own
        if content:
            sink = io.BytesIO()
            np.savez(sink, allow_pickle=False, **content)
            yield Kept(finding.entity, 0, len(original.frames) - 1, sink.getvalue())


def restore(part: Part, kept: Sequence[bytes], ctx: Context) -> Part:
    """The masked picture with these regions as they were. Raises AssetError(CORRUPT) if one does not fit."""
    raw = part.media_type == PIXELS
    picture = pixels.load(part, ctx.limits) if raw else decode(part, ctx.limits)
    frames = [np.array(frame) for frame in picture.frames]
    alpha = [np.array(layer) for layer in picture.alpha]
    for data in kept:
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as content:
                _put(dict(content), frames, alpha)
        except (ValueError, KeyError, IndexError, OSError):
            raise AssetError(QuarantineCode.CORRUPT, "a kept region does not fit the picture") from None
    whole = replace(picture, frames=tuple(frames), alpha=tuple(alpha))
    if raw:
        return replace(part, data=pixels.dump(whole, part, ctx.workdir))
    data, media_type = encode(whole, target="keep", quality=ctx.policy.roads.image.quality)
    return replace(part, data=data, media_type=media_type)


def _put(content: dict[str, npt.NDArray[Any]], frames: list[npt.NDArray[Any]], alpha: list[npt.NDArray[Any]]) -> None:
    for index, frame in enumerate(frames):
        if f"{index}/window" not in content:
            continue
        top, bottom, left, right = (int(one) for one in content[f"{index}/window"])
        own = content[f"{index}/cover"].astype(bool)
        frame[top:bottom, left:right][own] = content[f"{index}/pixels"][own]
        if alpha and f"{index}/alpha" in content:
            alpha[index][top:bottom, left:right][own] = content[f"{index}/alpha"][own]
