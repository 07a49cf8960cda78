"""What base64 hides in a text."""

from __future__ import annotations

import pytest

from polyveil.modalities.text import find
from polyveil.modalities.text.encoded import find_encoded
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span


def asked(text: str) -> list[str]:
    """What is decoded in a text."""
    seen: list[str] = []

    def find_all(plain: str) -> list[Finding]:
        seen.append(plain)
        return [Finding("PERSON", Span(0, 1), 0.9, "test", plain[:1])]

    for one in find_encoded(text, find_all):
        assert isinstance(one.location, Span)
        assert one.value == text[one.location.start : one.location.end]
    return seen


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("blob bXkgY2FyZCBpcyBoZXJl end", ["my card is here"]),
        ("id: 5Y2h77yfPiDlsI_mmI4, x", ["卡？> 小明"]),
        ("aGVsbG8gYW5uYSEh== ZXZlcnlib2R5IGlzIG91dA", ["hello anna!!", "everybody is out"]),
        ("12345678901234567890 internationalisation Kindergartenplatz", []),
        ("AAAAAAAAAAAAAAAAAAAA", []),
    ],
)
def test_base64_of_a_text_is_decoded(text: str, plain: list[str]) -> None:
    assert asked(text) == plain


def test_what_holds_something_personal_is_of_that_kind() -> None:
    text = "blob bXkgY2FyZCBpcyA0MTExMTExMTExMTExMTEx end"
    found = [(one.entity, one.detector, one.value) for one in find(text, load("default"))]
    assert found == [("CREDIT_CARD", "encoded", "bXkgY2FyZCBpcyA0MTExMTExMTExMTExMTEx")]
