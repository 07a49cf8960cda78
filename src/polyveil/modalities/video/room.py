"""The video room: inspect, transform and similar. Sound is no business of this room."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from polyveil.errors import AssetError
from polyveil.modalities.image import zones
from polyveil.modalities.image.denoise import noise_sigma
from polyveil.modalities.image.operators import steady_noise
from polyveil.modalities.interface import Context, Frames
from polyveil.modalities.video.ahead import Behind, ahead, depth_for
from polyveil.modalities.video.denoise import Denoiser
from polyveil.modalities.video.fingerprint import similar
from polyveil.modalities.video.masks import draw, plan
from polyveil.modalities.video.reader import Planes, open_video
from polyveil.modalities.video.regions import Keeper, Restorer
from polyveil.modalities.video.scan import scan
from polyveil.modalities.video.writer import MEDIA_TYPES, open_writer, suited
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection, Transformed
from polyveil.schema.locations import Track
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import VideoRoad

__all__ = ["inspect", "restore", "similar", "transform"]


def inspect(part: Part, ctx: Context) -> Inspection:
    """Tracks of faces, personal text and codes; fingerprint; size, frames, seconds, scenes and noise.

    Raises AssetError: CORRUPT if the video does not decode, TOO_LARGE above the limits.
    """
    with open_video(part.data, ctx.limits) as video:
        scanned = scan(video, ctx.policy, part.hints.known, ctx.progress)
        metrics: dict[str, float | str] = {
            "width": float(video.width),
            "height": float(video.height),
            "rate": round(float(video.rate), 3),
            "frames": float(scanned.frames),
            "seconds": round(scanned.seconds, 3),
            "scenes": float(scanned.scenes),
            "looks": float(scanned.looks),
            "reads": float(scanned.reads),
            "noise": round(float(np.median([noise_sigma(one) for one in scanned.samples] or [0.0])), 2),
        }
        found = _with_zones(scanned.findings, ctx.policy.roads.video, video.width, video.height, scanned.frames)
    return Inspection(found, scanned.fingerprint, metrics)


def _with_zones(found: Sequence[Finding], road: VideoRoad, width: int, height: int, frames: int) -> tuple[Finding, ...]:
    """The policy's zones in every frame, and nothing of what lies in exempt ones."""
    masked = []
    for zone in road.zones:
        place = zones.region(zone, width, height)
        boxes = tuple((index, place.x, place.y, place.w, place.h) for index in range(frames))
        masked.append(Finding(zones.ZONE, Track(boxes), 1.0, "policy"))
    return (*zones.kept(found, road.exempt, width, height), *masked)


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """Mask, denoise by policy, and encode by policy: same size, frames and times, no metadata.

    Raises AssetError: CORRUPT, TOO_LARGE, TRANSFORM_FAILED.
    """
    road = ctx.policy.roads.video
    drawn = plan(findings, ctx.policy)
    container, _codec = suited(road)
    path = _file(ctx, container)
    masked = frames = 0
    with steady_noise(), open_video(part.data, ctx.limits) as video, open_writer(path, video, road) as writer:
        denoiser = Denoiser(video, road.denoise)
        keeper = Keeper(drawn, video, ctx.workdir) if ctx.policy.storage.regions == "seal" else None
        depth = depth_for(video.width * video.height * 3 * video.depth // 16)
        encoder = Behind[tuple[Planes, int]](lambda item: writer.add(*item), depth)
        try:
            for frame in ahead(video.frames(), depth):
                planes = frame.planes()
                if keeper is not None:
                    keeper.see(frame.index, planes)
                planes = denoiser.clean(planes)
                boxes = drawn.boxes.get(frame.index, ())
                masked += draw(planes, boxes, drawn.answers, video)
                encoder.put((planes, frame.pts))
                frames = frame.index + 1
                if frames % 25 == 0:
                    ctx.progress(min(0.99, frames / max(1, video.count)), Frames("mask", frames, video.count))
        finally:
            encoder.close()
        kept = tuple(keeper.close()) if keeper is not None else ()
        area = masked / max(1, frames * video.width * video.height)
        _complete(drawn.boxes, frames)
        denoised = float(denoiser.active)
    ctx.progress(1.0, Frames("mask", frames, frames))
    metrics: dict[str, float | str] = {
        "masked_area": round(area, 4),
        "frames": float(frames),
        "denoised": denoised,
    }
    done = replace(part, data=_loaded(path, ctx), media_type=MEDIA_TYPES[container], hints=Hints())
    return Transformed(done, drawn.applied, metrics, kept)


def restore(part: Part, kept: Sequence[bytes], ctx: Context) -> Part:
    """The masked video with these regions as they were, encoded again. Raises AssetError(CORRUPT) if one does not."""
    road = ctx.policy.roads.video
    path = _file(ctx, suited(road)[0])
    restorer = Restorer(kept)
    try:
        with open_video(part.data, ctx.limits) as video, open_writer(path, video, road) as writer:
            for frame in ahead(video.frames(), 2):
                planes = frame.planes()
                restorer.put(frame.index, planes)
                writer.add(planes, frame.pts)
    finally:
        restorer.close()
    return replace(part, data=_loaded(path, ctx), media_type=MEDIA_TYPES[suited(road)[0]])


def _file(ctx: Context, container: str) -> Path:
    handle, name = tempfile.mkstemp(suffix=f".{container}", dir=ctx.workdir)
    os.close(handle)
    return Path(name)


def _loaded(path: Path, ctx: Context) -> bytes | Path:
    """The file's bytes, unless it is larger than memory should hold."""
    if path.stat().st_size > ctx.limits.max_memory_bytes:
        return path
    data = path.read_bytes()
    path.unlink()
    return data


def _complete(boxes: object, frames: int) -> None:
    """Findings beyond the last frame: it decoded otherwise than when it was inspected, and no frame is safe."""
    if isinstance(boxes, dict) and boxes and max(boxes) >= frames:
        raise AssetError(QuarantineCode.CORRUPT, "decodes differently each time")
