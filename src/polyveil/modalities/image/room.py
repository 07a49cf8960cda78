"""The image room: inspect, transform and similar for pictures and for pixel arrays of other containers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from polyveil.errors import AssetError
from polyveil.modalities.image import detect, lossless, masks, metadata, ocr, pixels, verify, words, zones
from polyveil.modalities.image.codec import decode
from polyveil.modalities.image.denoise import NOISY, denoise, noise_sigma
from polyveil.modalities.image.detectors.text import Reader
from polyveil.modalities.image.encode import encode
from polyveil.modalities.image.fingerprint import fingerprint, similar
from polyveil.modalities.image.operators import steady_noise
from polyveil.modalities.image.picture import Picture, view
from polyveil.modalities.image.quality import quality
from polyveil.modalities.image.regions import keep, restore
from polyveil.modalities.interface import Context
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection, Transformed
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import PIXELS, Hints, Part
from polyveil.schema.policy import Operator

__all__ = ["inspect", "restore", "similar", "transform"]

_ROUNDS = 3  # of masking what can still be read, before the picture is refused

Answered = list[tuple[Finding, Operator]]


def inspect(part: Part, ctx: Context, *, read: Reader = ocr.read) -> Inspection:
    """Findings (regions of the upright picture, united over its frames), fingerprint and measurements.

    read: reads lines of text; a container that needs the lines too gives its own.
    """
    picture = _decode(part, ctx)
    found = detect.find_in_frames(partial(_views, picture), len(picture.frames), ctx, part.hints.known, read)
    height, width = picture.frames[0].shape[:2]
    road = ctx.policy.roads.image
    # Pages may differ in size: a zone is masked as it lies in each, and exempt is what is so in all.
    sizes = list(dict.fromkeys((frame.shape[1], frame.shape[0]) for frame in picture.frames))
    found = [one for one in found if any(zones.kept([one], road.exempt, *size) for size in sizes)]
    found += [zone for size in sizes for zone in zones.findings(road.zones, *size)]
    found += metadata.find(picture.notes, ctx.policy)
    grey = _grey(picture)
    metrics: dict[str, float | str] = {
        "width": float(width),
        "height": float(height),
        "frames": float(len(picture.frames)),
        "noise": round(noise_sigma(grey), 2),
        **quality(grey),
    }
    return Inspection(tuple(found), fingerprint(picture, grey, ctx.policy.deduplicate.pictures), metrics)


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """Denoise where it is noisy, mask, check the masks, and write without metadata.

    Raises AssetError(VERIFY_FAILED) if personal text can still be read where it was masked.
    """
    picture = original = _decode(part, ctx)
    raw = part.media_type == PIXELS
    sigma = noise_sigma(_grey(picture))
    eight_bits = picture.frames[0].dtype == np.uint8  # deeper ones are left as they are
    noisy = not raw and ctx.policy.roads.image.denoise == "auto" and sigma > NOISY and eight_bits
    if noisy:
        picture = picture.with_frames(tuple(denoise(frame, sigma) for frame in picture.frames))
    answered: Answered = words.filled(masks.masked(findings, ctx.policy), ctx)
    sealing = ctx.policy.storage.regions == "seal"
    whole = picture.with_frames(tuple(np.array(frame) for frame in original.frames)) if sealing else None
    clean, answered = _mask(picture, answered, part, ctx)
    metrics: dict[str, float | str] = {
        "masked_area": round(masks.area(answered, ctx.policy, clean.frames[0].shape), 4),
        "denoised": float(noisy),
    }
    if picture.left_out:
        metrics["left_out"] = picture.left_out
    if raw:
        data, media_type = pixels.dump(clean, part, ctx.workdir), PIXELS
    else:
        road = ctx.policy.roads.image
        untouched = None if answered or noisy else lossless.kept(part.read(), clean, road.format)
        data, media_type = untouched or encode(clean, target=road.format, quality=road.quality)
        metrics["lossless"] = float(untouched is not None)
    done = replace(part, data=data, media_type=media_type, hints=Hints())
    kept = tuple(keep(whole, answered, ctx.policy)) if whole is not None else ()
    return Transformed(done, (*masks.counted(answered), *masks.stripped(findings)), metrics, kept)


def _views(picture: Picture, index: int) -> list[npt.NDArray[np.uint8]]:
    """A frame as a viewer shows it; of deep pixels also the full range, where burned-in text is brightest."""
    frame = picture.frames[index]
    shown = [view(frame, picture.alpha[index] if picture.alpha else None)]
    return shown if frame.dtype == np.uint8 else [*shown, view(pixels.full_range(frame))]


def _decode(part: Part, ctx: Context) -> Picture:
    return pixels.load(part, ctx.limits) if part.media_type == PIXELS else decode(part, ctx.limits)


def _grey(picture: Picture) -> npt.NDArray[np.uint8]:
    import cv2

    first = view(picture.frames[0], picture.alpha[0] if picture.alpha else None)
    return np.asarray(cv2.cvtColor(first, cv2.COLOR_RGB2GRAY)).astype(np.uint8)


def _mask(picture: Picture, answered: Answered, part: Part, ctx: Context) -> tuple[Picture, Answered]:
    """The masked picture and all that was masked, including what the check added."""
    policy, known = ctx.policy, part.hints.known
    if not answered:
        return picture, answered
    clean, fresh = picture, answered
    for attempt in range(_ROUNDS + 1):
        with steady_noise() if len(clean.frames) > 1 else nullcontext():
            frames = tuple(masks.apply(frame, fresh, policy) for frame in clean.frames)
        alpha = tuple(masks.opaque(layer, fresh, policy) for layer in clean.alpha)
        clean = replace(clean, frames=frames, alpha=alpha)
        left: list[Finding] = []
        faces_left: list[Finding] = []
        for shown in _sample(clean):
            left += words.foreign(verify.remaining_text(shown, answered, policy, known), answered)
            if attempt == 0:
                faces_left += verify.remaining_faces(shown, answered, policy)
        if not left and not faces_left:
            return clean, answered
        if attempt < _ROUNDS:
            fresh = masks.masked([*left, *faces_left], policy)
            answered = [*answered, *fresh]
    if left:
        raise AssetError(QuarantineCode.VERIFY_FAILED, "personal text can still be read in the masked picture")
    return clean, answered


def _sample(picture: Picture) -> Iterator[npt.NDArray[np.uint8]]:
    """Frames that are checked after masking: first, middle and last."""
    count = len(picture.frames)
    for index in sorted({0, count // 2, count - 1}):
        yield view(picture.frames[index], picture.alpha[index] if picture.alpha else None)
