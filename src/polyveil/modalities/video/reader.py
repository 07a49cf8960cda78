"""Reads video as it is displayed: rotation applied, variable frame times and odd sizes kept, 8 or 10 bits, 4:2:0."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import AssetError, MissingExtraError
from polyveil.inference import sparing, thread_count
from polyveil.modalities.video.hdr import Mastering, mastering
from polyveil.modalities.video.rotation import UPRIGHT, Orientation, orientation
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode

if TYPE_CHECKING:
    from types import ModuleType

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,h264,hevc,dv,ivf,obu,mxf,flac,wav"
)
"""Demuxers that may be used. Playlists and lists of files (hls, concat …) would open what the user did not name."""

_LOST = 0.02  # part of the frames that may fail to decode; above it the video is refused
_LOST_LEAST = 3
_SIZES = 4  # to which frames are reduced, that are prepared for
_HIGHEST_RATE = 240  # frames a second, to bound the number of frames

LARGE = 2560 * 1440
"""Pixels of a frame above which memory is spared: every thread of a decoder or encoder holds frames of its own."""

Planes = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]


def import_av() -> ModuleType:
    """PyAV with FFmpeg's own messages silenced: they may hold file names and metadata."""
    try:
        import av
    except ImportError as error:
        raise MissingExtraError("Reading video", "visual") from error
    av.logging.set_level(None)
    return av


@dataclass(frozen=True, slots=True)
class Canvas:
    """A frame to be drawn on and encoded as it is: `planes` lie in the memory of `picture`."""

    picture: Any = field(repr=False)  # av.VideoFrame
    planes: Planes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """One displayed frame: index from 0, presentation time in ticks of the video's time base since its first frame."""

    index: int
    pts: int
    time_s: float
    picture: Any = field(repr=False)  # av.VideoFrame
    turned: Orientation = field(default=UPRIGHT, repr=False)

    def rgb(self, longest: int) -> npt.NDArray[np.uint8]:
        """(h, w, 3) uint8, upright, reduced so that the longer side has at most `longest` pixels."""
        width, height = _reduced(self.picture.width, self.picture.height, longest)
        small = _reformatter(width, height).reformat(
            self.picture, width=width, height=height, format="rgb24", interpolation="AREA", threads=1
        )
        return np.ascontiguousarray(self.turned.apply(view(small, 0, 3)))

    def luma(self) -> npt.NDArray[Any]:
        """The Y plane (h, w), upright; uint8 or uint16. Do not write to it."""
        return self.turned.apply(view(self.picture, 0))

    def planes(self) -> Planes:
        """Copies of Y (h, w), U and V (half of that, rounded up), upright and contiguous."""
        y, u, v = (np.array(self.turned.apply(view(self.picture, index)), order="C") for index in range(3))
        return y, u, v

    def canvas(self) -> Canvas:
        """A copy of the frame, upright."""
        parts = [self.turned.apply(view(self.picture, index)) for index in range(3)]
        height, width = parts[0].shape
        picture = import_av().VideoFrame(width, height, self.picture.format.name)
        y, u, v = (view(picture, index) for index in range(3))
        for plane, part in zip((y, u, v), parts, strict=True):
            plane[...] = part
        return Canvas(picture, (y, u, v))


_own = threading.local()


def _reformatter(width: int, height: int) -> Any:
    """For pictures of one size, on this thread: several may look at one frame, whose own reformatter is for one.

    What it has prepared for one frame serves for the next.
    """
    from av.video.reformatter import VideoReformatter

    kept: OrderedDict[tuple[int, int], Any] = _own.__dict__.setdefault("kept", OrderedDict())
    if (width, height) not in kept:
        kept[width, height] = VideoReformatter()
        if len(kept) > _SIZES:
            kept.popitem(last=False)
    return kept[width, height]


