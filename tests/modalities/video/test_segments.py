"""Segments put behind each other are one film: every frame, its time, and its packets in an order that decodes."""

from __future__ import annotations

import gc
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from polyveil.errors import AssetError
from polyveil.modalities.video.reader import Planes, Video, open_video
from polyveil.modalities.video.rotation import UPRIGHT
from polyveil.modalities.video.segments import concatenate
from polyveil.modalities.video.writer import open_writer, suited
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.policy import VideoRoad

SIZE = (98, 66)  # not of whole blocks
NINETIES = [0, 3600, 7300, 10_800, *range(14_500, 14_500 + 26 * 3600, 3600)]  # uneven, in 1/90 000 s
BORDERS = (0, 11, 12, len(NINETIES))


def road(codec: str, container: str) -> VideoRoad:
    return load("default").roads.video.model_copy(update={"codec": codec, "container": container})


def like(base: Fraction = Fraction(1, 90_000)) -> Video:
    return Video(
        *SIZE, 8, base, Fraction(25), len(NINETIES), Fraction(4, 3), (1, 1, 1, 1), UPRIGHT, None, None, Limits()
    )


def planes(number: int) -> Planes:
    """A bar that tells the number of the frame."""
    luma = np.full((SIZE[1], SIZE[0]), 60, np.uint8)
    luma[:, : 8 + 2 * number] = 200
    grey = np.full((SIZE[1] // 2, SIZE[0] // 2), 128, np.uint8)
    return luma, grey, grey


def shown(path: Path) -> tuple[list[float], list[int]]:
    with open_video(path, Limits()) as video:
        frames = [
            (frame.time_s, round((int((frame.luma() > 130).sum()) / SIZE[1] - 8) / 2)) for frame in video.frames()
        ]
    return [when for when, _ in frames], [number for _, number in frames]


def described(path: Path) -> dict[str, Any]:
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        context = stream.codec_context
        return {
            "duration": stream.duration or source.duration,
            "time_base": stream.time_base,
            "start": stream.start_time,
            "aspect": stream.sample_aspect_ratio,
            "colour": (context.color_range, context.color_primaries, context.color_trc, context.colorspace),
            "size": (context.width, context.height),
            "name": context.name,
        }


@pytest.mark.parametrize(
    ("codec", "container", "base"),
    [
        ("av1", "mp4", 90_000),
        ("av1", "mp4", 12_800),
        ("av1", "webm", 1000),
        ("h264", "mp4", 90_000),
        ("h264", "mp4", 15_360),
        ("h264", "mkv", 1000),
        ("h265", "mp4", 600),
        ("vp9", "webm", 240_000),
    ],
)
def test_segments_make_the_film_that_one_writer_makes(codec: str, container: str, base: int, tmp_path: Path) -> None:
    """Muxers of segments choose ticks of their own, so several are tried."""
    how, video = road(codec, container), like(Fraction(1, base))
    times = [when * base // 90_000 for when in NINETIES]
    name, _ = suited(how)
    whole, joined = tmp_path / f"whole.{name}", tmp_path / f"joined.{name}"
    with open_writer(whole, video, how) as writer:
        for number, when in enumerate(times):
            writer.add(planes(number), when)
    segments = []
    for first, end in pairwise(BORDERS):
        segments.append(tmp_path / f"{first}.segment")
        with open_writer(segments[-1], video, how, segment=True) as writer:
            for number, when in enumerate(times[:end]):
                if number < first:
                    writer.skip(when)
                else:
                    writer.add(planes(number), when)
    concatenate(joined, segments, video, how)
    assert shown(joined)[0] == shown(whole)[0]
    assert shown(joined)[1] == list(range(len(times)))
    assert described(joined) == described(whole)
    with av.open(str(joined)) as source:
        packets = [packet for packet in source.demux(video=0) if packet.size]
    decoding = [packet.dts for packet in packets if packet.dts is not None]
    assert decoding == sorted(set(decoding))
    assert all(packet.dts is None or (packet.pts is not None and packet.dts <= packet.pts) for packet in packets)
    assert sum(packet.is_keyframe for packet in packets) >= len(segments)


def test_segments_that_overlap_are_refused(tmp_path: Path) -> None:
    how, video = road("h264", "mp4"), like()
    segment = tmp_path / "one.segment"
    with open_writer(segment, video, how, segment=True) as writer:
        writer.add(planes(0), 0)
    with pytest.raises(AssetError, match="transform-failed"):
        concatenate(tmp_path / "film.mp4", [segment, segment], video, how)


def test_a_span_past_the_end_writes_nothing(tmp_path: Path) -> None:
    with open_writer(tmp_path / "none.segment", like(), road("av1", "mp4"), segment=True) as writer:
        writer.skip(0)
    assert not (tmp_path / "none.segment").exists()


def test_an_encoder_that_is_given_up_is_told_so(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """SVT-AV1 says on its own, where its errors are shown, that it was freed in the middle of a film."""

    def broken() -> None:
        with open_writer(tmp_path / "film.mp4", like(), road("av1", "mp4")) as writer:
            for number in range(3):
                writer.add(planes(number), number * 3600)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    gc.collect()
    assert "EOS" not in capfd.readouterr().err
