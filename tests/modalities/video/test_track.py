"""Tracks over scenes of hours: what is seen is packed, and linking looks at each frame a bounded number of times."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Mapping

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.modalities.video.scan import findings
from polyveil.modalities.video.scene import Scene, Seen, Sighting
from polyveil.modalities.video.track import Rules, fill, link
from polyveil.schema.locations import Track

RULES = Rules(start=0.3, keep=0.05, gap=25, lead=7, weak=2, threshold=0.4)

numbers = st.floats(-1e4, 1e4, allow_nan=False)
kinds = st.sampled_from([("FACE", "centerface", None), ("PERSON", "nanodet", None), ("QR_CODE", "codes", "a")])


class Counted(Mapping[int, list[Sighting]]):
    """Counts how often a frame's sightings are asked for."""

    def __init__(self, seen: Seen) -> None:
        self._seen, self.asked = seen, 0

    def __getitem__(self, frame: int) -> list[Sighting]:
        self.asked += 1
        return self._seen[frame]

    def __iter__(self) -> Iterator[int]:
        return iter(self._seen)

    def __len__(self) -> int:
        return len(self._seen)


def uncut(frames: int) -> Scene:
    scene = Scene(0, 1280, 720)
    for _frame in range(frames):
        scene.advance(np.eye(3), 1.0)
    return scene


def visits(frames: int) -> Scene:
    """Somebody walks through for 60 frames in every 120, doubtful as they come and go; doubtful things all the time."""
    scene = uncut(frames)
    for frame in range(0, frames, 3):
        found = [Sighting(frame, (40.0 * place, 600.0, 30.0, 40.0), 0.06, "FACE", "centerface") for place in range(20)]
        at = frame % 120
        if at < 60:
            score = 0.9 if 15 <= at < 45 else 0.1
            found.append(Sighting(frame, (100.0 + 2 * at, 100.0, 80.0, 100.0), score, "FACE", "centerface"))
        scene.looked.append(frame)
        scene.faces[frame] = found
    return scene


@given(st.dictionaries(st.integers(0, 10**6), st.lists(st.tuples(numbers, numbers, numbers, numbers, numbers, kinds))))
def test_what_is_packed_comes_out_as_it_was(
    said: dict[int, list[tuple[float, float, float, float, float, tuple[str, str, str | None]]]],
) -> None:
    plain = {
        frame: [Sighting(frame, (x, y, w, h), score, *kind) for x, y, w, h, score, kind in found]
        for frame, found in said.items()
    }
    seen = Seen()
    seen.update(plain)
    assert dict(seen) == plain


@settings(deadline=None)
@given(st.lists(st.lists(kinds, max_size=3), max_size=8), st.integers(0, 8))
def test_what_is_taken_over_from_the_next_span_is_the_same(
    said: list[list[tuple[str, str, str | None]]], cut: int
) -> None:
    found = {
        frame: [Sighting(frame, (1.0, 2.0, 3.0, place), 0.5, *kind) for place, kind in enumerate(several)]
        for frame, several in enumerate(said)
    }
    before, after = Seen(), Seen()
    for frame, several in found.items():
        (before if frame < cut else after)[frame] = several
    before.take(after)
    assert dict(before) == found
    assert not after


def test_an_hour_without_a_cut_takes_some_fifty_bytes_a_sighting() -> None:
    frames = 3000
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    seen = visits(frames).faces
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    count = sum(len(found) for found in seen.values())
    assert used / count < 80, "a sighting as an object takes some 280"


def test_linking_an_hour_without_a_cut_looks_at_a_frame_a_few_times() -> None:
    scene = visits(12_000)
    seen = Counted(scene.faces)
    threads = link(scene, scene.looked, seen, RULES)
    assert seen.asked < 3 * len(scene.looked)
    assert len(threads) == 100
    for number, thread in enumerate(threads):
        frames = [frame for frame, _box in fill(scene, thread, RULES)]
        assert thread.points[0].frame == 120 * number, "doubtful sightings before the first sure one belong to it"
        assert thread.points[-1].frame == 120 * number + 57
        assert frames == list(range(max(0, 120 * number - 7), 120 * number + 57 + 8))


def test_faces_that_are_always_in_view_cost_some_bytes_a_frame() -> None:
    frames, faces = 3000, 6
    scene = uncut(frames)
    for frame in range(0, frames, 3):
        scene.looked.append(frame)
        scene.faces[frame] = [
            Sighting(frame, (150.0 * place + frame % 5, 300.0, 80.0, 100.0), 0.8, "FACE", "centerface")
            for place in range(faces)
        ]
    tracemalloc.start()
    try:
        found = list(findings(scene, scene.faces, scene.looked, RULES))
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    boxes = sum(len(one.location.boxes) for one in found if isinstance(one.location, Track))
    assert (len(found), boxes) == (faces, frames * faces)
    assert peak < 100 * boxes, "as objects, sightings and boxes take some 240"
    assert held < 40 * boxes