@dataclass(frozen=True, slots=True)
class Video:
    """An opened video: displayed size in pixels, and what its encoding must keep.

    count: frames as the container announces them, or an estimate by duration; for progress only.
    colour: FFmpeg's numbers for range, primaries, transfer and matrix. mastering: of a deep film, if it says so.
    transparent: it has an alpha channel, which is not carried.
    """

    width: int
    height: int
    depth: int
    time_base: Fraction
    rate: Fraction
    count: int
    aspect: Fraction
    colour: tuple[int, int, int, int]
    turned: Orientation
    container: Any = field(repr=False)
    stream: Any = field(repr=False)
    limits: Limits = field(repr=False)
    mastering: Mastering | None = None
    transparent: bool = False

    @property
    def large(self) -> bool:
        """Are its frames so large that memory is spared?"""
        return self.width * self.height > LARGE

    @property
    def full_range(self) -> bool:
        return self.colour[0] == 2

    @property
    def pixel_format(self) -> str:
        return "yuv420p10le" if self.depth > 8 else "yuv420p"

    def frames(self) -> Iterator[Frame]:
        """Every frame in display order. Raises AssetError(CORRUPT) if more than a few do not decode."""
        start: int | None = None
        last = -1
        index = lost = 0
        step = 1 / (self.rate * self.time_base)  # of streams without times
        for picture, failed in self.pictures():
            lost += failed
            if lost > max(_LOST_LEAST, _LOST * max(index, self.count)):
                raise AssetError(QuarantineCode.CORRUPT, "too many frames do not decode")
            if picture is None:
                continue
            pts = picture.pts if picture.pts is not None else round(index * step) + (start or 0)
            start = pts if start is None else start
            ticks = max(pts - start, last + 1)  # encoders need ascending times
            last = ticks
            yield self.frame(index, ticks, picture)
            index += 1
        if index == 0:
            raise AssetError(QuarantineCode.CORRUPT, "no frame decodes")

    def frame(self, index: int, ticks: int, picture: Any) -> Frame:
        """A decoded picture as a frame of this video. Raises AssetError(TOO_LARGE) if it lies beyond the limits."""
        seconds = float(ticks * self.time_base)
        if seconds > self.limits.max_duration_s or index > self.limits.max_duration_s * _HIGHEST_RATE:
            raise AssetError(QuarantineCode.TOO_LARGE, f"longer than {self.limits.max_duration_s:.0f} s")
        return Frame(index, ticks, seconds, self._normal(picture), self.turned)

    def pictures(self) -> Iterator[tuple[Any, int]]:
        """What decodes from here on: a picture and 0, or None and 1 for one that does not."""
        av = import_av()
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, OSError):
                yield None, 1
                # A damaged container: whatever the decoder still holds, and no more.
                packet = None
            try:
                decoded = self.stream.codec_context.decode(packet)
            except av.EOFError:
                return
            except (av.FFmpegError, ValueError):
                decoded = []
                yield None, 1
            for picture in decoded:
                yield (None, 1) if picture.is_corrupt else (picture, 0)
            if packet is None:
                return

    def _normal(self, picture: Any) -> Any:
        """The frame in the video's own size and pixel format (both may change in mid-stream)."""
        turned = self.turned.swaps
        width, height = (self.height, self.width) if turned else (self.width, self.height)
        if (picture.width, picture.height, picture.format.name) == (width, height, self.pixel_format):
            return picture
        # Full-range "J" formats and RGB become limited range, which every player assumes.
        normal = picture.reformat(width=width, height=height, format=self.pixel_format)
        normal.pts, normal.time_base = picture.pts, picture.time_base
        return normal


def view(picture: Any, plane: int, channels: int = 1) -> npt.NDArray[Any]:
    """A plane of a frame as an array (h, w) or (h, w, channels) on the frame's own memory."""
    part = picture.planes[plane]
    deep = "10le" in picture.format.name
    rows = np.frombuffer(part, np.uint16 if deep else np.uint8).reshape(part.height, -1)
    used = rows[:, : part.width * channels]
    return used.reshape(part.height, part.width, channels) if channels > 1 else used


