"""Films with everything that goes wrong: made on the spot, small, each frame numbered, a beep at a known frame.

Every frame carries its number as blocks and a bright block in its upper left corner (as displayed). Where there is
sound, a beep begins in the moment at which frame `BEEP` is shown. Whatever personal could stand beside the pictures
holds the word `MARK`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MARK = "Zebulon"
PLACE = "+31.2304+121.4737/"
COUNT, BEEP, RATE = 14, 7, 25
SOUND_RATE = 48_000
_BITS = 5

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Odd:
    """How a film is made.

    size: as stored, width and height. times: milliseconds of the frames, by default 25 a second. start_s: of all
    streams; what lies before zero is hidden. quarter_turns: clockwise, by the display matrix. sound_s: (first, last)
    second of the sound.
    """

    suffix: str
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    size: tuple[int, int] = (160, 96)
    options: dict[str, str] = field(default_factory=dict)
    times: Sequence[int] = ()
    rate: Fraction = Fraction(RATE)
    start_s: float = 0.0
    quarter_turns: int = 0
    mirrored: bool = False
    sounds: Sequence[str] = ("aac",)
    sound_s: tuple[float, float] = (0.0, 0.56)
    colour: tuple[int, int, int, int] | None = None
    aspect: Fraction | None = None
    interlaced: bool = False
    extras: Sequence[str] = ()
    depth: int = 8
    muxing: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> list[float]:
        """Of the frames since the first one."""
        if self.times:
            return [one / 1000 for one in self.times]
        return [float(number / self.rate) for number in range(COUNT)]

    @property
    def hidden(self) -> int:
        """Frames at the beginning that a player does not show."""
        return sum(one + self.start_s < -1e-6 for one in self.seconds)

    @property
    def displayed(self) -> tuple[int, int]:
        return self.size[::-1] if self.quarter_turns % 2 else self.size


_HDR = {"x265-params": "log-level=none"}
_QUICK = {"preset": "ultrafast", "crf": "12", "threads": "1"}
_X265 = {**_QUICK, **_HDR}
_VP9 = {"deadline": "realtime", "cpu-used": "8", "crf": "12", "b": "0"}
_AV1 = {"preset": "12", "crf": "20", "svtav1-params": "lp=1"}
_VARIABLE = [0, 40, 80, 200, 240, 520, 560, 600, 640, 700, 900, 940, 980, 1400]

FILMS: dict[str, Odd] = {
    "H.264 in mp4": Odd("mp4", options=_QUICK),
    "variable frame rate, mp4": Odd("mp4", options=_QUICK, times=_VARIABLE, sound_s=(0, 1.4)),
    "variable frame rate, mkv": Odd("mkv", options=_QUICK, times=_VARIABLE, sound_s=(0, 1.4), sounds=["libopus"]),
    "29.97 frames a second": Odd("mov", options=_QUICK, rate=Fraction(30_000, 1001)),
    "turned by 90": Odd("mp4", options=_QUICK, quarter_turns=1),
    "turned by 180": Odd("mov", options=_QUICK, quarter_turns=2),
    "turned by 270": Odd("mp4", options=_QUICK, quarter_turns=3),
    "mirrored": Odd("mp4", options=_QUICK, mirrored=True),
    "odd size": Odd("mkv", options=_QUICK, size=(161, 97), pixel_format="yuv444p"),
    "odd size, turned": Odd("mp4", options=_QUICK, size=(161, 97), pixel_format="yuv444p", quarter_turns=1),
    "10 bits, PQ": Odd("mp4", "libx265", "yuv420p10le", options=_X265, colour=(1, 9, 16, 9), depth=10),
    "10 bits, HLG": Odd("webm", "libsvtav1", "yuv420p10le", options=_AV1, sounds=["libopus"],
                        colour=(1, 9, 18, 9), depth=10),
    "10 bits, 4:2:2": Odd("mov", "libx264", "yuv422p10le", options=_QUICK, depth=10),
    "full range": Odd("mp4", options=_QUICK, pixel_format="yuvj420p", colour=(2, 1, 1, 1)),
    "three sound tracks": Odd("mkv", options=_QUICK, sounds=["aac", "libopus", "flac"]),
    "subtitles, chapters, attachment, mkv": Odd("mkv", options=_QUICK, extras=["subtitles", "chapters", "attachment"]),
    "subtitles, chapters, mp4": Odd("mp4", options=_QUICK, extras=["subtitles", "chapters"]),
    "timecode track": Odd("mov", options=_QUICK, extras=["timecode"]),
    "position track": Odd("ts", options=_QUICK, extras=["data"]),
    "cover picture": Odd("mkv", options=_QUICK, extras=["cover"]),
    "interlaced, transport stream": Odd("ts", "mpeg2video", options={"b": "2000k"}, interlaced=True, sounds=["mp2"]),
    "interlaced, H.264": Odd("mp4", options=_QUICK, interlaced=True),
    "pixels not square": Odd("mp4", options=_QUICK, aspect=Fraction(16, 11)),
    "pixels not square, turned": Odd("mp4", options=_QUICK, aspect=Fraction(16, 11), quarter_turns=1),
    "reordered frames, edit list": Odd("mp4", options={**_QUICK, "bf": "3", "b-pyramid": "normal"}),
    "reordered frames, mkv": Odd("mkv", options={**_QUICK, "bf": "2"}, sounds=["libopus"]),
    "begin hidden by an edit list": Odd("mp4", options={**_QUICK, "g": "30"}, start_s=-0.2,
                                        muxing={"avoid_negative_ts": "disabled"}),
    "starts at ten seconds": Odd("ts", options=_QUICK, start_s=10.0, sounds=["aac"]),
    "no sound": Odd("mp4", options=_QUICK, sounds=[]),
    "sound longer than picture": Odd("mp4", options=_QUICK, sound_s=(0, 1.5)),
    "sound begins late": Odd("mkv", options=_QUICK, sound_s=(0.2, 0.56), sounds=["flac"]),
    "picture begins late": Odd("mkv", options=_QUICK, sound_s=(-0.28, 0.56), sounds=["flac"]),
    "VP9 and Opus in webm": Odd("webm", "libvpx-vp9", options=_VP9, sounds=["libopus"]),
    "AV1 in mp4": Odd("mp4", "libsvtav1", options=_AV1, sounds=["libopus"]),
    "H.265 in mkv": Odd("mkv", "libx265", options=_X265, sounds=["ac3"]),
    "motion JPEG in avi": Odd("avi", "mjpeg", "yuvj420p", options={"q": "2"}, sounds=["pcm_s16le"]),
    "ProRes in mov": Odd("mov", "prores_ks", "yuv422p10le", options={"profile": "hq"}, sounds=["pcm_s24le"], depth=10),
    "MPEG-4 in avi": Odd("avi", "mpeg4", options={"q": "2"}, sounds=["mp3"]),
    "Sorenson in flv": Odd("flv", "flv", options={"q": "2"}, sounds=["mp3"]),
    "program stream": Odd("mpg", "mpeg2video", options={"b": "2000k"}, sounds=["mp2"]),
    "lossless RGB in mkv": Odd("mkv", "ffv1", "bgr0", sounds=["flac"]),
}  # fmt: skip


def number_of(luma: npt.NDArray[Any]) -> int:
    """The number drawn into a frame, from its upright luma (h, w), 8 bits."""
    height, width = luma.shape
    row = luma[round(height * 0.75), :]
    return sum(1 << bit for bit in range(_BITS) if row[round(width * (bit + 1.5) / (_BITS + 2))] > 110)


def corner_is_bright(luma: npt.NDArray[Any]) -> bool:
    """Is the block in the upper left corner, and in no other?"""
    height, width = luma.shape
    spots = [luma[y, x] > 110 for y in (height // 8, height - height // 8) for x in (width // 8, width - width // 8)]
    return spots == [True, False, False, False]


def _picture(odd: Odd, number: int) -> npt.NDArray[np.uint8]:
    """(h, w, 3), as displayed."""
    width, height = odd.displayed
    rgb = np.full((height, width, 3), (40, 40, 60), np.uint8)
    rgb[:, :, 0] += (np.arange(width) * 30 // width).astype(np.uint8)
    rgb[: height // 4, : width // 4] = (220, 200, 180)
    for bit in range(_BITS):
        left, right = (round(width * (bit + place) / (_BITS + 2)) for place in (1, 2))
        rgb[round(height * 0.6) : round(height * 0.85), left:right] = 220 if number >> bit & 1 else 30
    return rgb


def _stored(odd: Odd, shown: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """What the file holds of a picture that is displayed turned or mirrored."""
    turned = np.rot90(shown, odd.quarter_turns)
    return np.ascontiguousarray(turned[:, ::-1] if odd.mirrored else turned)


def make(odd: Odd, path: Path) -> Path:
    """Write the film to `path`."""
    import av

    with av.open(str(path), "w", options=odd.muxing) as target:
        target.metadata.update({"title": f"{MARK} Quick", "comment": MARK, "location": PLACE, "artist": MARK})
        video = _video_stream(target, odd)
        sounds = [_sound_stream(target, name) for name in odd.sounds]
        extras = [write for name in odd.extras if (write := _EXTRAS[name](target)) is not None]
        base = Fraction(1, 1000) if odd.times else 1 / odd.rate
        flows: list[tuple[float, Any]] = []
        first = min(0.0, odd.sound_s[0]) if odd.sounds else 0.0
        for number, second in enumerate(odd.seconds):
            pixels = _stored(odd, _picture(odd, number))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=odd.pixel_format)
            frame.pts = round((second - first + odd.start_s) / base)
            frame.time_base = base
            if odd.colour:
                frame.color_range, frame.color_primaries, frame.color_trc, frame.colorspace = odd.colour
            flows += _sorted(video.encode(frame))
        flows += _sorted(video.encode(None))
        for stream in sounds:
            flows += _sorted(_sound(odd, stream, -first + odd.start_s))
        for write in extras:
            flows += _sorted(write(target))
        for _time, packet in sorted(flows, key=lambda one: one[0]):
            target.mux(packet)
    if odd.quarter_turns or odd.mirrored:
        _display_matrix(path, odd)
    return path


def _sorted(packets: Sequence[Any]) -> list[tuple[float, Any]]:
    return [(float((one.dts if one.dts is not None else one.pts or 0) * one.time_base), one) for one in packets]


def _video_stream(target: Any, odd: Odd) -> Any:
    from av.codec.context import Flags

    stream = target.add_stream(odd.codec, rate=odd.rate, options=odd.options)
    stream.width, stream.height, stream.pix_fmt = *odd.size, odd.pixel_format
    context = stream.codec_context
    context.thread_count = 1
    if odd.times:
        context.time_base = Fraction(1, 1000)
    if odd.aspect:
        context.sample_aspect_ratio = odd.aspect
    if odd.colour:
        context.color_range, context.color_primaries, context.color_trc, context.colorspace = odd.colour
    if odd.interlaced:
        context.flags |= Flags.interlaced_dct | Flags.interlaced_me
    stream.metadata["title"] = MARK
    return stream


def _sound_stream(target: Any, name: str) -> Any:
    stream = target.add_stream(name, rate=SOUND_RATE, layout="mono")
    stream.metadata.update({"title": MARK, "language": "deu"})
    return stream


def _sound(odd: Odd, stream: Any, shift: float) -> list[Any]:
    import av

    first, last = odd.sound_s
    when = np.arange(round((last - first) * SOUND_RATE)) / SOUND_RATE + first
    beep = odd.seconds[BEEP]
    wave = np.where((when >= beep) & (when < beep + 0.1), np.sin(2 * np.pi * 1000 * (when - beep)), 0.0)
    packets: list[Any] = []
    samples = (wave * 20_000).astype(np.int16)
    resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=SOUND_RATE)
    size = stream.codec_context.frame_size or 1024
    for start in range(0, len(samples), size):
        sound = av.AudioFrame.from_ndarray(samples[None, start : start + size], format="s16", layout="mono")
        sound.sample_rate, sound.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
        sound.pts = start + round((first + shift) * SOUND_RATE)
        for piece in resampler.resample(sound):
            packets += stream.encode(piece)
    return [*packets, *stream.encode(None)]


def _subtitles(target: Any) -> Callable[[Any], list[Any]]:
    from polyveil.containers.media.subtitles import Cue, add_track, packets_of

    name = "mp4" if target.format.name == "mp4" else "mkv"
    out = add_track(target, name)
    return lambda _target: [packet for _time, packet in packets_of([Cue(0.1, 0.4, f"says {MARK}")], 0.0, out, name)]


def _chapters(target: Any) -> None:
    target.set_chapters(
        [{"id": 1, "start": 0, "end": 300, "time_base": Fraction(1, 1000), "metadata": {"title": f"{MARK} at home"}}]
    )


def _attachment(target: Any) -> None:
    target.add_attachment(f"{MARK}.txt", "text/plain", f"letter of {MARK}".encode())


def _timecode(target: Any) -> None:
    target.streams.video[0].metadata["timecode"] = "10:11:12:13"


def _data(target: Any) -> Callable[[Any], list[Any]]:
    import av

    out = target.add_data_stream("klv")
    out.time_base = Fraction(1, 1000)

    def packets(_target: Any) -> list[Any]:
        packet = av.Packet(f"{MARK} {PLACE}".encode())
        packet.pts = packet.dts = 0
        packet.duration, packet.time_base, packet.stream = 100, Fraction(1, 1000), out
        return [packet]

    return packets


def _cover(target: Any) -> None:
    """A picture of somebody, as Matroska's players show it for the file."""
    import io

    from PIL import Image

    sink = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = MARK
    Image.new("RGB", (64, 64), "red").save(sink, "JPEG", exif=exif)
    target.add_attachment("cover.jpg", "image/jpeg", sink.getvalue())


_EXTRAS: dict[str, Callable[[Any], Any]] = {
    "subtitles": _subtitles,
    "chapters": _chapters,
    "attachment": _attachment,
    "timecode": _timecode,
    "data": _data,
    "cover": _cover,
}


def _display_matrix(path: Path, odd: Odd) -> None:
    """Into the track header of an mp4 file (ISO/IEC 14496-12, 8.3.2): u, v, w stay, translation as players want it."""
    width, height = odd.size
    one = 1 << 16
    matrix = {
        0: (-one, 0, 0, 0, one, 0, width << 16, 0),  # mirrored
        1: (0, one, 0, -one, 0, 0, height << 16, 0),
        2: (-one, 0, 0, 0, -one, 0, width << 16, height << 16),
        3: (0, -one, 0, one, 0, 0, 0, width << 16),
    }[odd.quarter_turns]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in (*matrix, 1 << 30))
    path.write_bytes(data)
