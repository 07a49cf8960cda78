"""A long film inspected and masked by several processes, each some spans of it.

Masked frames are encoded by each process into a segment that starts with a key frame; the segments are put behind each
other packet by packet (`segments.py`), so nothing is encoded twice.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from polyveil.modalities.image.operators import Steady, steady_noise
from polyveil.modalities.image.operators.interface import noise_secret
from polyveil.modalities.interface import Context, Frames
from polyveil.modalities.video.entry import Entries, InexactError, entries
from polyveil.modalities.video.masks import Plan
from polyveil.modalities.video.reader import Video, open_video
from polyveil.modalities.video.render import Drawn, render
from polyveil.modalities.video.scan import Looked, Scanned, join, look
from polyveil.modalities.video.segments import concatenate
from polyveil.modalities.video.spans import Span
from polyveil.modalities.video.workers import Told, together
from polyveil.modalities.video.writer import open_writer
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Known, Part
from polyveil.schema.policy import Policy, VideoRoad

Share = tuple[Span, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Look:
    path: Path
    policy: Policy
    known: tuple[Known, ...] = field(repr=False)
    share: Share
    limits: Limits
    entries: Entries | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Draw:
    path: Path
    to: Path
    plan: Plan = field(repr=False)
    road: VideoRoad
    secret: int = field(repr=False)
    span: Span
    limits: Limits
    entries: Entries | None = field(repr=False)


def scan_divided(part: Part, video: Video, shares: Sequence[Share], ctx: Context) -> Scanned:
    """As `scan`, one process a share. Raises AssetError as `scan` and `together` do."""
    told = _told("inspect", video, shares, ctx)

    def done(path: Path, known: Entries | None) -> list[Sequence[Looked]]:
        tasks = [_Look(path, ctx.policy, part.hints.known, share, ctx.limits, known) for share in shares]
        return together(_look, tasks, told, QuarantineCode.INSPECT_FAILED)

    with _file(part, ctx) as path:
        scanned = join(video, ctx.policy, _entered(path, done))
    ctx.progress(1.0, Frames("inspect", scanned.frames, scanned.frames))
    return scanned


def render_divided(part: Part, video: Video, shares: Sequence[Share], ctx: Context, *, plan: Plan, to: Path) -> Drawn:
    """As `render` into a file `to`, one process a share. Raises AssetError as `render` and `together` do."""
    road = ctx.policy.roads.video
    told = _told("mask", video, shares, ctx)
    spans = [Span(share[0].first, share[-1].end) for share in shares]
    plans = [replace(plan, boxes=plan.boxes.within(span.first, span.end)) for span in spans]
    segments: list[Path] = []

    def done(path: Path, known: Entries | None) -> list[Drawn]:
        tasks = [
            _Draw(path, segment, own, road, noise_secret(), span, ctx.limits, known)
            for segment, own, span in zip(segments, plans, spans, strict=True)
        ]
        return together(_draw, tasks, told, QuarantineCode.TRANSFORM_FAILED)

    try:
        with _file(part, ctx) as path, steady_noise():
            for _span in spans:
                handle, name = tempfile.mkstemp(suffix=".segment", dir=ctx.workdir)
                os.close(handle)
                segments.append(Path(name))
            drawn = _entered(path, done)
        concatenate(to, [one for one, its in zip(segments, drawn, strict=True) if its.frames], video, road)
    finally:
        for segment in segments:
            segment.unlink(missing_ok=True)
    return Drawn(
        sum(one.frames for one in drawn), sum(one.masked for one in drawn), denoised=any(one.denoised for one in drawn)
    )


def _entered(path: Path, done: Callable[[Path, Entries | None], list[T]]) -> list[T]:
    """What is done with the film entered where each share begins, or from its start if that is not exact."""
    known = entries(path)
    if known is not None:
        with suppress(InexactError):
            return done(path, known)
    return done(path, None)


def _look(task: _Look, tell: Told) -> Sequence[Looked]:
    with open_video(task.path, task.limits) as video:
        return look(video, task.policy, task.known, task.share, tell, entries=task.entries)


def _draw(task: _Draw, tell: Told) -> Drawn:
    with (
        steady_noise(Steady(task.secret)),
        open_video(task.path, task.limits) as video,
        open_writer(task.to, video, task.road, segment=True) as writer,
    ):
        return render(video, writer, task.plan, task.road.denoise, tell, span=task.span, entries=task.entries)


def _told(doing: str, video: Video, shares: Sequence[Share], ctx: Context) -> Callable[[int, int], None]:
    """Adds up how far all have come. What is told is a number of the film's frames."""
    done = [share[0].first for share in shares]

    def told(index: int, frames: int) -> None:
        done[index] = max(done[index], frames)
        far = sum(at - share[0].first for at, share in zip(done, shares, strict=True))
        ctx.progress(min(0.99, far / max(1, video.count)), Frames(doing, far, video.count))

    return told


@contextmanager
def _file(part: Part, ctx: Context) -> Iterator[Path]:
    """The film as a file in the part's private folder, so that the processes need not hold it."""
    if isinstance(part.data, Path):
        yield part.data
        return
    with tempfile.NamedTemporaryFile(dir=ctx.workdir) as file:
        file.write(part.data)
        file.flush()
        yield Path(file.name)