@contextmanager
def open_video(data: bytes | Path, limits: Limits) -> Iterator[Video]:
    """Open the main video stream. While a large one is open, the process spares memory (`inference.sparing`).

    Raises:
        AssetError: CORRUPT if no video can be read from it, TOO_LARGE above the limits.
        MissingExtraError: PyAV is not installed.
    """
    av = import_av()
    with open_container(data) as container:
        stream = main_stream(container)
        if stream is None:
            raise AssetError(QuarantineCode.CORRUPT, "no video stream")
        context = stream.codec_context
        _threaded(context)
        if context.width * context.height > limits.max_pixels:
            raise AssetError(QuarantineCode.TOO_LARGE, f"more than {limits.max_pixels} pixels a frame")
        try:
            first = next((frame for frame in _probe(container, stream, av) if frame is not None), None)
        except (av.FFmpegError, OSError, ValueError):
            raise AssetError(QuarantineCode.CORRUPT, "the video does not decode") from None
        if first is None or first.width * first.height > limits.max_pixels:
            raise AssetError(QuarantineCode.CORRUPT, "the video does not decode")
    with open_container(data) as container:  # afresh: seeking does not reach the first frame in every file
        stream = main_stream(container)
        if stream is None:
            raise AssetError(QuarantineCode.CORRUPT, "no video stream")
        _threaded(stream.codec_context)
        video = _describe(container, stream, first, limits)
        with sparing() if video.large else nullcontext():
            yield video


def _threaded(context: Any) -> None:
    large = context.width * context.height > LARGE
    context.thread_count = min(2, thread_count()) if large else thread_count()
    context.thread_type = "AUTO"


def _probe(container: Any, stream: Any, av: ModuleType) -> Iterator[Any]:
    """The first frames that decode, of the first packets."""
    for number, packet in enumerate(container.demux(stream)):
        if number > 300:
            return
        with suppress(av.FFmpegError, ValueError):
            yield from stream.codec_context.decode(packet)


def _describe(container: Any, stream: Any, first: Any, limits: Limits) -> Video:
    turned = orientation(first)
    width, height = (first.height, first.width) if turned.swaps else (first.width, first.height)
    depth = max((component.bits for component in first.format.components), default=8)
    rate = Fraction(stream.average_rate or stream.guessed_rate or 25).limit_denominator(100_000)
    base = Fraction(stream.time_base or Fraction(1, 90_000))
    seconds = float(stream.duration * base) if stream.duration else float((container.duration or 0) / 1_000_000)
    if seconds > limits.max_duration_s:
        raise AssetError(QuarantineCode.TOO_LARGE, f"longer than {limits.max_duration_s:.0f} s")
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    squeezed = first.format.name.startswith(("yuvj", "rgb", "bgr", "gbr", "pal8", "gray"))
    colour = (
        1 if squeezed else int(first.color_range),
        int(first.color_primaries),
        int(first.color_trc),
        5 if first.format.name.startswith(("rgb", "bgr", "gbr", "pal8")) else int(first.colorspace),
    )
    return Video(
        width=width,
        height=height,
        depth=10 if depth > 8 else 8,
        time_base=base,
        rate=rate if 0 < rate <= 1000 else Fraction(25),
        count=stream.frames or max(1, round(seconds * float(rate))),
        aspect=1 / aspect if turned.swaps else aspect,
        colour=colour,
        turned=turned,
        container=container,
        stream=stream,
        limits=limits,
        mastering=mastering(first) if depth > 8 else None,
        transparent=transparent(stream, first.format),
    )


def transparent(stream: Any, pixel_format: Any) -> bool:
    """Has a stream an alpha channel, in its pixels or, as VP8 and VP9 have it, beside them (Matroska, AlphaMode)?"""
    return stream.metadata.get("alpha_mode") == "1" or any(one.is_alpha for one in pixel_format.components)


@contextmanager
def open_container(data: bytes | Path) -> Iterator[Any]:
    """A media file for reading, by its content. Raises AssetError(CORRUPT) if it is none, or no allowed one."""
    av = import_av()
    with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as stream:
        try:
            # Reading through a file object, FFmpeg has no path to follow; the lists close what is left.
            options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
            container = av.open(stream, metadata_errors="ignore", options=options)
        except (av.FFmpegError, OSError, ValueError, AssertionError):
            raise AssetError(QuarantineCode.CORRUPT, "not a readable media file") from None
        with container:
            yield container


def main_stream(container: Any) -> Any | None:
    """The video stream that a player shows: the first that is no cover picture."""
    from av.stream import Disposition

    for stream in container.streams.video:
        attached = bool(stream.disposition & Disposition.attached_pic)
        if not attached and stream.codec_context is not None:
            return stream
    return None


def _reduced(width: int, height: int, longest: int) -> tuple[int, int]:
    ratio = min(1.0, longest / max(width, height))
    return max(1, round(width * ratio)), max(1, round(height * ratio))
