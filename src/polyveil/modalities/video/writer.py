"""Writes video: AV1 (SVT-AV1), H.264, H.265 or VP9 in mp4, mkv or webm, with the times it is given and no metadata."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from polyveil.errors import AssetError
from polyveil.inference import thread_count
from polyveil.modalities.video.reader import LARGE, Canvas, Planes, Video, import_av, view
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.policy import VideoRoad

MEDIA_TYPES = {"mp4": "video/mp4", "mkv": "video/x-matroska", "webm": "video/webm"}
MUXERS = {"mp4": "mp4", "mkv": "matroska", "webm": "webm"}
_ENCODERS = {"av1": "libsvtav1", "h264": "libx264", "h265": "libx265", "vp9": "libvpx-vp9"}
_PARAMETERS = {"av1": "svtav1-params", "h265": "x265-params"}
HEVC_IN_MP4 = "hvc1"
"""Sample entry (ISO/IEC 14496-15, 8.4.1) that every player takes; FFmpeg would write 'hev1', which Apple's do not."""

SEGMENT_START = 1 << 32
"""Ticks that are added to all times of a segment: where frames are reordered, decoding starts before time 0, and the
muxer would move everything."""

_LEAST = {"av1": 4, "h265": 16}  # pixels a side, of SVT-AV1 and x265
_UNTIMED = 2  # frames of a film for which x265, which holds back as many, tells decoding times that are from nowhere
_TICKS = Fraction(1, 90_000)  # a finer time base than this overflows some muxers


@dataclass(slots=True)
class Writer:
    """An encoder and its file. Give it frames in order with `add`."""

    video: Video
    container: Any = field(repr=False)
    stream: Any = field(repr=False)
    pixel_format: str
    time_base: Fraction
    _durations: dict[int, int] = field(default_factory=dict, repr=False)
    _last: int = -1
    _step: int = 1
    _later: int = 0
    _added: int = 0

    def add(self, shown: Planes | Canvas, pts: int) -> None:
        """One frame at `pts` ticks of the video's time base. A canvas is not to be drawn on any more."""
        picture = shown.picture if isinstance(shown, Canvas) else self._picture(shown)
        if self.pixel_format != self.video.pixel_format:
            picture = picture.reformat(format=self.pixel_format)
        ticks = max(round(pts * self.video.time_base / self.time_base), self._last + 1)
        if self._last >= 0:
            self._step = ticks - self._last
            self._durations[self._last] = self._step
        self._last, self._added = ticks, self._added + 1
        picture.pts, picture.time_base = ticks, self.time_base
        self._mux(self.stream.encode(picture))

    def _picture(self, planes: Planes) -> Any:
        picture = import_av().VideoFrame(self.video.width, self.video.height, self.video.pixel_format)
        for index, plane in enumerate(planes):
            view(picture, index)[...] = plane
        return picture

    def skip(self, pts: int) -> None:
        """A frame of the film before those that are to be added."""
        self._last = max(round(pts * self.video.time_base / self.time_base), self._last + 1)

    def close(self) -> None:
        """Write what the encoder holds back. The last frame is shown as long as the one before it."""
        if self._added:
            self._durations[self._last] = self._step if len(self._durations) else self._frame_ticks()
            packets = self.stream.encode(None)
            if self._added <= _UNTIMED and self.stream.codec_context.name == "libx265":
                for packet in packets:
                    packet.dts = packet.pts
            self._mux(packets)

    def _frame_ticks(self) -> int:
        return max(1, round(1 / self.video.rate / self.time_base))

    def _mux(self, packets: Any) -> None:
        for packet in packets:
            # Encoders announce the nominal duration, which is wrong for variable frame rates.
            known = self._durations.pop(packet.pts, None) if packet.pts is not None else None
            if known is not None and packet.time_base == self.time_base:
                packet.duration = known
            if self._later:
                packet.pts, packet.dts = packet.pts + self._later, packet.dts + self._later
            self.container.mux(packet)


