"""Work on other threads: in order, bounded, and its errors come back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.modalities.video import room
from polyveil.modalities.video.ahead import Behind, ahead, depth_for
from polyveil.modalities.video.reader import Frame, Video
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part


def test_no_more_items_are_made_ahead_than_may_wait() -> None:
    made, most = [], 0

    def source() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            yield number

    for number in ahead(source(), 3):
        most = max(most, len(made) - number - 1)
    assert made == list(range(50))
    assert most <= 4  # three wait, and one is being offered


def test_drain_waits_for_what_was_put() -> None:
    done: list[int] = []
    go = threading.Event()

    def work(number: int) -> None:
        go.wait()
        done.append(number)

    behind = Behind(work, 4)
    try:
        for number in range(4):
            behind.put(number)
        assert done == []
        go.set()
        behind.drain()
        assert done == [0, 1, 2, 3]
    finally:
        behind.close()


def test_an_error_comes_back_when_drained_and_nothing_is_done_after_it() -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == 1:
            raise LookupError
        done.append(number)

    behind = Behind(work, 4)
    for number in range(2):
        behind.put(number)
    with pytest.raises(LookupError):
        behind.drain()
    with pytest.raises(LookupError):
        behind.put(2)
    with pytest.raises(LookupError):
        behind.close()
    assert done == [0]


def test_large_frames_wait_in_smaller_numbers() -> None:
    assert depth_for(1280 * 720 * 3 // 2) == 18
    assert depth_for(3840 * 2160 * 3 // 2) < depth_for(1920 * 1080 * 3 // 2)
    assert depth_for(10**9) == 1


@pytest.mark.parametrize("frames", [30, 90])
def test_few_frames_are_held_however_long_the_film_is(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frames: int
) -> None:
    """Inspecting and masking: what waits in queues, is looked at, is to be read, and the scene's last frame."""
    held: list[int] = []
    most = 0
    pictures = Video.frames

    def counted(video: Video) -> Iterator[Frame]:
        nonlocal most
        for frame in pictures(video):
            held.append(1)
            most = max(most, len(held))
            yield frame

    monkeypatch.setattr(Video, "frames", counted)
    monkeypatch.setattr(Frame, "__del__", lambda _frame: held.pop(), raising=False)
    monkeypatch.setattr("polyveil.modalities.video.scan.depth_for", lambda _bytes, **_more: 2)
    monkeypatch.setattr("polyveil.modalities.video.render.depth_for", lambda _bytes: 2)
    policy = load("default")
    policy = policy.model_copy(update={"entities": {name: policy.entities[name] for name in ("FACE", "QR_CODE")}})
    ctx = Context(policy, Identity(b"h" * 32), tmp_path)
    noise = np.random.default_rng(3)
    film = write(tmp_path / "film.mp4", [noise.integers(0, 255, (96, 128, 3), np.uint8) for _ in range(frames)])
    part = Part("video", Modality.VIDEO, "video/mp4", film)
    room.transform(part, room.inspect(part, ctx).findings, ctx)
    assert 0 < most <= 10
