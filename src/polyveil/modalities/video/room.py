"""The video room: inspect, transform and similar. Sound is no business of this room."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from polyveil import inference
from polyveil.errors import AssetError
from polyveil.modalities.image import words, zones
from polyveil.modalities.image.operators import steady_noise
from polyveil.modalities.interface import Context, Frames
from polyveil.modalities.video.ahead import ahead
from polyveil.modalities.video.divided import render_divided, scan_divided
from polyveil.modalities.video.drawn import Boxes
from polyveil.modalities.video.fingerprint import similar
from polyveil.modalities.video.masks import plan
from polyveil.modalities.video.reader import open_video
from polyveil.modalities.video.regions import Keeper, Restorer
from polyveil.modalities.video.render import render
from polyveil.modalities.video.scan import scan
from polyveil.modalities.video.spans import LEAST, divided, shares
from polyveil.modalities.video.writer import MEDIA_TYPES, open_writer, suited
from polyveil.schema.boxes import packed
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection, Kept, Transformed
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
        taken = shares(divided(video.count), ctx.workers)
        if len(taken) > 1:
            scanned = scan_divided(part, video, taken, ctx)
        else:
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
            "noise": round(median(scanned.noise or (0.0,)), 2),
        }
        found = _with_zones(scanned.findings, ctx.policy.roads.video, video.width, video.height, scanned.frames)
    # The encoder comes next. To load the models again for another film is little beside a long one.
    (inference.unload if video.large and scanned.frames >= LEAST else inference.release)()
    return Inspection(found, scanned.fingerprint, metrics)


def _with_zones(found: Sequence[Finding], road: VideoRoad, width: int, height: int, frames: int) -> tuple[Finding, ...]:
    """The policy's zones in every frame, and nothing of what lies in exempt ones."""
    masked = []
    for zone in road.zones:
        place = zones.region(zone, width, height)
        boxes = ((index, place.x, place.y, place.w, place.h) for index in range(frames))
        masked.append(Finding(zones.ZONE, Track(packed(boxes)), 1.0, "policy"))
    return (*zones.kept(found, road.exempt, width, height), *masked)


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """Mask, denoise by policy, and encode by policy: same size, frames and times, no metadata.

    Raises AssetError: CORRUPT, TOO_LARGE, TRANSFORM_FAILED.
    """
    road = ctx.policy.roads.video
    drawn = plan(findings, ctx.policy, partial(words.answer, ctx=ctx))
    container, _codec = suited(road)
    path = _file(ctx, container)
    with open_video(part.data, ctx.limits) as video:
        taken = shares(divided(video.count), ctx.workers)
        kept: tuple[Kept, ...] = ()
        if ctx.policy.storage.regions == "seal":  # a region is written in one go
            taken = taken[:1]
        if len(taken) > 1:
            done = render_divided(part, video, taken, ctx, plan=drawn, to=path)
        else:

            def told(count: int) -> None:
                ctx.progress(min(0.99, count / max(1, video.count)), Frames("mask", count, video.count))

            with steady_noise(), open_writer(path, video, road) as writer:
                keeper = Keeper(drawn, video, ctx.workdir) if ctx.policy.storage.regions == "seal" else None
                done = render(video, writer, drawn, road.denoise, told, keeper=keeper)
                kept = tuple(keeper.close()) if keeper is not None else ()
        frames, transparent = done.frames, video.transparent
        area = done.masked / max(1, frames * video.width * video.height)
        _complete(drawn.boxes, frames)
    ctx.progress(1.0, Frames("mask", frames, frames))
    metrics: dict[str, float | str] = {
        "masked_area": round(area, 4),
        "frames": float(frames),
        "denoised": float(done.denoised),
    }
    if transparent:
        metrics["left_out"] = "transparency"
    output = replace(part, data=ctx.taken(path), media_type=MEDIA_TYPES[container], hints=Hints())
    return Transformed(output, drawn.applied, metrics, kept)


def restore(part: Part, kept: Sequence[bytes], ctx: Context) -> Part:
    """The masked video with these regions as they were, encoded again. Raises AssetError(CORRUPT) if one does not."""
    road = ctx.policy.roads.video
    path = _file(ctx, suited(road)[0])
    restorer = Restorer(kept)
    try:
        with open_video(part.data, ctx.limits) as video, open_writer(path, video, road) as writer:
            for frame in ahead(video.frames(), 2):
                canvas = frame.canvas()
                restorer.put(frame.index, canvas.planes)
                writer.add(canvas, frame.pts)
    finally:
        restorer.close()
    return replace(part, data=ctx.taken(path), media_type=MEDIA_TYPES[suited(road)[0]])


def _file(ctx: Context, container: str) -> Path:
    handle, name = tempfile.mkstemp(suffix=f".{container}", dir=ctx.workdir)
    os.close(handle)
    return Path(name)


def _complete(boxes: Boxes, frames: int) -> None:
    """Findings beyond the last frame: it decoded otherwise than when it was inspected, and no frame is safe."""
    if boxes.last >= frames:
        raise AssetError(QuarantineCode.CORRUPT, "decodes differently each time")