def ended(stream: Any) -> None:
    """Tell an encoder that is given up that nothing follows. Freed without that, SVT-AV1 may wait for ever."""
    with suppress(Exception):  # it failed before, or has been told
        stream.encode(None)


@contextmanager
def open_writer(path: Path, video: Video, road: VideoRoad, *, segment: bool = False) -> Iterator[Writer]:
    """A file at `path` for frames like those of `video`. Raises AssetError(TRANSFORM_FAILED) if encoding fails.

    segment: a NUT file with the headers that the container of the policy will need, for `segments.concatenate`.
    """
    av = import_av()
    os.environ.setdefault("SVT_LOG", "1")  # errors only; SVT-AV1 writes to stderr on its own
    odd = bool(video.width % 2 or video.height % 2)
    container_name, codec = suited(road)
    codec = _possible(codec, video)
    # H.264 and H.265 crop in chroma samples: an odd size needs full chroma resolution.
    full_chroma = odd and codec in {"h264", "h265"}
    pixel_format = video.pixel_format.replace("420", "444") if full_chroma else video.pixel_format
    base = time_base(video)
    try:
        kind = ("nut", muxing("nut")) if segment else (MUXERS[container_name], muxing(container_name))
        with av.open(str(path), "w", format=kind[0], options=kind[1]) as container:
            container.metadata.clear()
            fast = hardware(codec, pixel_format) if road.hardware else None
            pixels, quick = video.width * video.height, road.speed == "fast"
            name, coding = fast or (_ENCODERS[codec], options(codec, road.quality, pixels, quick=quick))
            if video.mastering and not fast and codec in _PARAMETERS:
                coding = {**coding, _PARAMETERS[codec]: coding[_PARAMETERS[codec]] + video.mastering.options(codec)}
            stream = container.add_stream(name, rate=video.rate, options=_with_quality(name, coding, road.quality))
            stream.width, stream.height, stream.pix_fmt = video.width, video.height, pixel_format
            stream.time_base = base
            context = stream.codec_context
            context.time_base = base
            if kind[0] == "mp4" and codec == "h265":
                context.codec_tag = HEVC_IN_MP4
            if segment:
                context.flags |= int(av.codec.context.Flags.global_header)
            context.thread_count = thread_count()
            context.sample_aspect_ratio = video.aspect
            context.color_range, context.color_primaries, context.color_trc, context.colorspace = video.colour
            writer = Writer(video, container, stream, pixel_format, base, _later=SEGMENT_START if segment else 0)
            try:
                yield writer
                writer.close()
            except BaseException:
                ended(stream)
                raise
    except (av.FFmpegError, OSError, ValueError) as error:
        detail = f"the {codec} encoder failed ({type(error).__name__})"
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, detail) from None


def _possible(codec: str, video: Video) -> str:
    """The codec, or another one that the same container holds where its encoder takes no such pictures."""
    if codec == "vp9" and video.depth > 8 and not _deep_vp9():
        codec = "av1"  # whatever holds VP9 holds AV1, and no depth is lost
    if min(video.width, video.height) < _LEAST.get(codec, 1):
        return "h264" if codec == "h265" or video.depth > 8 else "vp9"
    return codec


def time_base(video: Video) -> Fraction:
    """Seconds of the ticks in which times are written."""
    return max(video.time_base, _TICKS)


def suited(road: VideoRoad) -> tuple[str, str]:
    """Container and codec; webm holds AV1 and VP9 only, so other codecs go into mkv there."""
    if road.container == "webm" and road.codec in {"h264", "h265"}:
        return "mkv", road.codec
    return road.container, road.codec


