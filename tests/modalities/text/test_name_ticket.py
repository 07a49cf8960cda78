"""Names as tickets have them."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors.name_ticket import find_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("RING/MARVIN MR", "RING/MARVIN MR"),
        ("SMITH/FAITHMS", "SMITH/FAITHMS"),
        ("NAME OF PASSENGER\nVAN DYK/HANNA MARIA MRS\nSEAT 12C", "VAN DYK/HANNA MARIA MRS"),
        ("Passenger: LI/NA", "LI/NA"),
        ("旅客：ZHANG/XIAOMING", "ZHANG/XIAOMING"),
        ("1.HOLLAND/MARGARET 2.HOLLAND/PETER", "HOLLAND/MARGARET"),
        ("AND/OR", None),
        ("READ/WRITE access", None),
        ("Name: MALE/FEMALE", None),
        ("https://example.org/SMITH/FAITH", None),
        ("DATE/TIME", None),
        ("GATE/SEAT 12", None),
    ],
)
def test_names_of_tickets(text: str, name: str | None) -> None:
    found = [one.value for one in find_names(text)]
    assert found[:1] == ([name] if name else [])
