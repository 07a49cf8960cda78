"""Packed tracks say the same as plain ones."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.schema.boxes import Box, Packed, between, packed
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Track

NUMBERS = st.integers(-(2**20), 2**30)
BOXES = st.lists(st.tuples(st.integers(0, 3), NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=40)


def film(rows: list[Box], times: int) -> list[Box]:
    """Rows again and again, with their first numbers as the gaps between frames."""
    boxes: list[Box] = []
    frame = 0
    for gap, x, y, w, h in rows * times:
        frame += gap + 1
        boxes.append((frame, x, y, w, h))
    return boxes


@settings(deadline=None)
@given(BOXES, st.sampled_from([1, 7, 30]), st.integers(-5, 3000), st.integers(0, 900))
def test_what_is_packed_comes_back(rows: list[Box], times: int, first: int, length: int) -> None:
    boxes = film(rows, times)
    for kept in (Packed(boxes), packed(iter(boxes))):
        assert list(kept) == boxes
        assert kept == tuple(boxes)
        assert len(kept) == len(boxes)
        assert [kept[0], kept[-1], kept[len(boxes) // 2]] == [boxes[0], boxes[-1], boxes[len(boxes) // 2]]
        end = first + length
        assert list(between(kept, first, end)) == [box for box in boxes if first <= box[0] < end]
        assert list(between(kept, first, None)) == [box for box in boxes if first <= box[0]]


def test_a_long_track_is_small_and_the_same_on_every_way() -> None:
    track = Track([(frame, frame % 7, 10, 120, 160) for frame in range(20_000)])
    assert isinstance(track.boxes, Packed)
    assert len(pickle.dumps(track)) < 100_000, "a tuple of tuples has a million bytes"
    for copy in (pickle.loads(pickle.dumps(track)), Track(tuple(track.boxes))):
        assert copy == track
        assert hash(copy) == hash(track)
    found = Finding("FACE", track, 0.5, "somebody")
    assert Finding.from_json(found.to_json()) == found
    row = found.to_json(compact=True)
    assert Finding.from_json(row) == found
    assert len(str(row)) < 100_000


def test_a_short_track_stays_a_tuple() -> None:
    track = Track([(0, 1, 2, 3, 4)])
    assert track.boxes == ((0, 1, 2, 3, 4),)
    assert Finding("FACE", track, 0.5, "d").to_json(compact=True)["location"] == {"track": [[0, 1, 2, 3, 4]]}


@pytest.mark.parametrize("chunks", [["no!"], ["AAAA"], [""]])
def test_what_is_not_packed_is_refused(chunks: list[str]) -> None:
    with pytest.raises(ValueError, match=r"packed|base64|padding"):
        Finding.from_json({"entity": "FACE", "location": {"track": {"packed": chunks}}})


def test_a_number_beyond_32_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bits"):
        Packed([(0, 1 << 40, 0, 1, 1)])
