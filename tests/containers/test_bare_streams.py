"""Films without a container or a size to speak of, and films of which a part is not carried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polyveil.containers import media
from polyveil.containers.interface import Piece
from polyveil.identity import Identity
from polyveil.modalities import video
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import open_video
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part

av = pytest.importorskip("av")
COUNT = 20


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    policy = load("default")
    return Context(
        policy.model_copy(update={"entities": {"FACE": policy.entities["FACE"]}}), Identity(bytes(32)), tmp_path
    )


def made(path: Path, codec: str, size: tuple[int, int], *, kind: str | None = None, pixels: str = "yuv420p") -> bytes:
    """Frames that grow brighter; reordered where the codec does so."""
    options = {"libx265": {"preset": "ultrafast", "x265-params": "log-level=none"}, "libvpx-vp9": {"auto-alt-ref": "0"}}
    with av.open(str(path), "w", format=kind) as target:
        stream: Any = target.add_stream(codec, rate=25, options=options.get(codec, {}))
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        for index in range(COUNT):
            shape = (size[1], size[0], 4)
            frame = av.VideoFrame.from_ndarray(np.full(shape, 20 + 10 * index, np.uint8), format="rgba")
            frame = frame.reformat(format=pixels)
            frame.pts = index
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path.read_bytes()


def masked(data: bytes, ctx: Context) -> tuple[bytes, dict[str, float | str], dict[str, Any]]:
    split = media.split(data, Hints(), ctx)
    (member,) = split.members
    part = Part(member.key, Modality.VIDEO, member.media_type, member.data)
    done = video.transform(part, video.inspect(part, ctx).findings, ctx)
    content = done.part.data
    left_out: Any = split.skeleton["left_out"]
    return content if isinstance(content, bytes) else content.read_bytes(), dict(done.metrics), left_out


@pytest.mark.parametrize(
    ("codec", "kind", "size"),
    [("libx264", "h264", (96, 64)), ("libx265", "hevc", (96, 64)), ("dvvideo", "dv", (720, 576))],
)
def test_streams_without_a_container(
    tmp_path: Path, ctx: Context, codec: str, kind: str, size: tuple[int, int]
) -> None:
    out, _metrics, _left_out = masked(made(tmp_path / "in", codec, size, kind=kind), ctx)
    with open_video(out, Limits()) as opened:
        assert (opened.width, opened.height) == size
        shown = [(round(25 * frame.time_s, 2), float(frame.luma().mean())) for frame in opened.frames()]
    assert [time for time, _level in shown] == list(range(COUNT))
    levels = [level for _time, level in shown]
    assert levels == sorted(levels), "frames are in the order in which they are shown"


@pytest.mark.parametrize("codec", ["av1", "h264", "h265", "vp9"])
@pytest.mark.parametrize("size", [(1, 1), (2, 2), (4, 2), (16, 16)])
def test_very_small_films(tmp_path: Path, ctx: Context, codec: str, size: tuple[int, int]) -> None:
    road = ctx.policy.roads.video.model_copy(update={"codec": codec, "container": "mkv"})
    roads = ctx.policy.roads.model_copy(update={"video": road})
    changed = Context(ctx.policy.model_copy(update={"roads": roads}), ctx.identity, tmp_path)
    out, _metrics, _left_out = masked(made(tmp_path / "in.mkv", "ffv1", size), changed)
    with open_video(out, Limits()) as opened:
        assert (opened.width, opened.height) == size
        assert len(list(opened.frames())) == COUNT


@pytest.mark.parametrize(
    ("codec", "pixels", "name"), [("ffv1", "yuva420p", "in.mkv"), ("libvpx-vp9", "yuva420p", "in.webm")]
)
def test_transparency_that_is_not_carried_is_named(
    tmp_path: Path, ctx: Context, codec: str, pixels: str, name: str
) -> None:
    _out, metrics, left_out = masked(made(tmp_path / name, codec, (96, 64), pixels=pixels), ctx)
    assert left_out["transparency"] is True
    assert metrics.get("left_out") == ("transparency" if codec == "ffv1" else None)
    _out, metrics, left_out = masked(made(tmp_path / name, codec, (96, 64)), ctx)
    assert left_out["transparency"] is False
    assert "left_out" not in metrics


def test_h265_in_mp4_is_called_what_every_player_takes(tmp_path: Path, ctx: Context) -> None:
    road = ctx.policy.roads.video.model_copy(update={"codec": "h265"})
    roads = ctx.policy.roads.model_copy(update={"video": road})
    changed = Context(ctx.policy.model_copy(update={"roads": roads}), ctx.identity, tmp_path)
    out, _metrics, _left_out = masked(made(tmp_path / "in.mkv", "ffv1", (96, 64)), changed)
    joined = media.join({"video_start": 0.0, "audio": []}, {"video": Piece(out, "video/mp4", ".mp4")}, changed).data
    for data in (out, joined if isinstance(joined, bytes) else joined.read_bytes()):
        assert b"hvc1" in data
        assert b"hev1" not in data
