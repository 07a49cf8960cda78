from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.text.detectors.network import Reading
from polyveil.modalities.text.detectors.place import believed, find_places, known
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span


def values(found: list[Finding], text: str) -> set[str]:
    return {text[one.location.start : one.location.end] for one in found if isinstance(one.location, Span)}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("We fly to Finland tomorrow.", "Finland"),
        ("Carry Me Back To United States, he sang", "United States"),
        ("born in BOSNIA AND HERZEGOVINA", "BOSNIA AND HERZEGOVINA"),
        ("The plant near Limassol burnt.", "Limassol"),
        ("Rain in Sao Paulo and São Paulo", "Sao Paulo"),
        ("Rain in Sao Paulo and São Paulo", "São Paulo"),
        ("My friend lives in STEINPARZ.", "STEINPARZ"),
        ("We moved here from Cabbage Tree Creek last May", "Cabbage Tree Creek"),
        ("A studio based in ΦΑΡΜΑΚΑΣ.", "ΦΑΡΜΑΚΑΣ"),
        ("It rained in ΠΑΦΟΣ all day", "ΠΑΦΟΣ"),
        ("a train from Нижний Новгород to Riga", "Нижний Новгород"),
        ("She is originally from Hørve, a village", "Hørve"),
        ("Jan de Vries\nDot Lake\nUnited States", "Dot Lake"),
        ("Jan de Vries\\nLa Sagne\\nSwitzerland 2314", "La Sagne"),
    ],
)
def test_a_place_is_found(text: str, place: str) -> None:
    assert place in values(find_places(text), text)


@pytest.mark.parametrize(
    "text",
    [
        "Can I withdraw cash?",
        "God knows. The Republic fell.",
        "He moved to January as the date",
        "the enterprise was liberal and nice in reading",
        "Jordan and Paris called Florence",
        "@Finland and #Norway are handles",
    ],
)
def test_words_are_no_places(text: str) -> None:
    found = values(find_places(text), text)
    assert not found - {"Jordan"}, found


def test_the_list_knows_countries_better_than_towns() -> None:
    listed = known()
    assert listed["France"] > listed["Los Angeles"]
    assert "London" not in listed  # a family's name too: the tagger reads it


@pytest.mark.parametrize(
    ("chance", "whole", "text", "kept"),
    [
        (0.1, None, "The plant near Limassol burnt.", True),
        (0.01, None, "The plant near Limassol burnt.", False),
        (0.1, None, "The Limassol Times wrote of it.", False),
        (0.5, None, "The Limassol Times wrote of it.", True),
        (0.9, 0.9, "The Bank of Limassol wrote.", False),
        (0.9, 0.4, "The Bank of Limassol wrote.", True),
    ],
)
def test_a_listed_place_is_kept_where_the_tagger_can_believe_it(
    chance: float, whole: float | None, text: str, *, kept: bool
) -> None:
    start = text.index("Limassol")
    place = next(one for one in find_places(text) if one.location == Span(start, start + 8))
    bank = [Finding("ORGANIZATION", Span(4, start + 8), whole, "tagger:en", None)] if whole else []
    read = Reading(tuple(bank), [start], [start + 8], [0.0], [chance])
    assert believed([place], read, text) == [place] * kept
    assert believed([place], Reading(), text) == [place]
    other = replace(place, detector="pattern:test")
    assert believed([other], read, text) == [other]


def test_belief_takes_time_by_the_length_alone() -> None:
    def spent(count: int) -> float:
        spans = [Span(20 * row, 20 * row + 8) for row in range(count)]
        listed = [Finding("LOCATION", span, 0.7, "places", None) for span in spans]
        read = Reading(
            tuple(Finding("LOCATION", span, 0.9, "tagger:en", None) for span in spans),
            [span.start for span in spans],
            [span.end for span in spans],
            [0.0] * count,
            [0.9] * count,
        )
        began = time.process_time()
        assert believed(listed, read, "") == listed
        return time.process_time() - began

    spent(200)
    assert spent(8_000) < 10 * spent(2_000) + 0.2  # quadratic would be 16 times as long


@given(st.text(alphabet="AaLl iou.,\\n\n7Émn", max_size=120))
def test_spans_lie_in_the_text(text: str) -> None:
    for one in find_places("lives in " + text):
        assert isinstance(one.location, Span)
        assert 0 <= one.location.start < one.location.end <= len(text) + 9
