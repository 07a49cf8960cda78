"""A film entered in its middle: every frame keeps its number, or it is decoded from the start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from polyveil.modalities.image.operators import steady_noise
from polyveil.modalities.interface import Context
from polyveil.modalities.video import room, spans
from polyveil.modalities.video.entry import Entries, InexactError, entries, frames_from
from polyveil.modalities.video.reader import open_video
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

COUNT, SIZE = 120, (160, 96)
EVEN = [40 * number for number in range(COUNT)]
UNEVEN = [40 * number + 13 * (number % 3) for number in range(COUNT)]


def made(
    path: Path,
    codec: str,
    options: dict[str, str],
    times: Sequence[int] = EVEN,
    *,
    sound: bool = False,
    broken: int | None = None,
) -> Path:
    """A bar that tells the number of the frame. broken: number of a packet whose content is lost."""
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream(codec, rate=25, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        base = Fraction(1, 25 if codec == "mpeg2video" else 1000)
        stream.codec_context.time_base = base
        stream.codec_context.thread_count = 1
        heard: Any = target.add_stream("aac" if path.suffix == ".mp4" else "libopus", rate=48_000) if sound else None
        for number, when in enumerate(times):
            picture = np.full((SIZE[1], SIZE[0]), 60, np.uint8)
            picture[:, : 10 + number] = 200
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = round(when / 1000 / base), base
            target.mux(stream.encode(frame))
            if heard is not None:
                tone = av.AudioFrame.from_ndarray(np.zeros((1, 1920), np.float32), format="flt", layout="mono")
                tone.sample_rate, tone.pts, tone.time_base = 48_000, 1920 * number, Fraction(1, 48_000)
                target.mux(heard.encode(tone))
        target.mux(stream.encode(None))
        if heard is not None:
            target.mux(heard.encode(None))
    if broken is not None:
        with av.open(str(path)) as source:
            lost = [packet for packet in source.demux(video=0) if packet.size][broken]
            place, size = lost.pos or 0, lost.size
        with path.open("r+b") as file:
            file.seek(place + size // 8)
            file.write(np.random.default_rng(2).bytes(size - size // 8))
    return path


FILMS = {
    "h264, mp4": ("a.mp4", "libx264", {"g": "24", "preset": "veryfast"}, EVEN),
    "h264, mkv, uneven": ("b.mkv", "libx264", {"g": "24", "preset": "veryfast"}, UNEVEN),
    "h264, open groups": ("c.mp4", "libx264", {"g": "24", "x264-params": "open-gop=1:bframes=3:scenecut=0"}, UNEVEN),
    "h265, open groups": (
        "d.mp4",
        "libx265",
        {"x265-params": "log-level=none:keyint=24:open-gop=1:pools=1", "preset": "ultrafast"},
        EVEN,
    ),
    "vp9, webm, uneven": ("e.webm", "libvpx-vp9", {"g": "24", "deadline": "realtime", "cpu-used": "8"}, UNEVEN),
    "vp9 with hidden frames": ("f.webm", "libvpx-vp9", {"g": "24", "auto-alt-ref": "1", "cpu-used": "5"}, EVEN),
    "av1, mp4": ("g.mp4", "libsvtav1", {"g": "24", "preset": "12", "svtav1-params": "lp=1"}, EVEN),
    "mpeg4, avi": ("h.avi", "mpeg4", {"g": "24", "bf": "0"}, EVEN),
    "mpeg2, ts": ("i.ts", "mpeg2video", {"g": "24", "bf": "2"}, EVEN),
}


def numbered(path: Path, first: int, known: Entries | None) -> list[tuple[int, int, int]]:
    """(number, ticks, bar) of the frames from `first` on."""
    with open_video(path, Limits()) as video:
        return [
            (frame.index, frame.pts, int((frame.luma()[40] > 130).sum()))
            for frame in frames_from(video, first, known)
            if frame.index >= first
        ]


@pytest.mark.parametrize("name", FILMS)
def test_frames_are_those_of_a_film_decoded_from_its_start(tmp_path: Path, name: str) -> None:
    file, codec, options, times = FILMS[name]
    path = made(tmp_path / file, codec, options, times, sound=file.endswith((".mp4", ".webm")))
    whole = numbered(path, 0, None)
    known = entries(path)
    if known is None:
        assert name == "mpeg4, avi", "frames without times of their own"
        return
    for first in (1, 30, 77, COUNT - 1):
        assert known.before(first) > known.shown[0] or first < 24, "it is not decoded from its start"
        try:
            seen = numbered(path, first, known)
        except InexactError:
            assert name == "mpeg2, ts", "what announces its frames need not be decoded from its start"
            continue
        assert seen == whole[first:]


def test_a_frame_that_does_not_decode_is_noticed_wherever_it_lies(tmp_path: Path) -> None:
    path = made(tmp_path / "a.mp4", "libx264", {"g": "24", "preset": "ultrafast", "bf": "0"}, broken=60)
    known = entries(path)
    assert known is not None
    with pytest.raises(InexactError):
        numbered(path, 50, known)
    assert [number for number, _, _ in numbered(path, 90, known)] == list(range(90, COUNT)), "after it all is well"


@pytest.mark.parametrize("change", ["one more", "one less", "moved"])
def test_a_list_that_does_not_fit_is_noticed(tmp_path: Path, change: str) -> None:
    path = made(tmp_path / "a.mp4", "libx264", {"g": "24", "preset": "ultrafast"})
    known = entries(path)
    assert known is not None
    step = known.shown[1] - known.shown[0]
    shown = {
        "one more": (*known.shown[:80], known.shown[80] - step // 2, *known.shown[80:]),
        "one less": (*known.shown[:80], *known.shown[81:]),
        "moved": (*known.shown[:80], known.shown[80] + step // 2, *known.shown[81:]),
    }[change]
    with pytest.raises(InexactError):
        numbered(path, 60, replace(known, shown=shown))


@pytest.mark.parametrize("broken", [None, 30])
def test_workers_find_and_mask_the_same_in_any_container(
    faces_only: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: int | None
) -> None:
    """Also where a frame is lost: the film is then decoded from its start."""
    monkeypatch.setattr(spans, "LENGTH", 50)
    monkeypatch.setattr(spans, "LEAST", 20)
    files = ["b.mkv"] if broken else ["a.mp4", "b.mkv", "e.webm"]
    for file in files:
        _name, codec, options, times = next(one for one in FILMS.values() if one[0] == file)
        path = made(tmp_path / file, codec, options, times, sound=True, broken=broken)
        part = Part("video", Modality.VIDEO, "video/mp4", path)
        outputs = []
        for workers in (1, 2):
            ctx = replace(faces_only, workdir=tmp_path, workers=workers)
            with steady_noise():
                seen = room.inspect(part, ctx)
                done = room.transform(part, seen.findings, ctx)
            outputs.append((seen, done.metrics, _shown(done.part.data)))
        assert outputs[0] == outputs[1]


def _shown(data: bytes | Path) -> list[tuple[float, int]]:
    """(seconds, bar to the next four pixels) of every frame of an output."""
    with open_video(data, Limits()) as video:
        return [(frame.time_s, round(int((frame.luma()[40] > 130).sum()) / 4)) for frame in video.frames()]
