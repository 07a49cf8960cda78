"""Work on other threads: in order, bounded, and its errors come back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from polyveil.modalities.video.ahead import Behind, ahead, depth_for


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
    assert depth_for(10**9) == 2
