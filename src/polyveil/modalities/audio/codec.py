"""Sound files to samples and back, by FFmpeg's libraries through PyAV. Nothing but samples comes out or goes in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal

import numpy as np

from polyveil.errors import AssetError, MissingExtraError
from polyveil.inference import thread_count
from polyveil.modalities.audio.layout import carried, in_opus
from polyveil.modalities.audio.sound import Recorder, Samples, Sound, as_int16
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

FORMATS = (
    "wav,w64,flac,mp3,ogg,aac,aiff,au,caf,amr,ac3,eac3,asf,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpegts,tta,wv,ape,opus"
)
"""Demuxers that may be used. Playlists and others that open further files or addresses are not among them."""

_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
_LEAST_RATE, _MOST_RATE = 2000, 384_000
_PASSABLE_DAMAGE = 0.01  # share of packets that may fail, for the junk that players skip too
_SHORTFALL_S = 0.5


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise MissingExtraError("Reading sound", "audio") from error
    return av


def decode(part: Part, ctx: Context) -> Sound:
    """The first sound track with its channels (`layout.carried`), at its own rate.

    Raises:
        AssetError: EMPTY, CORRUPT (does not decode, or holds less than its header says), UNSUPPORTED (no sound),
            TOO_LARGE (above `limits.max_duration_s`, or PCM above `limits.max_expanded_bytes`).
    """
    av = _av()
    if part.size == 0:
        raise AssetError(QuarantineCode.EMPTY)
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        if _cut_short(part):
            raise AssetError(QuarantineCode.CORRUPT, "less sound than the header says")
        with part.open() as source, av.open(source, mode="r", options=options, metadata_errors="ignore") as container:
            return _decode(av, container, ctx)
    except (av.error.FFmpegError, OSError, ValueError, EOFError) as error:
        raise AssetError(QuarantineCode.CORRUPT, f"sound does not decode ({type(error).__name__})") from None


def _cut_short(part: Part) -> bool:
    """Does a RIFF WAVE file end before its data chunk does? FFmpeg reads such files without a word."""
    with part.open() as source:
        if source.read(4) != b"RIFF" or source.read(8)[4:] != b"WAVE":
            return False
        at = 12
        while len(head := source.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            at += 8
            if head[:4] == b"data":
                unknown = size in (0, 0x7FFFFFFF, 0xFFFFFFFF)  # written by a program that could not seek back
                return not unknown and size > part.size - at + 1
            at += size + size % 2
            source.seek(at)
    return True


def tags(part: Part) -> dict[str, str]:
    """The textual tags of the file and its first sound track by lower-case name; {} if there are none."""
    av = _av()
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        with part.open() as source, av.open(source, mode="r", options=options, metadata_errors="ignore") as container:
            both = {**container.metadata, **(container.streams.audio[0].metadata if container.streams.audio else {})}
    except (av.error.FFmpegError, OSError, ValueError, EOFError):
        return {}
    return {str(name).lower()[:64]: str(value)[:10_000] for name, value in both.items() if str(value).strip()}


def _decode(av: Any, container: Any, ctx: Context) -> Sound:
    if not container.streams.audio:
        raise AssetError(QuarantineCode.UNSUPPORTED, "no sound track")
    stream = container.streams.audio[0]
    context = stream.codec_context
    if context is None:
        raise AssetError(QuarantineCode.CORRUPT, "unknown sound codec")
    context.thread_count = thread_count()
    rate = int(context.sample_rate or 0)
    if not _LEAST_RATE <= rate <= _MOST_RATE:
        raise AssetError(QuarantineCode.CORRUPT, "implausible sampling rate")
    declared = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
    _bound(declared, ctx)
    layout = carried(context.layout.name, context.channels)
    channels = av.AudioLayout(layout).nb_channels
    name = context.format.name if context.format else ""
    exact = context.name.startswith(("pcm", "flac", "alac", "wavpack", "tta", "ape"))
    wide = exact and name.startswith(("s32", "flt", "dbl", "s64"))
    recorder = Recorder(rate, channels, ctx.workdir, wide=wide, named=layout)
    resampler = av.AudioResampler(format="flt", layout=layout, rate=rate)
    for frame in _frames(av, container, stream):
        for out in resampler.resample(frame):
            recorder.write(out.to_ndarray().reshape(-1, channels))
        _bound(recorder.length / rate, ctx)
        if recorder.size > ctx.limits.max_expanded_bytes:
            raise AssetError(QuarantineCode.TOO_LARGE, "decoded sound is too large")
    for out in resampler.resample(None):
        recorder.write(out.to_ndarray().reshape(-1, channels))
    sound = recorder.done()
    if not sound.length:
        raise AssetError(QuarantineCode.CORRUPT, "no sound could be decoded")
    estimated = container.format.name in ("mp3", "aac", "ac3", "eac3", "amr", "mpegts")
    if not estimated and declared - sound.seconds > max(_SHORTFALL_S, 0.01 * declared):
        raise AssetError(QuarantineCode.CORRUPT, "less sound than the header says")
    return sound


def _bound(seconds: float, ctx: Context) -> None:
    if seconds > ctx.limits.max_duration_s:
        raise AssetError(QuarantineCode.TOO_LARGE, f"longer than {ctx.limits.max_duration_s:.0f} s")


def _frames(av: Any, container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames; single damaged packets are passed over as players do."""
    failed = 0
    for packets, packet in enumerate(container.demux(stream), 1):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            failed += 1
            if failed > 3 + _PASSABLE_DAMAGE * packets:
                raise AssetError(QuarantineCode.CORRUPT, "too many damaged packets") from None


