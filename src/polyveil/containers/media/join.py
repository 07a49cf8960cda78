"""Puts de-identified pictures, sound and subtitles together: copied, in step, without metadata or time of writing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from polyveil.containers.interface import Joined, Piece
from polyveil.containers.media.packets import packets
from polyveil.containers.media.pictures import VIDEO, is_picture
from polyveil.containers.media.subtitles import add_track, packets_of, read_srt
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import import_av, open_container
from polyveil.modalities.video.writer import HEVC_IN_MP4, MEDIA_TYPES
from polyveil.schema.outcome import QuarantineCode

_MUXERS = {"mp4": "mp4", "mkv": "matroska", "webm": "webm"}


@dataclass(slots=True)
class _Track:
    """A stream that is copied: its source, the seconds it is moved by, and its next packet."""

    source: Any = field(repr=False)
    stream: Any = field(repr=False)
    out: Any = field(repr=False)
    shift: float


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:
    """A film in the policy's container. Sound that is absent is silence; sound alone becomes a sound file.

    Raises:
        AssetError: TRANSFORM_FAILED if the pieces cannot be put into one file.
    """
    sounds = [piece for key, piece in sorted(pieces.items()) if key.startswith("audio/")]
    if not any(map(is_picture, pieces)):
        if len(sounds) == 1:
            return Joined(sounds[0].data, sounds[0].media_type, sounds[0].suffix)
        if not sounds:
            raise AssetError(QuarantineCode.TRANSFORM_FAILED, "neither pictures nor sound may be read")
    name = _container(ctx.policy.roads.video.container, pieces)
    handle, path = tempfile.mkstemp(suffix=f".{name}", dir=ctx.workdir)
    os.close(handle)
    target = Path(path)
    av = import_av()
    try:
        _mux(target, name, skeleton, pieces)
    except (av.FFmpegError, OSError, ValueError) as error:
        target.unlink(missing_ok=True)
        detail = f"the parts do not go into one {name} file ({type(error).__name__})"
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, detail) from None
    return Joined(ctx.taken(target), MEDIA_TYPES[name], f".{name}")


def _container(wanted: str, pieces: Mapping[str, Piece]) -> str:
    """The policy's container, or Matroska where that cannot hold the pieces (FLAC in WebM; sound alone)."""
    if not any(map(is_picture, pieces)):
        return "mkv"
    if wanted == "webm":
        fits = all(
            one.media_type in ({MEDIA_TYPES["webm"]} if is_picture(key) else {"audio/ogg", "audio/opus"})
            for key, one in pieces.items()
        )
        return "webm" if fits else "mkv"
    return wanted


def _mux(path: Path, name: str, skeleton: Mapping[str, object], pieces: Mapping[str, Piece]) -> None:
    av = import_av()
    options = {"fflags": "+bitexact"}
    if name == "mp4":
        options |= {"movflags": "+faststart", "strict": "experimental"}
    starts = _starts(skeleton, pieces)
    first = min(starts.values())
    with av.open(str(path), "w", format=_MUXERS[name], options=options) as target:
        target.metadata.clear()
        opened = []
        try:
            tracks = []
            for key in sorted(starts, key=lambda one: not is_picture(one)):
                source = open_container(pieces[key].data)
                container = source.__enter__()
                opened.append(source)
                shown = is_picture(key)
                stream = container.streams.video[0] if shown else container.streams.audio[0]
                out = target.add_stream_from_template(stream, opaque=True)
                out.time_base = stream.time_base
                if shown:
                    out.codec_context.sample_aspect_ratio = stream.sample_aspect_ratio or 1
                    if name == "mp4" and stream.codec_context.name == "hevc":
                        out.codec_context.codec_tag = HEVC_IN_MP4
                tracks.append(_Track(container, stream, out, starts[key] - first))
            flows = [_packets(track) for track in tracks]
            for text in _texts(pieces):
                written = add_track(target, name)
                if written is not None:
                    flows.append(packets_of(read_srt(text), -first, written, name))
            for packet in _interleaved(flows):
                target.mux(packet)
        finally:
            for source in opened:
                source.__exit__(None, None, None)


def _starts(skeleton: Mapping[str, object], pieces: Mapping[str, Piece]) -> dict[str, float]:
    """Seconds at which each piece begins, on the film's clock."""
    starts: dict[str, float] = {}
    if VIDEO in pieces:
        begin = skeleton.get("video_start")
        starts[VIDEO] = float(begin) if isinstance(begin, int | float) else 0.0
    for tracks in (skeleton.get("pictures"), skeleton.get("audio")):
        for track in tracks if isinstance(tracks, list | tuple) else ():
            if isinstance(track, Mapping) and str(track.get("key")) in pieces:
                begin = track.get("start")
                starts[str(track["key"])] = float(begin) if isinstance(begin, int | float) else 0.0
    return starts


def _texts(pieces: Mapping[str, Piece]) -> Iterator[str]:
    """The subtitle tracks, de-identified."""
    for key, piece in sorted(pieces.items()):
        if key.startswith("subtitle/"):
            raw = piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()
            yield raw.decode("utf-8", "replace")


def _interleaved(flows: list[Iterator[tuple[float, Any]]]) -> Iterator[Any]:
    """Packets of all tracks by time."""
    heads: list[tuple[float, Any] | None] = [next(flow, None) for flow in flows]
    while True:
        waiting = [(head[0], index) for index, head in enumerate(heads) if head is not None]
        if not waiting:
            return
        _time, index = min(waiting)
        head = heads[index]
        heads[index] = next(flows[index], None)
        if head is not None:
            yield head[1]


def _packets(track: _Track) -> Iterator[tuple[float, Any]]:
    base = Fraction(track.stream.time_base)
    ticks = round(track.shift / base)
    for packet in packets(track.source, track.stream):
        packet.dts += ticks
        if packet.pts is not None:
            packet.pts += ticks
        time_s = float(packet.dts * base)
        packet.stream = track.out
        yield time_s, packet
