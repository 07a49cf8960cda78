"""Boxes by frame, from packed tracks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.modalities.video.drawn import Boxes, Masked
from polyveil.schema.locations import Track

TRACKS = st.lists(st.tuples(st.integers(0, 1200), st.integers(1, 600), st.integers(1, 4)), max_size=5)


@settings(deadline=None)
@given(TRACKS, st.integers(0, 1500), st.one_of(st.none(), st.integers(0, 1500)))
def test_every_frame_has_the_boxes_of_the_tracks_that_reach_it(
    tracks: list[tuple[int, int, int]], first: int, end: int | None
) -> None:
    masked = [
        Masked(
            number % 2, number, Track([(frame, number, frame, 5, 6) for frame in range(start, start + length, step)])
        )
        for number, (start, length, step) in enumerate(tracks)
    ]
    wanted: dict[int, list[tuple[int, ...]]] = {}
    for one in masked:
        for frame, *box in one.track.boxes:
            wanted.setdefault(frame, []).append((one.answer, *box, one.number))
    boxes = Boxes(masked)
    assert list(boxes) == sorted(wanted)
    assert dict(boxes) == wanted
    assert boxes.last == max(wanted, default=-1)
    assert len(boxes) == len(wanted)
    assert boxes.get(-3, ()) == ()
    inside = {frame: rows for frame, rows in wanted.items() if frame >= first and (end is None or frame < end)}
    assert dict(boxes.within(first, end)) == inside
