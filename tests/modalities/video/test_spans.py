"""Films in spans: the same findings for any number of workers, and nothing lost at a border."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.modalities.video.conftest import ground, portrait

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context, Frames
from polyveil.modalities.video import room, spans
from polyveil.modalities.video.divided import scan_divided
from polyveil.modalities.video.fingerprint import similar
from polyveil.modalities.video.reader import open_video
from polyveil.modalities.video.scan import Scanned, join, look
from polyveil.modalities.video.scene import Scene
from polyveil.modalities.video.spans import Span, divided, shares
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

FRAMES = 130
CUT = 110


@pytest.fixture(scope="module")
def film(write: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Part:
    """A face that goes through every border while the camera pans, then a cut to another place; times are uneven."""
    face, _ = portrait(120)
    wide, other = ground(320 + 2 * FRAMES, 240), ground(320, 240, seed=9)
    frames = []
    for number in range(FRAMES):
        picture = (wide[:, 2 * number : 2 * number + 320] if number < CUT else other).copy()
        left = 20 + number if number < CUT else 150
        picture[60 : 60 + face.shape[0], left : left + face.shape[1]] = face
        frames.append(picture)
    path = write(
        tmp_path_factory.mktemp("spans") / "film.mp4", frames, times=[40 * n + 7 * (n % 3) for n in range(FRAMES)]
    )
    return Part("video", Modality.VIDEO, "video/mp4", path)


@pytest.fixture
def short_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "LENGTH", 50)
    monkeypatch.setattr(spans, "LEAST", 20)


def silent(_done: int) -> None:
    return None


def in_spans(part: Part, ctx: Context, borders: Sequence[int], workers: int = 1) -> Scanned:
    made = [Span(first, end) for first, end in zip([0, *borders], [*borders, None], strict=True)]
    seen = []
    for share in shares(made, workers):
        with open_video(part.data, Limits()) as video:
            seen.append(look(video, ctx.policy, (), share, silent))
    with open_video(part.data, Limits()) as video:
        return join(video, ctx.policy, seen)


def uncovered(findings: Sequence[Finding]) -> list[int]:
    """Frames in which less than 99 % of the portrait's face lies in the boxes of the findings.

    Held against the face itself: a box of another look is larger or smaller by a few pixels without showing more of it.
    """
    x, y, w, h = portrait(120)[1]
    canvas = np.zeros((FRAMES, 240, 320), bool)
    for one in findings:
        assert isinstance(one.location, Track)
        for frame, left, top, width, height in one.location.boxes:
            canvas[frame, top : top + height, left : left + width] = True
    lefts = [(20 + number if number < CUT else 150) + x for number in range(FRAMES)]
    return [n for n, left in enumerate(lefts) if canvas[n, 60 + y : 60 + y + h, left : left + w].mean() < 0.99]


def _area(findings: Sequence[Finding]) -> int:
    return sum(w * h for one in findings if isinstance(one.location, Track) for _f, _x, _y, w, h in one.location.boxes)


# 31 and 60 lie in the first scene, 110 is its cut, 111 the second frame of the next scene, 200 is past the end.
@pytest.mark.parametrize("borders", [(30, 60), (31,), (CUT,), (CUT - 1, CUT + 1), (30, 200)])
def test_no_frame_at_a_border_is_less_covered(film: Part, faces_only: Context, borders: tuple[int, ...]) -> None:
    whole, parts = in_spans(film, faces_only, ()), in_spans(film, faces_only, borders, workers=len(borders) + 1)
    assert uncovered(whole.findings) == []
    assert uncovered(parts.findings) == []
    assert _area(parts.findings) < 1.05 * _area(whole.findings), "borders hardly mask more"
    assert [len(one.location.boxes) for one in parts.findings if isinstance(one.location, Track)] == [
        len(one.location.boxes) for one in whole.findings if isinstance(one.location, Track)
    ], "tracks over a border are whole"
    assert (parts.frames, parts.seconds, parts.scenes) == (whole.frames, whole.seconds, whole.scenes)
    assert similar(parts.fingerprint, whole.fingerprint)


@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_workers_finds_the_same(film: Part, faces_only: Context, workers: int) -> None:
    one, several = in_spans(film, faces_only, (50, 100)), in_spans(film, faces_only, (50, 100), workers)
    assert several == one


@pytest.mark.usefixtures("short_spans")
def test_any_number_of_workers_reads_the_same(film: Part, tmp_path: Path) -> None:
    ctx = Context(load("default"), Identity(b"v" * 32), tmp_path)
    assert in_spans(film, ctx, (50, 100), workers=3) == in_spans(film, ctx, (50, 100))


def test_processes_inspect_and_mask_as_one_does(film: Part, faces_only: Context, tmp_path: Path) -> None:
    told: list[Frames | None] = []

    def tell(_fraction: float, frames: Frames | None = None, /) -> None:
        told.append(frames)

    assert isinstance(film.data, Path)
    held = replace(film, data=film.data.read_bytes())
    outputs = []
    for workers in (1, 3):
        ctx = replace(faces_only, progress=tell, workdir=tmp_path, workers=workers)
        seen = room.inspect(held, ctx)
        done = room.transform(held, seen.findings, ctx)
        assert told[-1] == Frames("mask", FRAMES, FRAMES)
        assert not list(tmp_path.iterdir()), "neither the film nor a segment is left behind"
        outputs.append((seen, done))
    (seen, done), (seen_by_three, done_by_three) = outputs
    assert seen_by_three == seen
    assert done_by_three.metrics == done.metrics
    once, thrice = (_decoded(one.part.data) for one in (done, done_by_three))
    assert [when for when, _ in thrice] == [when for when, _ in once]
    worst = max(float(np.abs(a - b).mean()) for (_, a), (_, b) in zip(once, thrice, strict=True))
    assert _starts(done_by_three.part.data) == _starts(done.part.data)
    assert worst < 3.0, "grey levels, between two encodings of the same frames"


def _starts(data: bytes | Path) -> tuple[Any, ...]:
    with open_video(data, Limits()) as video:
        return video.stream.start_time, video.stream.duration, video.time_base


def _decoded(data: bytes | Path) -> list[tuple[float, Any]]:
    with open_video(data, Limits()) as video:
        return [(frame.time_s, frame.luma().astype(np.float32)) for frame in video.frames()]


@pytest.mark.parametrize("size", [0.3, 0.6])
def test_a_film_that_does_not_decode_is_refused_from_a_process(
    film: Part, faces_only: Context, tmp_path: Path, size: float
) -> None:
    assert isinstance(film.data, Path)
    data = bytearray(film.data.read_bytes())
    start = data.index(b"mdat") + 4
    hole = slice(start + int((len(data) - start) * size / 2), start + int((len(data) - start) * size))
    data[hole] = bytes(hole.stop - hole.start)
    broken = replace(film, data=bytes(data))
    with open_video(broken.data, Limits()) as video, pytest.raises(AssetError) as refused:
        scan_divided(broken, video, [(Span(0, 45),), (Span(45),)], replace(faces_only, workdir=tmp_path))
    assert refused.value.code is QuarantineCode.CORRUPT
    assert not list(tmp_path.iterdir())


def test_short_films_and_one_worker_stay_whole() -> None:
    assert divided(spans.LENGTH + spans.LEAST - 1) == [Span()]
    assert len(shares(divided(10**6), 1)) == 1
    assert len(shares(divided(spans.LENGTH * 3), 8)) == 3
    assert spans.LENGTH % spans.WARM == 0


@given(st.integers(0, 10**6), st.integers(1, 64))
def test_spans_leave_no_frame_out(count: int, workers: int) -> None:
    dealt = shares(divided(count), workers)
    made = [span for share in dealt for span in share]
    assert 1 <= len(dealt) <= workers
    assert made == divided(count), "the borders do not depend on the workers"
    assert made[0].first == 0
    assert made[-1].end is None
    assert all(a.end == b.first and a.first + spans.WARM < b.first for a, b in pairwise(made))


@given(st.integers(1, 6), st.integers(1, 6), st.floats(-9, 9), st.floats(0.9, 1.1))
def test_a_joined_scene_moves_as_one(before: int, after: int, shift: float, zoom: float) -> None:
    step = np.array([[zoom, 0, shift], [0, zoom, -shift], [0, 0, 1]])
    whole, left, right = Scene(0, 320, 240), Scene(0, 320, 240), Scene(before, 320, 240)
    for number in range(before + after):
        whole.advance(step, 2.0)
        (left if number < before else right).advance(step, 2.0)
    lead: Any = step.copy()
    lead[:2, 2] *= 2.0
    left.join(right, lead)
    assert left.end == whole.end
    assert left.carried((10, 20, 30, 40), 0, left.end - 1) == pytest.approx(
        whole.carried((10, 20, 30, 40), 0, whole.end - 1)
    )
