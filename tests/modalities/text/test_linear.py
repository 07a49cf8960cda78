"""No text makes a detector slower than linear: work on eight times the text stays far from the 64 of quadratic work."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.modalities.text import broken, markup, normalise
from polyveil.modalities.text.detectors import address, name_en, name_zh, pattern, place

SCANNER = pattern.scanner()
PARTS: dict[str, Callable[[str], object]] = {
    "patterns": SCANNER.find,
    "view": normalise.view,
    "broken": lambda text: broken.find_broken(text, SCANNER.find),
    "names:en": name_en.find_names,
    "names:zh": name_zh.find_names,
    "places": place.find_places,
    "addresses": address.find_addresses,
    "markup": lambda text: markup.view(text, is_html=True),
}
UNITS = [
    *(
        "1",
        "a",
        "@",
        "a@",
        "1-",
        "a-",
        "Aa ",
        "Aa-",
        "张",
        "王小明",
        "患者 ",
        "http://",
        "&#",
        "&amp;",
        "路1",
        "(",
        ".1",
    ),
    *("A^", " ", "\n", "ab\n", "12\n", "\u200b", "=", "一", "%41", "1 Aa ", "1 A-A ", "12 Main Street      ", "name: "),
    *("<a ", "[a] ", "4111 ", "1.1.1.1 ", "dear ", "QUJD", "密码：", "Aa, ", "é", "aя", "::", "北京市", "eyJ", "a=\"'"),
]
SMALL, LARGE = 4_000, 32_000


def spent(work: Callable[[str], object], text: str) -> float:
    """Processor seconds of this thread, the better of two."""
    tries = []
    for _ in range(2):
        began = time.thread_time()
        work(text)
        tries.append(time.thread_time() - began)
    return min(tries)


@pytest.mark.parametrize("part", PARTS)
def test_a_repeated_unit_takes_linear_work(part: str) -> None:
    slow = {}
    for unit in UNITS:
        less, more = (unit * (size // len(unit)) for size in (SMALL, LARGE))
        PARTS[part](less)
        large = spent(PARTS[part], more)
        if large < 0.05:  # too little to tell; quadratic work on as much text takes far longer
            continue
        ratio = large / max(spent(PARTS[part], less), 1e-4)
        if ratio > 3 * LARGE / SMALL:
            slow[unit] = ratio
    assert not slow


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=6), st.sampled_from(sorted(PARTS)))
def test_any_unit_repeated_takes_linear_work(unit: str, part: str) -> None:
    less, more = (unit * (size // len(unit)) for size in (SMALL // 4, LARGE // 4))
    PARTS[part](less)
    large = spent(PARTS[part], more)
    assert large < 0.05 or large < 3 * LARGE / SMALL * max(spent(PARTS[part], less), 1e-4)


@pytest.mark.parametrize("unit", ["@", "a-", "张", "\n1"])
def test_a_megabyte_ends(unit: str) -> None:
    """A megabyte of the worst is read like any other text, and nothing outside it is found."""
    text = unit * (1_000_000 // len(unit))
    assert all(len(one.value or "") <= len(text) for one in SCANNER.find(text))
