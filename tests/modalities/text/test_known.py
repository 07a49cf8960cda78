"""Known values are found alike whether they are few or many."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.known import find_known
from polyveil.schema.locations import Span
from polyveil.schema.part import Known

OTHERS = tuple(Known("PERSON", f"Zyx{number:04d} Qwv{number:04d}") for number in range(300))


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (Known("PERSON", "Ann Lee"), "ANN LEE met ann; Anna and Lee-Ann did not."),
        (Known("PERSON", "李小龙"), "见李小龙。李小龙们"),
        (Known("ACCOUNT_NUMBER", "44-812"), "no. 44-812, 44-8123, x44-812"),
        (Known("PERSON", "İpek Kaya"), "İstanbul: Ipek kaya, İpek KAYA"),
    ],
)
def test_few_and_many_agree(item: Known, text: str) -> None:
    few = {(one.location, one.entity, one.value) for one in find_known(text, (item,))}
    many = {(one.location, one.entity, one.value) for one in find_known(text, (*OTHERS, item))}
    assert few == many
    assert few


def test_many_values_of_one_text() -> None:
    text = " ".join(one.value for one in OTHERS)
    spans = {one.location for one in find_known(text, OTHERS)}
    covered = {place for span in spans if isinstance(span, Span) for place in range(span.start, span.end)}
    assert {place for place, letter in enumerate(text) if letter.isalnum()} <= covered
