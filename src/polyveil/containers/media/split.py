"""Takes a film apart: the pictures as they are, every sound track as FLAC, subtitles as SubRip text.

Chapters, attachments, cover pictures, timecode, position and other data tracks, and all metadata are left behind.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from polyveil.containers.interface import Member, Split
from polyveil.containers.media.packets import packets
from polyveil.containers.media.sound import extract
from polyveil.containers.media.subtitles import read_subtitles
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import import_av, main_stream, open_container, transparent
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints

VIDEO = "video"
_MOST_TRACKS = 32
_WITHOUT_TIMES = {"h264", "hevc"}  # streams whose pictures lie in decoding order and are given times when decoded
_IN_MP4 = {"h264", "hevc", "av1", "vp9", "mpeg4"}


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members: 'video', 'audio/0' …, 'subtitle/0' …. The subtitles also serve as transcript of the sound.

    Raises:
        AssetError: CORRUPT if the file does not open or holds neither pictures nor sound; TOO_LARGE above the limits.
    """
    with open_container(data) as container:
        _check(container, ctx)
        video = main_stream(container)
        sounds = len(container.streams.audio)
        written = len(container.streams.subtitles)
        chapters = _chapters(container)
        clear = video is not None and video.format is not None and transparent(video, video.format)
        others = len(container.streams) - sounds - written - (video is not None)
    if video is None and not sounds:
        raise AssetError(QuarantineCode.CORRUPT, "holds neither pictures nor sound")
    subtitles = [text for index in range(min(written, _MOST_TRACKS)) if (text := read_subtitles(data, index))]
    inner = Hints(transcript=hints.transcript or next(iter(subtitles), None), known=hints.known, subject=hints.subject)
    members: list[Member] = []
    start: float | None = None
    if video is not None:
        start, pictures = _pictures(data, ctx)
        members.append(Member(VIDEO, pictures, Modality.VIDEO, "video/mp4", replace(inner, transcript=None)))
    tracks: list[dict[str, object]] = []
    for index in range(min(sounds, _MOST_TRACKS)):
        key = f"audio/{index}"
        sound = extract(data, index, ctx)
        tracks.append({"key": key, "start": sound.start, "channels": sound.channels, "downmixed": sound.downmixed})
        if sound.data is not None:
            inside = replace(inner, in_film=video is not None)
            members.append(Member(key, sound.data, Modality.AUDIO, "audio/flac", inside))
    for index, text in enumerate(subtitles):
        key = f"subtitle/{index}"
        members.append(
            Member(key, text.encode(), Modality.TEXT, "application/x-subrip", replace(inner, transcript=None))
        )
    skeleton: dict[str, object] = {
        "video_start": start,
        "audio": tracks,
        "subtitles": len(subtitles),
        "left_out": {
            "streams": others,
            "chapters": chapters,
            "unreadable_subtitles": written - len(subtitles),
            "transparency": clear,
        },
    }
    return Split(members, skeleton)


def _check(container: Any, ctx: Context) -> None:
    seconds = (container.duration or 0) / 1_000_000
    if seconds > ctx.limits.max_duration_s:
        raise AssetError(QuarantineCode.TOO_LARGE, f"longer than {ctx.limits.max_duration_s:.0f} s")


def _chapters(container: Any) -> int:
    return len(container.chapters()) if hasattr(container, "chapters") else 0


def _pictures(data: bytes | Path, ctx: Context) -> tuple[float, bytes | Path]:
    """(start in seconds, a file that holds the pictures alone), copied without decoding.

    Where frames are cut off by an edit list, or copying fails, the whole file stands for its pictures: the video room
    reads nothing else of it.
    """
    av = import_av()
    try:
        copied = _copy(data, ctx)
    except (av.FFmpegError, OSError, ValueError, AssertionError):
        copied = None
    start = _first_frame(data)
    if copied is None:
        return start, data
    if copied.stat().st_size > ctx.limits.max_memory_bytes:
        return start, copied
    small = copied.read_bytes()
    copied.unlink()
    return start, small


def _copy(data: bytes | Path, ctx: Context) -> Path | None:
    av = import_av()
    with open_container(data) as source:
        stream: Any = main_stream(source)
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


def _first_frame(data: bytes | Path) -> float:
    """Seconds of the first frame that is shown."""
    av = import_av()
    with open_container(data) as container:
        stream: Any = main_stream(container)
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