def at_rate(sound: Sound, rate: int, channel: int | None = None) -> Iterator[Samples]:
    """The sound, one channel of it or their mean, in mono at another rate: 1-D float32 blocks."""
    av = _av()
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    for start, block in sound.blocks():
        mono = block.mean(axis=1) if channel is None else block[:, channel]
        if rate == sound.rate:
            yield np.ascontiguousarray(mono)
            continue
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(mono[None, :]), format="flt", layout="mono")
        frame.sample_rate, frame.pts = sound.rate, start
        for out in resampler.resample(frame):
            yield out.to_ndarray().reshape(-1)
    if rate != sound.rate:
        for out in resampler.resample(None):
            yield out.to_ndarray().reshape(-1)


def mono_at(sound: Sound, rate: int, channel: int | None = None) -> Samples:
    """All of `at_rate` as one array."""
    return np.concatenate([np.zeros(0, np.float32), *at_rate(sound, rate, channel)])


def encode(
    sound: Sound, ctx: Context, kind: Literal["flac", "opus"], bitrate: int = 32_000
) -> tuple[bytes | Path, str]:
    """(data, media type) without any tags: FLAC keeps every sample, Opus (in Ogg) the duration.

    Channels that Opus does not keep in their places go into FLAC.
    The data is a file under the workdir when it exceeds `limits.max_memory_bytes`.
    """
    av = _av()
    kind = kind if in_opus(sound.layout) else "flac"
    large = sound.length * sound.channels * 2 > ctx.limits.max_memory_bytes
    if not large:
        target = io.BytesIO()
        _write(av, target, sound, kind, bitrate)
        return target.getvalue(), _MEDIA[kind]
    with NamedTemporaryFile(dir=ctx.workdir, prefix="audio", delete=False) as file:
        _write(av, file, sound, kind, bitrate)
    return Path(file.name), _MEDIA[kind]


_MEDIA = {"flac": "audio/flac", "opus": "audio/ogg"}


def _write(av: Any, target: Any, sound: Sound, kind: str, bitrate: int) -> None:
    layout = (in_opus(sound.layout) if kind == "opus" else None) or sound.layout
    rate = sound.rate if kind == "flac" or sound.rate in _OPUS_RATES else 48000
    options = {"fflags": "+bitexact"}  # no version string, no random serial number: equal sound gives equal bytes
    with av.open(target, mode="w", format="flac" if kind == "flac" else "ogg", options=options) as container:
        if kind == "flac":
            stream = container.add_stream("flac", rate=rate, layout=layout)
            stream.codec_context.format = "s32" if sound.wide else "s16"
        else:
            stream = container.add_stream("libopus", rate=rate, layout=layout)
            stream.codec_context.bit_rate = bitrate
            stream.codec_context.format = "s16"
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        wanted = stream.codec_context.format.name
        resampler = av.AudioResampler(format=wanted, layout=layout, rate=rate) if rate != sound.rate else None
        for start, block in sound.blocks(1.0):
            frame = _frame(av, block, wanted, layout)
            frame.sample_rate, frame.pts = sound.rate, start
            for piece in resampler.resample(frame) if resampler else (frame,):
                container.mux(stream.encode(piece))
        for piece in resampler.resample(None) if resampler else ():
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def _frame(av: Any, block: Samples, kind: str, layout: str) -> Any:
    if kind == "s16":
        return av.AudioFrame.from_ndarray(as_int16(block).reshape(1, -1), format="s16", layout=layout)
    whole = np.clip(np.rint(block.astype(np.float64) * 2**23), -(2**23), 2**23 - 1).astype(np.int32) << 8
    return av.AudioFrame.from_ndarray(whole.reshape(1, -1), format="s32", layout=layout)
