"""When frames are looked at and read: seldom at rest, at each stride where something moves, where it moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from polyveil.modalities.video.motion import beside
from polyveil.modalities.video.reader import open_video
from polyveil.modalities.video.scan import scan
from polyveil.modalities.video.scene import Sighting
from polyveil.policies import fast, load
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track

Looks = list[tuple[int, int, bool]]
"""(frame, size, only parts of it?)"""


@contextmanager
def made(path: Path, frames: int, shift: int, mover: bool) -> Iterator[Path]:
    """A textured film; the camera goes `shift` pixels a frame, and a square may run across."""
    ground = np.random.default_rng(1).integers(0, 255, (90, 160), np.uint8).repeat(8, 0).repeat(8, 1)
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(frames):
            picture = ground[100:460, 100 + index * shift : 740 + index * shift].copy()
            if mover:
                picture[150:200, 40 + 8 * index : 90 + 8 * index] = 255
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="gray")))
        target.mux(stream.encode(None))
    yield path


def looks_of(path: Path, monkeypatch: pytest.MonkeyPatch, policy: str = "default", *, quick: bool = False) -> Looks:
    looked: Looks = []

    def see(frame: Any, _displayed: object, _threshold: float, *, size: int, tiles: Any = None) -> list[Any]:
        looked.append((frame.index, size, tiles is not None))
        return []

    monkeypatch.setattr("polyveil.modalities.video.watch.face.sightings", see)
    chosen = load(policy)
    chosen = chosen.model_copy(update={"entities": {"FACE": chosen.entities["FACE"]}})
    with open_video(path, Limits()) as video:
        scan(video, fast(chosen) if quick else chosen, (), lambda _done, _frames=None, /: None)
    return looked


@pytest.mark.parametrize(
    ("shift", "mover", "most"),
    [(0, False, 1), (2, False, 5), (0, True, 12)],
    ids=["at rest", "camera moves", "something moves"],
)
def test_looks_follow_what_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shift: int, mover: bool, most: int
) -> None:
    with made(tmp_path / "film.mkv", 30, shift, mover) as path:
        looked = looks_of(path, monkeypatch)
    assert looked[0] == (0, 640, False)
    assert 1 <= len(looked) <= most
    if mover:  # at each stride, and there alone
        assert [index for index, _size, _part in looked[:4]] == [0, 3, 6, 9]
        assert all(part for _index, _size, part in looked[1:4])


def test_fast_looks_more_seldom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with made(tmp_path / "film.mkv", 30, 0, mover=True) as path:
        assert len(looks_of(path, monkeypatch, quick=True)) < len(looks_of(path, monkeypatch))


def test_beside_knows_the_camera_from_things() -> None:
    grey = np.random.default_rng(2).integers(0, 255, (45, 80), np.uint8).repeat(4, 0).repeat(4, 1)
    moved = np.roll(grey, 8, axis=1)
    matrix = np.array([[1.0, 0, 8], [0, 1, 0], [0, 0, 1]])
    changed, fresh = beside(moved, grey, matrix, 12)
    assert not changed[:, 12:].any()
    assert fresh[:, :7].all()
    assert not fresh[:, 9:].any()
    moved[60:80, 200:230] = 255 - moved[60:80, 200:230]
    changed, _fresh = beside(moved, grey, matrix, 12)
    rows, columns = np.nonzero(changed[:, 12:])
    assert rows.min() >= 55
    assert rows.max() <= 85
    assert columns.min() + 12 >= 195
    assert columns.max() + 12 <= 235


def test_reads_only_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiles: list[list[tuple[float, ...]]] = []

    def lines(_frame: object, _displayed: object, where: list[tuple[float, ...]], *_more: object) -> list[Any]:
        tiles.append(where)
        return []

    monkeypatch.setattr("polyveil.modalities.video.legible.writing.lines", lines)
    path = tmp_path / "film.mkv"
    ground = np.full((360, 640), 90, np.uint8)
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream("libx264", rate=10, options={"preset": "ultrafast", "crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(45):
            if index == 15:
                ground[300:330, 200:400] = 230  # a caption appears
            target.mux(stream.encode(av.VideoFrame.from_ndarray(ground, format="gray")))
        target.mux(stream.encode(None))
    policy = load("default")
    chosen = policy.model_copy(update={"entities": {"PERSON": policy.entities["PERSON"]}})
    with open_video(path, Limits()) as video:
        scan(video, chosen, (), lambda _done, _frames=None, /: None)
    assert len(tiles) == 2
    assert tiles[0] == [(0.0, 0.0, 640.0, 360.0)]
    (left, top, right, bottom) = tiles[1][0]
    assert left <= 200
    assert right >= 400
    assert top <= 300
    assert bottom >= 330
    assert (right - left) * (bottom - top) < 0.4 * 640 * 360


def _driving(index: int) -> tuple[int, int]:
    """Where the vehicle stands: it crosses the frame in a second and a half, again and again."""
    return -80 + 20 * (index % 36), 150


def test_a_plate_that_drives_is_covered_between_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def sightings(frame: Any, *_more: object) -> list[Sighting]:
        read.append(frame.index)
        left, top = _driving(frame.index)
        box = (left + 55.0, top + 60.0, 50.0, 20.0)
        inside = 0 < box[0] < 590
        return [Sighting(frame.index, box, 0.9, "LICENSE_PLATE", "ocr:plate")] if inside else []

    monkeypatch.setattr("polyveil.modalities.video.legible.writing.lines", lambda *_more: [])
    monkeypatch.setattr("polyveil.modalities.video.legible.writing.sightings", sightings)
    rng = np.random.default_rng(4)
    ground = rng.integers(60, 200, (45, 80), np.uint8).repeat(8, 0).repeat(8, 1)
    car = rng.integers(0, 255, (10, 16), np.uint8).repeat(10, 0).repeat(10, 1)
    with av.open(str(tmp_path / "film.mkv"), "w") as target:
        stream: Any = target.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(70):
            picture = ground.copy()
            left, top = _driving(index)
            picture[top : top + 100, max(0, left) : max(0, left + 160)] = car[:, max(0, -left) : 640 - left]
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="gray")))
        target.mux(stream.encode(None))
    policy = load("default")
    chosen = policy.model_copy(update={"entities": {"LICENSE_PLATE": policy.entities["LICENSE_PLATE"]}})
    with open_video(tmp_path / "film.mkv", Limits()) as video:
        found = scan(video, chosen, (), lambda _done, _frames=None, /: None).findings
    assert len(read) >= 3
    masked = np.zeros((70, 360, 640), bool)
    for one in found:
        assert isinstance(one.location, Track)
        for frame, x, y, w, h in one.location.boxes:
            masked[frame, y : y + h, x : x + w] = True
    crossings = {index // 36 for index in read if 0 < _driving(index)[0] + 55 < 590}
    open_frames = [
        index
        for index in range(70)
        if index // 36 in crossings
        and 0 < (left := _driving(index)[0] + 55) < 590
        and masked[index, 210:230, left : left + 50].mean() < 0.5
    ]
    assert open_frames == []
