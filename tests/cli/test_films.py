from __future__ import annotations

import io

import pytest
from rich.console import Console

from polyveil.cli import show
from polyveil.cli.films import Films
from polyveil.modalities.interface import Frames


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    said = io.StringIO()
    monkeypatch.setattr(show, "err", Console(file=said, force_terminal=True, width=120, color_system=None))
    return said


def test_a_film_shows_frames_rate_and_time_left_until_its_pass_ends(screen: io.StringIO) -> None:
    with show.progress("mask") as bar:
        films = Films(bar)
        for done in (25, 50, 75):
            films.tell("film", Frames("inspect", done, 300))
        bar.refresh()
        line = next(line for line in reversed(screen.getvalue().splitlines()) if "film: inspect" in line)
        films.tell("film", Frames("inspect", 300, 300))
        assert [task.description for task in bar.tasks] == ["mask"]
    assert "75/300" in line
    assert "frames/s" in line
    assert "-:--:--" not in line  # the time left is known


def test_a_film_longer_than_announced_goes_on_without_a_time_left(screen: io.StringIO) -> None:
    with show.progress("mask") as bar:
        Films(bar).tell("film", Frames("mask", 400, 300))
        film = bar.tasks[1]
        assert (film.completed, film.total) == (400, None)
        assert film.time_remaining is None
    assert "400/?" in screen.getvalue()


def test_nothing_is_drawn_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(show, "err", Console(file=said))
    with show.progress("mask") as bar:
        Films(bar).tell("film", Frames("mask", 25, 300))
    assert not said.getvalue().strip()