_HARDWARE: Mapping[str, tuple[str, ...]] = {
    "av1": ("av1_nvenc", "av1_qsv", "av1_amf"),
    "h264": ("h264_nvenc", "h264_qsv", "h264_videotoolbox", "h264_amf"),
    "h265": ("hevc_nvenc", "hevc_qsv", "hevc_videotoolbox", "hevc_amf"),
    "vp9": ("vp9_qsv",),
}
_QUALITY_OF = {"nvenc": "cq", "qsv": "global_quality", "videotoolbox": "q", "amf": "qp_i"}
_TRIED = (256, 256)  # pixels of the picture that an encoder is tried with


@cache
def hardware(codec: str, pixel_format: str) -> tuple[str, dict[str, str]] | None:
    """(encoder, options) of a graphics processor that encodes such pictures here, found by trying, or None."""
    av = import_av()
    for name in _HARDWARE[codec]:
        try:
            context = av.CodecContext.create(name, "w")
            context.width, context.height = _TRIED
            context.pix_fmt, context.time_base = pixel_format, Fraction(1, 25)
            picture = av.VideoFrame(*_TRIED, pixel_format)
            picture.pts = 0
            if [*context.encode(picture), *context.encode(None)]:
                return name, {}
        except (av.FFmpegError, OSError, ValueError):
            continue
    return None


def _with_quality(name: str, coding: dict[str, str], quality: int) -> dict[str, str]:
    """The options, with the quality in the terms of a graphics processor's encoder."""
    key = _QUALITY_OF.get(name.rpartition("_")[2])
    if key is None:
        return coding
    return {**coding, key: str(quality if key == "q" else round(45 - 0.3 * quality))}


@cache
def _deep_vp9() -> bool:
    """Does this build of libvpx encode more than 8 bits?"""
    av = import_av()
    try:
        context = av.CodecContext.create("libvpx-vp9", "w")
        context.width, context.height, context.pix_fmt = *_TRIED, "yuv420p10le"
        context.time_base = Fraction(1, 25)
        context.open()
    except (av.FFmpegError, OSError, ValueError):
        return False
    return True


def options(codec: str, quality: int, pixels: int = 0, *, quick: bool = False) -> dict[str, str]:
    """Encoder options for a quality in [1, 100] and a frame size: speed before size, bounded memory.

    quick: AV1 without the filter that takes away the ringing at edges (CDEF), and one step finer, which makes good for
    it: the same error, a tenth of the encoder's time less, a tenth more bytes.
    """
    threads = str(thread_count())
    match codec:
        case "av1":
            # What its quick presets take for screen content keeps blocks of the frame before, or does not decode.
            # Of its other habits, spreading bits by what later frames need and filtering over time cost an eighth of
            # its time, and at one size the picture is as good without. One lane takes a tenth less of the processor on
            # two, and a twentieth more by the clock.
            count = thread_count()
            lanes = f"scm=0:aq-mode=0:enable-tf=0:lp={count if count < (os.cpu_count() or 1) else 0}"
            if pixels > LARGE:  # without reordered frames: 0.4 GB instead of 1.3 at 4K, for a tenth more bytes
                lanes = "scm=0:aq-mode=0:enable-tf=0:pred-struct=1:lp=1"
            crf = round(59 - 0.4 * quality)
            if quick:
                lanes, crf = f"{lanes}:enable-cdef=0", crf - 1
            return {"preset": "10", "crf": str(crf), "svtav1-params": lanes}
        case "h264":
            return {"preset": "veryfast", "crf": str(round(41 - 0.3 * quality))}
        case "h265":
            quiet = f"log-level=none:pools={threads}"
            return {"preset": "veryfast", "crf": str(round(44 - 0.3 * quality)), "x265-params": quiet}
        case _:
            speed = {"deadline": "realtime", "cpu-used": "7", "row-mt": "1"}
            return {**speed, "crf": str(round(59 - 0.4 * quality)), "b": "0"}


def muxing(container: str) -> dict[str, str]:
    """The muxer's options: no trace of software and time of writing."""
    exact = {"fflags": "+bitexact"}
    return {**exact, "movflags": "+faststart"} if container == "mp4" else exact
