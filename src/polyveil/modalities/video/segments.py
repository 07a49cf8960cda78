"""Encoded segments of one film put behind each other, packet by packet.

A segment is a NUT file, which keeps times exactly, in ticks of its own that are as long or shorter (and moved by
`SEGMENT_START`). Every one starts with a key frame,
and all have the same codec header, since they come from one encoder with the same settings. Decoding times are made
anew over the whole film: those of the second segment would lie before the last ones of the first where frames are
reordered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from polyveil.errors import AssetError
from polyveil.modalities.video.reader import Video, import_av
from polyveil.modalities.video.writer import HEVC_IN_MP4, MUXERS, SEGMENT_START, muxing, suited, time_base
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.policy import VideoRoad


@dataclass(frozen=True, slots=True)
class _Times:
    """Presentation times in display order, and the frames by which decoding runs ahead of it."""

    shown: list[int] = field(repr=False)
    delay: int

    def decoded(self, number: int) -> int:
        """The decoding time of the packet `number`, counted in decoding order."""
        if number >= self.delay:
            return self.shown[number - self.delay]
        return self.shown[0] - (self.shown[self.delay] - self.shown[number])


def concatenate(path: Path, segments: Sequence[Path], video: Video, road: VideoRoad) -> None:
    """One file of all segments, as if it had been written at once. Raises AssetError(TRANSFORM_FAILED)."""
    av = import_av()
    name, _codec = suited(road)
    base = time_base(video)
    try:
        times = _times(segments, base)
        lengths = _lengths(times.shown, video, base)
        with av.open(str(path), "w", format=MUXERS[name], options=muxing(name)) as target:
            target.metadata.clear()
            out: Any = None
            number = 0
            for segment in segments:
                with av.open(str(segment), format="nut") as source:
                    stream = source.streams.video[0]
                    if out is None:
                        out = _stream(target, stream, video, base)
                    for packet in _packets(source, stream, base):
                        packet.dts = times.decoded(number)
                        packet.duration = lengths[packet.pts]
                        packet.stream = out
                        target.mux(packet)
                        number += 1
    except (av.FFmpegError, OSError, ValueError) as error:
        detail = f"the segments do not go into one film ({type(error).__name__})"
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, detail) from None


def _stream(target: Any, stream: Any, video: Video, base: Fraction) -> Any:
    out = target.add_stream_from_template(stream, opaque=True)
    out.time_base = base
    context = out.codec_context
    if target.format.name == "mp4" and stream.codec_context.name == "hevc":
        context.codec_tag = HEVC_IN_MP4
    context.sample_aspect_ratio = video.aspect
    context.color_range, context.color_primaries, context.color_trc, context.colorspace = video.colour
    return out


def _packets(source: Any, stream: Any, base: Fraction) -> Iterator[Any]:
    """Those that hold data, at the film's times in ticks of `base`. Raises ValueError if one has no such time."""
    for packet in source.demux(stream):
        if packet.size:
            if packet.pts is None:
                raise ValueError("a packet without a time")
            ticks = packet.pts * (stream.time_base / base)
            if ticks.denominator != 1:
                raise ValueError("a packet between two ticks")
            packet.time_base, packet.pts = base, int(ticks) - SEGMENT_START
            yield packet


def _times(segments: Sequence[Path], base: Fraction) -> _Times:
    """Raises ValueError if the segments do not follow on each other."""
    av = import_av()
    written: list[int] = []
    headers = set()
    ahead = 0
    for segment in segments:
        with av.open(str(segment), format="nut") as source:
            stream = source.streams.video[0]
            headers.add((bytes(stream.codec_context.extradata or b""), stream.time_base))
            own = [(packet.pts, packet.dts, packet.is_keyframe) for packet in _packets(source, stream, base)]
        # NUT gives no decoding time while the decoder only fills.
        ahead = max(ahead, sum(dts is None for _pts, dts, _key in own))
        if not own[0][2] or (written and own[0][0] <= max(written)):
            raise ValueError("segments overlap")
        written += [pts for pts, _dts, _key in own]
    shown = sorted(written)
    if len(headers) != 1 or len(set(shown)) != len(shown):
        raise ValueError("segments do not fit together")
    places = {pts: place for place, pts in enumerate(shown)}
    needed = max(number - places[pts] for number, pts in enumerate(written))
    return _Times(shown, min(len(shown) - 1, max(ahead, needed)))


def _lengths(shown: Sequence[int], video: Video, base: Fraction) -> dict[int, int]:
    """How long each frame is shown; the last one as long as the one before it."""
    gaps = [after - before for before, after in pairwise(shown)]
    last = gaps[-1] if gaps else max(1, round(1 / video.rate / base))
    return dict(zip(shown, [*gaps, last], strict=True))
