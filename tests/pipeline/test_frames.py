from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from polyveil.modalities.interface import Frames
from polyveil.pipeline.protect import protect
from polyveil.vault import Unlock


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with av.open(path, "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(25), width=64, height=48)
        for number in range(30):
            picture = np.full((48, 64, 3), 4 * number, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("workers", [0, 1])
def test_both_passes_tell_their_frames_from_wherever_they_run(film: Path, tmp_path: Path, *, workers: int) -> None:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    told: list[tuple[int, Frames]] = []
    done = protect(
        film,
        vault=tmp_path / "v",
        unlock=Unlock(key_file=key),
        workers=workers,
        frames=lambda job, frames: told.append((job, frames)),
    )
    assert done.counts == {"protected": 1}
    assert {job for job, _ in told} == {0}
    assert [frames for _, frames in told if frames.done == frames.of] == [
        Frames("inspect", 30, 30),
        Frames("mask", 30, 30),
    ]
