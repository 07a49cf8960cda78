"""Processes that share a film: failures are values, and none is left."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest

from polyveil.errors import AssetError
from polyveil.modalities.video.workers import Told, together
from polyveil.schema.outcome import QuarantineCode


def ignore(_index: int, _frames: int) -> None:
    return None


def act(task: str, tell: Told) -> str:
    """What a process does in these tests."""
    tell(len(task))
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "refuse":
        raise AssetError(QuarantineCode.CORRUPT, "no frame decodes")
    if task == "break":
        raise ValueError("a secret of the film")
    if task == "starve":
        raise MemoryError
    if task == "stay":
        time.sleep(60)
    return task.upper()


def test_results_come_in_order() -> None:
    told: list[tuple[int, int]] = []
    assert together(act, ["one", "three"], lambda *said: told.append(said), QuarantineCode.TRANSFORM_FAILED) == [
        "ONE",
        "THREE",
    ]
    assert sorted(told) == [(0, 3), (1, 5)]


@pytest.mark.parametrize(
    ("task", "code"),
    [
        ("die", QuarantineCode.CRASHED),
        ("refuse", QuarantineCode.CORRUPT),
        ("break", QuarantineCode.INSPECT_FAILED),
        ("starve", QuarantineCode.TOO_LARGE),
    ],
)
def test_one_that_fails_ends_all(task: str, code: QuarantineCode) -> None:
    with pytest.raises(AssetError) as refused:
        together(act, ["stay", task], ignore, QuarantineCode.INSPECT_FAILED)
    assert refused.value.code is code
    assert "secret" not in refused.value.detail
    assert not multiprocessing.active_children()


def test_ctrl_c_ends_all() -> None:
    def interrupted(_index: int, _frames: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        together(act, ["stay", "stay"], interrupted, QuarantineCode.INSPECT_FAILED)
    assert not multiprocessing.active_children()
