from __future__ import annotations

import itertools
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.modalities.text.detectors import tagger_en, tagger_zh, tiles
from polyveil.modalities.text.detectors.network import LABELS, Reading, legal


def allowed(path: tuple[int, ...]) -> bool:
    return all(row % 2 or not row or (place and path[place - 1] in (row - 1, row)) for place, row in enumerate(path))


def test_the_likeliest_legal_sequence_is_found_among_all() -> None:
    noise = np.random.default_rng(3)
    sequences = [noise.dirichlet(np.ones(len(LABELS)), length).astype(np.float32) for length in (4, 1, 3, 4, 2)]
    for chances, path in zip(sequences, legal(sequences), strict=True):
        logs = np.log(chances)
        every = itertools.product(range(len(LABELS)), repeat=len(chances))
        best = max(
            (one for one in every if allowed(one)), key=lambda one: sum(logs[row, two] for row, two in enumerate(one))
        )
        assert path == list(best)


def test_learned_moves_count() -> None:
    even = np.full((2, len(LABELS)), 1 / len(LABELS), np.float32)
    moves = np.zeros((len(LABELS), len(LABELS)), np.float32)
    moves[1, 2] = 5
    assert legal([even], moves) == [[1, 2]]


@given(st.lists(st.integers(0, 6), max_size=5))
@settings(max_examples=40)
def test_every_sequence_gets_as_many_labels_as_it_has_rows(lengths: list[int]) -> None:
    noise = np.random.default_rng(len(lengths))
    sequences = [
        noise.dirichlet(np.ones(len(LABELS)), length).astype(np.float32).reshape(-1, len(LABELS)) for length in lengths
    ]
    assert [len(path) for path in legal(sequences)] == lengths


def test_the_best_chance_of_a_range_is_given() -> None:
    reading = Reading((), [0, 5, 10], [4, 9, 14], [0.1, 0.9, 0.3])
    assert reading.person(2, 7) == 0.9
    assert reading.person(10, 12) == 0.3
    assert reading.person(4, 5) is None
    assert Reading().person(0, 3) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Yesterday Oluwaseun Adeyemi flew to Lagos.", "Oluwaseun Adeyemi"),
        ("we met siobhan o'connor at the station", "siobhan"),
        ("The talk by Nguyễn Thị Minh was short.", "Nguyễn Thị Minh"),
    ],
)
def test_english_names_are_read(text: str, name: str) -> None:
    reading = tagger_en.read(text)
    start = text.index(name)
    chance = reading.person(start, start + len(name))
    assert chance is not None
    assert chance > 0.5


@pytest.mark.parametrize(
    ("text", "name"), [("昨天记者在上海采访了王小明和他的同事。", "王小明"), ("球员克里斯蒂安打进一球。", "克里斯蒂安")]
)
def test_chinese_names_are_read(text: str, name: str) -> None:
    found = [one.value for one in tagger_zh.read(text).findings if one.entity == "PERSON"]
    assert name in found


def test_chinese_sentences_are_not_read_as_english() -> None:
    assert tagger_en.read("昨天记者在上海采访了王小明和他的同事。").starts == ()


def test_what_is_said_of_a_text_does_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(
        f"Anna Berg met number {row} near Leeds {'and then ' * (row % 40)}with Otto Klum." for row in range(120)
    )
    monkeypatch.setattr(tiles, "threads", lambda: None)
    alone = tagger_en.read(text)
    with ThreadPoolExecutor(3) as pool:
        monkeypatch.setattr(tiles, "threads", lambda: pool)
        shared = tagger_en.read(text)
    assert alone.findings
    assert shared == alone


def test_a_forked_process_reads_too() -> None:
    """Threads of the first process are not in the second."""
    text = "\n".join(f"Anna Berg met Otto Klum near Leeds {'and then ' * (row % 40)}again." for row in range(60))
    script = (
        "import os, sys\n"
        "from polyveil.modalities.text.detectors import tagger_en\n"
        "text = sys.stdin.read()\n"
        "first = tagger_en.read(text)\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(0 if tagger_en.read(text) == first else 1)\n"
        "sys.exit(os.waitpid(child, 0)[1])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        input=text.encode(),
        timeout=120,
        check=False,
        env={**os.environ, "POLYVEIL_THREADS": "2"},
    )
    assert ended.returncode == 0
