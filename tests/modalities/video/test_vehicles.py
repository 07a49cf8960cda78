"""What passes quickly is told apart by whether it looks like a vehicle, and where it is by two frames before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tests.modalities.video.conftest import ground

from polyveil.modalities.video.detectors import vehicles
from polyveil.modalities.video.legible import WritingWatch
from polyveil.modalities.video.motion import reduced
from polyveil.modalities.video.reader import open_video
from polyveil.modalities.video.scene import Scene
from polyveil.policies import load
from polyveil.schema.limits import Limits


def test_plain_ground_is_no_vehicle(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(tmp_path / "plain.mp4", [np.full((240, 320, 3), 120, np.uint8)])
    with open_video(path, Limits()) as video:
        frame = next(iter(video.frames()))
        assert not vehicles.shown(frame, (0, 0, 320, 240), 1.0)
        assert not vehicles.shown(frame, (400, 300, 500, 400), 1.0), "outside the frame there is nothing"


def test_what_passes_quickly_is_sought_where_it_is(write: Callable[..., Path], tmp_path: Path) -> None:
    still, car = ground(640, 360), ground(160, 120, seed=9)
    frames = []
    for number in range(12):
        frame, left = still.copy(), 60 * (number - 4)
        if left >= 0:
            frame[120:240, left : left + 160] = 255 - car // 2
        frames.append(frame)
    asked: list[Any] = []
    with open_video(write(tmp_path / "passing.mp4", frames), Limits()) as video:
        watch = WritingWatch(video, load("default"), (), asked.append)
        scene = Scene(0, video.width, video.height)
        watch.begin()
        for one in video.frames():
            scene.advance(np.eye(3), 1.0)
            watch.see(scene, one, reduced(one.luma(), video.depth))
    key, *glances = asked
    assert key.args[1].index == 0
    assert [one.args[0].index for one in glances] == [10], "0.4 seconds later"
    held = np.zeros((180, 320), bool)
    for left, top, right, bottom in glances[0].args[2]:
        held[top:bottom, left:right] = True
    assert held[60:120, 180:260].mean() > 0.9, "where it is"
    assert held.mean() < 0.5
