"""The second pass over a video: frames are denoised, masked and given to the encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from polyveil.modalities.video.ahead import Behind, ahead, depth_for
from polyveil.modalities.video.denoise import Denoiser, Method
from polyveil.modalities.video.entry import Entries, frames_from
from polyveil.modalities.video.masks import Plan, draw
from polyveil.modalities.video.reader import Canvas, Frame, Planes, Video
from polyveil.modalities.video.regions import Keeper
from polyveil.modalities.video.spans import WARM, Span
from polyveil.modalities.video.writer import Writer


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was done: frames written, pixels masked in them (overlaps counted twice), and whether any was denoised."""

    frames: int
    masked: int
    denoised: bool


def render(
    video: Video,
    writer: Writer,
    plan: Plan,
    method: Method,
    told: Callable[[int], None],
    *,
    span: Span | None = None,
    entries: Entries | None = None,
    keeper: Keeper | None = None,
) -> Drawn:
    """Mask a span of a video, by default all of it. Raises AssetError: CORRUPT, TOO_LARGE, TRANSFORM_FAILED.

    Raises InexactError as `frames_from` does.

    told: called now and then with the number of the film's frames that have been passed.
    entries: where the video can be entered; without them it is decoded from its start.
    keeper: sees what lies under the masks; only where the span is the whole film.
    """
    span = span or Span()
    masked = frames = 0
    denoiser = Denoiser(video, method)
    depth = depth_for(video.width * video.height * 3 * video.depth // 16)
    encoder = Behind[tuple[Planes | Canvas, int]](lambda item: writer.add(*item), depth)
    try:
        for frame in ahead(_from(video, writer, span, entries), depth):
            canvas = frame.canvas()
            planes = canvas.planes
            if keeper is not None:
                keeper.see(frame.index, planes)
            planes = denoiser.clean(planes)
            if frame.index < span.first:
                continue
            masked += draw(planes, plan.boxes.get(frame.index, ()), plan.answers, video)
            encoder.put((canvas if planes is canvas.planes else planes, frame.pts))
            frames += 1
            if frame.index % 25 == 24:
                told(frame.index + 1)
    finally:
        encoder.close()
    return Drawn(frames, masked, denoiser.active)


def _from(video: Video, writer: Writer, span: Span, entries: Entries | None) -> Iterator[Frame]:
    """The frames of a span, and those before it from which the denoiser learns."""
    passed = entries.since_start(span.first) if entries is not None else []
    for ticks in passed:
        writer.skip(ticks)
    for frame in frames_from(video, max(0, span.first - WARM), entries):
        if span.end is not None and frame.index >= span.end:
            return
        if frame.index < span.first and entries is None:
            writer.skip(frame.pts)
        if frame.index >= span.first - WARM:
            yield frame
