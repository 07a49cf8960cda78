"""Addresses of mail that were read with a space in them."""

from __future__ import annotations

import numpy as np
import pytest

from polyveil.modalities.image.detectors.text import find_in_lines
from polyveil.modalities.image.ocr import Line
from polyveil.policies import load

POLICY = load("default")


def _line(text: str) -> Line:
    quad = np.array([[40, 40], [40 + 12 * len(text), 40], [40 + 12 * len(text), 64], [40, 64]], np.float32)
    return Line(quad, text, 0.95, tuple((i + 0.5) / len(text) for i in range(len(text))))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("mail type.three @planted.com or call", "type.three @planted.com"),
        ("E-Mail: j_doe @ uni-bonn.de", "j_doe @ uni-bonn.de"),
        ("write to anna@fabrikam. com today", "anna@fabrikam. com"),
        ("联系 zhang.wei@ 163 .com", "zhang.wei@ 163 .com"),
    ],
)
def test_an_address_with_a_space_is_found(text: str, value: str) -> None:
    found = [one for one in find_in_lines([_line(text)], (120, 900), POLICY) if one.entity == "EMAIL_ADDRESS"]
    assert value in {one.value for one in found}


@pytest.mark.parametrize("text", ["meet me @ noon. Then go", "5 apples @ 2.50 each", "see you @home. Bye"])
def test_an_at_between_words_is_none(text: str) -> None:
    assert "EMAIL_ADDRESS" not in {one.entity for one in find_in_lines([_line(text)], (120, 900), POLICY)}
