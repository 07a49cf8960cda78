"""Restorable tracks: one comes back in every frame, the others stay masked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polyveil.errors import AssetError
from polyveil.modalities import video
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import open_video
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

FRAMES = 8


def sealing(ctx: Context) -> Context:
    storage = ctx.policy.storage.model_copy(update={"regions": "seal"})
    return replace(ctx, policy=ctx.policy.model_copy(update={"storage": storage}))


def lumas(part: Part) -> list[np.ndarray]:
    with open_video(part.data, Limits()) as opened:
        return [np.array(frame.luma()).astype(int) for frame in opened.frames()]


def content(data: bytes | Path) -> bytes:
    return data if isinstance(data, bytes) else data.read_bytes()


def tracks() -> list[Finding]:
    """Two that overlap, a third apart that is there for some frames only."""
    one = tuple((index, 30 + 3 * index, 41, 51, 61) for index in range(FRAMES))
    two = tuple((index, 70 + 3 * index, 60, 50, 60) for index in range(FRAMES))
    three = tuple((index, 221, 100, 41, 51) for index in range(2, 6))
    return [Finding("FACE", Track(boxes), 0.9, "test") for boxes in (one, two, three)]


@pytest.mark.parametrize("form", [(240, 320, "ellipse"), (181, 301, "ellipse"), (181, 301, "box")])
def test_one_track_comes_back_and_no_other(
    faces_only: Context,
    write: Callable[..., Path],
    with_video: Callable[..., Context],
    tmp_path: Path,
    form: tuple[int, int, str],
) -> None:
    size, shape = form[:2], form[2]
    ground = np.random.default_rng(3).integers(90, 220, (size[0] // 8 + 1, size[1] // 8 + 1, 3), np.uint8)
    picture = ground.repeat(8, 0).repeat(8, 1)[: size[0], : size[1]]
    even = size[0] % 2 == 0
    path = write(tmp_path / "in.mkv", [picture] * FRAMES, pixel_format="yuv420p" if even else "yuv444p")
    ctx = with_video(sealing(faces_only), quality=100, shape=shape)
    part = Part("video", Modality.VIDEO, "video/x-matroska", path)
    done = video.transform(part, tracks(), ctx)
    assert [(one.entity, one.first, one.last) for one in done.kept] == [("FACE", 0, 7), ("FACE", 0, 7), ("FACE", 2, 5)]
    before, hidden = lumas(part), lumas(done.part)
    third = lumas(video.restore(done.part, [content(done.kept[2].data)], ctx))
    rows, columns = slice(108, 143), slice(229, 254)
    for index, (clear, dark, now) in enumerate(zip(before, hidden, third, strict=True)):
        inside = np.abs(now - clear)[rows, columns].mean()
        assert not 2 <= index < 6 or inside < 4
        assert np.abs(now - dark)[:, :215].mean() < 2  # the others are as masked as before
    assert np.abs(hidden[3] - before[3])[rows, columns].mean() > 40
    first = lumas(video.restore(done.part, [content(done.kept[0].data)], ctx))
    centre = np.abs(first[4] - hidden[4])[70:110, 95:130]  # inside the second face alone, or shared with it
    assert centre.mean() < 4
    assert np.abs(first[4] - before[4])[60:80, 45:60].mean() < 6


def test_a_region_of_something_else_is_refused(faces_only: Context, moving: Callable[..., Any]) -> None:
    clip = moving(3)
    with pytest.raises(AssetError) as caught:
        video.restore(clip.part, [b"no region at all"], faces_only)
    assert caught.value.code is QuarantineCode.CORRUPT
