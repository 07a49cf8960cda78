"""Windows in tiles: each once, none over another, and what is said of one does not depend on the others."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.text.detectors import tagger_en, tiles, words_en
from polyveil.modalities.text.detectors.tagger_en import Window


def window(length: int, asked: int, first: int = 4) -> Window:
    """A window of `length` rows whose word pieces are numbered from `first` on; `asked` of them are asked about."""
    ids = np.arange(first, first + length)[:, None] + 10**6 * np.arange(words_en.PIECES)
    chosen = np.linspace(1, length, asked).astype(np.int64)
    return Window(ids, np.zeros(length, np.int64), np.zeros(length, np.int64), chosen, chosen - 1)


@given(st.lists(st.integers(1, tiles.TILE), max_size=60))
def test_every_window_is_in_one_tile_that_has_room_for_it(lengths: list[int]) -> None:
    packed = tiles.packed(lengths, tiles.TILE)
    assert sorted(chain(*packed)) == list(range(len(lengths)))
    assert all(0 < sum(lengths[number] for number in tile) <= tiles.TILE for tile in packed)
    half = [tile for tile in packed if sum(lengths[number] for number in tile) <= tiles.TILE // 2]
    assert len(half) <= 1  # two of these would have been one


@given(st.lists(st.tuples(st.integers(1, tiles.LONG), st.integers(1, 9)), min_size=1, max_size=40))
def test_rows_and_questions_of_all_windows_are_laid_out(shapes: list[tuple[int, int]]) -> None:
    windows = [window(length, min(asked, length), 1000 * number) for number, (length, asked) in enumerate(shapes, 1)]
    met: list[int] = []
    for some, room in tiles.runs(windows):
        inputs, places = tiles.laid(windows, some, room)
        assert list(inputs) == list(tiles.COLUMNS)
        assert inputs["group"].size <= tiles.RUN
        assert inputs["ids"].shape == (*inputs["group"].shape, words_en.PIECES)
        assert inputs["group"].shape[1] == room
        order = list(chain(*some))
        met += order
        answers = np.take_along_axis(inputs["ids"][..., 0], inputs["chosen"] - 1, 1).ravel()[places]
        assert answers.tolist() == list(chain(*(windows[number].ids[windows[number].words, 0] for number in order)))
        for row, tile in enumerate(some):
            for group, number in enumerate(tile, 1):
                at = np.flatnonzero(inputs["group"][row] == group)
                assert inputs["ids"][row, at].tolist() == windows[number].ids.tolist()
                assert inputs["places"][row, at].tolist() == list(range(len(at)))
        assert not inputs["ids"][inputs["group"] == 0].any()
        assert not np.delete(inputs["chosen"].ravel(), places).any()
    assert sorted(met) == list(range(len(windows)))


@pytest.mark.parametrize("light", [0, 10**9])
def test_what_is_said_of_a_window_does_not_depend_on_its_company(light: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "LIGHT", light)  # one runtime, then the other
    texts = [
        "Yesterday Anna Berg flew to Lagos.",
        "we met siobhan o'connor at the station with Otto and with " + "Mr Klum and " * 30 + "nobody",
        "The talk by Nguyen Thi Minh at Acme Ltd was short.",
    ] * 9
    cut = []
    for text in texts:
        read = words_en.words(text)
        wanted = words_en.candidates(read.known, read.sentences)
        cut += tagger_en.windows(read, wanted, np.ones(len(wanted), bool))
    together = tiles.chances(tagger_en.WEIGHTS, cut)
    alone = np.concatenate([tiles.chances(tagger_en.WEIGHTS, [one]) for one in cut])
    assert together.shape == (sum(len(one.chosen) for one in cut), 7)
    assert together.sum(1) == pytest.approx(1, abs=1e-4)
    assert np.abs(together - alone).max() < 0.0001


def test_both_runtimes_say_the_same() -> None:
    """A long text is read on OpenVINO where it is installed, its sentences alone on onnxruntime."""
    text = "Yesterday Anna Berg flew to Lagos with Otto Klum, who works for Acme Ltd. "
    read = words_en.words(text * 80)
    wanted = words_en.candidates(read.known, read.sentences)
    cut = tagger_en.windows(read, wanted, np.ones(len(wanted), bool))
    assert sum(len(one.ids) for one in cut) > tiles.LIGHT
    together = tiles.chances(tagger_en.WEIGHTS, cut)
    alone = tiles.chances(tagger_en.WEIGHTS, cut[:1])
    assert np.abs(together[: len(alone)] - alone).max() < 0.05
    assert np.abs(together - np.tile(together[: len(alone)], (len(cut), 1))).max() < 0.001
