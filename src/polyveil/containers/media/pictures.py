"""Streams of pictures of a film, each copied into a file of its own without decoding."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, overload

from polyveil.containers.media.packets import packets
from polyveil.containers.media.tracks import auxiliary
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import import_av, main_stream, open_container

VIDEO = "video"
"""Key of the stream that a player shows. Others are 'video/1' …, in the file's order."""

_WITHOUT_TIMES = {"h264", "hevc"}  # streams whose pictures lie in decoding order and are given times when decoded
_IN_MP4 = {"h264", "hevc", "av1", "vp9", "mpeg4"}


def is_picture(key: str) -> bool:
    """Is a member of this key a stream of pictures?"""
    return key == VIDEO or key.startswith(f"{VIDEO}/")


def further(container: Any, data: bytes | Path) -> list[int]:
    """Places in the file of the streams that a player offers beside the main one: other cameras, other cuts.

    Cover pictures and thumbnails are none, nor is what only serves another stream: a layer, or a map of distances,
    which would show the shape of a face that is masked.
    """
    from av.stream import Disposition

    none = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    none |= Disposition.dependent | Disposition.multilayer | Disposition.metadata
    main = main_stream(container)
    found = [
        stream.index
        for stream in container.streams.video
        if main is not None
        and stream.index != main.index
        and stream.codec_context is not None
        and not stream.disposition & none
    ]
    if not found or "mp4" not in container.format.name:
        return found
    serving = auxiliary(data)
    return [index for index in found if index not in serving]


@overload
def pictures(data: bytes | Path, ctx: Context) -> tuple[float, bytes | Path]: ...
@overload
def pictures(data: bytes | Path, ctx: Context, index: int) -> tuple[float, bytes | Path | None]: ...
def pictures(data: bytes | Path, ctx: Context, index: int | None = None) -> tuple[float, bytes | Path | None]:
    """(start in seconds, a file that holds the pictures alone) of the main stream, or of the one at `index`.

    Where frames are cut off by an edit list, or copying fails, the whole file stands for its main stream: the video
    room reads nothing else of it. Another stream cannot be had then, and is None.
    """
    av = import_av()
    try:
        copied = _copy(data, ctx, index)
    except (av.FFmpegError, OSError, ValueError, AssertionError):
        copied = None
    start = _first_frame(data, index)
    if copied is None:
        return start, data if index is None else None
    if copied.stat().st_size > ctx.limits.max_memory_bytes:
        return start, copied
    small = copied.read_bytes()
    copied.unlink()
    return start, small


def _stream(container: Any, index: int | None) -> Any:
    return main_stream(container) if index is None else container.streams[index]


def _copy(data: bytes | Path, ctx: Context, index: int | None) -> Path | None:
    av = import_av()
    with open_container(data) as source:
        stream = _stream(source, index)
        if source.format.name in _WITHOUT_TIMES:
            return None
        simple = stream.codec_context.name in _IN_MP4 or stream.codec_context.codec.canonical_name in _IN_MP4
        handle, name = tempfile.mkstemp(suffix=".mp4" if simple else ".mkv", dir=ctx.workdir)
        os.close(handle)
        path = Path(name)
        complete = False
        try:
            with av.open(name, "w", format="mp4" if simple else "matroska", options={"fflags": "+bitexact"}) as target:
                out = target.add_stream_from_template(stream, opaque=True)
                out.time_base = stream.time_base
                # The shape of pixels may stand in the container alone.
                out.codec_context.sample_aspect_ratio = stream.sample_aspect_ratio or 1
                out.metadata.clear()
                target.metadata.clear()
                first: int | None = None
                for packet in packets(source, stream):
                    if packet.is_discard:
                        return None
                    first = packet.dts if first is None else first
                    packet.dts -= first
                    if packet.pts is not None:
                        packet.pts -= first
                    packet.stream = out
                    target.mux(packet)
                complete = first is not None
        finally:
            if not complete:
                path.unlink(missing_ok=True)
    return path if complete else None


def _first_frame(data: bytes | Path, index: int | None) -> float:
    """Seconds of the first frame that is shown."""
    av = import_av()
    with open_container(data) as container:
        stream = _stream(container, index)
        try:
            for frame in _some(container, stream):
                if frame.pts is not None:
                    return float(frame.pts * Fraction(stream.time_base))
        except (av.FFmpegError, OSError):
            pass
        return float((stream.start_time or 0) * Fraction(stream.time_base))


def _some(container: Any, stream: Any) -> Iterator[Any]:
    for number, packet in enumerate(container.demux(stream)):
        if number > 300:
            return
        yield from stream.codec_context.decode(packet)
