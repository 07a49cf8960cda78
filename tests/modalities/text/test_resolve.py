"""Which of overlapping findings stays, and what a policy looks for."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.resolve import resolve
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

POLICY = load("default")
TEXT = "Anna Bly of Leeds, anna@bly.example "


def kept(*found: Finding) -> list[tuple[str, str]]:
    made = resolve(found, POLICY, TEXT)
    return [(one.entity, TEXT[one.location.start : one.location.end]) for one in made if isinstance(one.location, Span)]


def one(entity: str, words: str, score: float = 0.9, detector: str = "pattern:test") -> Finding:
    start = TEXT.index(words)
    return Finding(entity, Span(start, start + len(words)), score, detector, words)


@pytest.mark.parametrize(
    ("found", "left"),
    [
        ([one("PERSON", "Anna", 0.8), one("PERSON", "Anna Bly", 0.9)], [("PERSON", "Anna Bly")]),
        ([one("PERSON", "Anna"), one("PERSON", "Anna Bly")], [("PERSON", "Anna Bly")]),
        ([one("PERSON", "Bly of", 0.8), one("PERSON", "Anna Bly")], [("PERSON", "Anna Bly"), ("PERSON", "of")]),
        ([one("LOCATION", "Bly of", 0.8, "places"), one("PERSON", "Anna Bly")], [("PERSON", "Anna Bly")]),
        (
            [one("EMAIL_ADDRESS", "anna@bly.example", 0.7), one("PERSON", "anna", 1.0, "tagger:en")],
            [("EMAIL_ADDRESS", "anna@bly.example")],
        ),
        ([one("LOCATION", " Leeds"), one("PERSON", "Anna ")], [("PERSON", "Anna"), ("LOCATION", "Leeds")]),
        ([one("PERSON", "Anna", 0.01), one("NO_SUCH_KIND", "Leeds", 1.0)], []),
    ],
)
def test_the_better_finding_stays_and_nothing_overlaps(found: list[Finding], left: list[tuple[str, str]]) -> None:
    assert kept(*found) == kept(*reversed(found)) == left


def test_an_allowed_word_frees_what_lies_in_it_alone() -> None:
    policy = POLICY.model_copy(update={"allow": ("Anna Bly",)})
    made = resolve([one("PERSON", "Anna"), one("LOCATION", "Bly of Leeds")], policy, TEXT)
    assert [found.value for found in made] == ["Bly of Leeds"]
