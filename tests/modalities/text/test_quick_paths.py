"""What was made quicker finds what the plain way finds."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.text.detectors import name_en_listed, place, tagger_zh
from polyveil.modalities.text.detectors.address_zh import find_addresses_zh
from polyveil.modalities.text.detectors.whole_words import whole_words
from polyveil.schema.locations import Span

_CAPITALISED = re.compile(r"[^\W\d_a-z](?<![^\W\d_][\s\S])[^\W\d_]{2,}")
_PLACES = re.compile(rf"(?:(?<![\w@#/.-])|(?<=\\n))[{place.UPPER}][\w'’-]+(?: {place._INNER}{place._NAME}){{0,12}}")
_ALPHABET = "AnaMcDeOVLx'’. -_9²\nßÉé张é\\@"


@given(st.text(_ALPHABET, max_size=60), st.sets(st.sampled_from(["Ana", "Anna", "Éan", "MAx", "Dean"])))
def test_whole_words_are_those_between_what_is_no_letter(text: str, words: set[str]) -> None:
    plain = [match.span() for match in _CAPITALISED.finditer(text) if match.group() in words]
    assert sorted(whole_words(words, text)) == plain


@given(st.text(_ALPHABET + "acl", max_size=60))
def test_runs_of_capitalised_words_are_the_plain_ones(text: str) -> None:
    names = [match.span() for match in re.finditer(name_en_listed.NAME, text)]
    assert [match.span() for match in name_en_listed._RUN.finditer(text)] == names
    assert [match.span() for match in place._RUN.finditer(text)] == [match.span() for match in _PLACES.finditer(text)]


@given(st.lists(st.tuples(st.integers(0, 700), st.text("张伟在北京市a1 ", min_size=1, max_size=8)), max_size=6))
def test_rows_of_windows_are_those_of_the_whole(parts: list[tuple[int, str]]) -> None:
    text, windows = "", []
    for gap, words in parts:
        text += "x" * gap
        windows.append((len(text), len(text) + len(words)))
        text += words
    letters, lexicon = tagger_zh._letters(), tagger_zh._words()
    whole = tagger_zh.rows(text, letters, lexicon) if text else np.zeros((0, tagger_zh.COLUMNS))
    for (start, end), seen in zip(windows, tagger_zh._rows_of(text, windows), strict=True):
        assert (seen == whole[start:end]).all()


def test_traditional_characters_outside_the_basic_plane_are_simplified_too() -> None:
    assert tagger_zh.in_simplified("x" * 50 + "王偉\U00029bf3") == "x" * 50 + "王伟" + tagger_zh.simplified()[0x29BF3]


def test_a_chinese_address_in_a_long_english_text_is_found() -> None:
    text = "Nothing but words. " * 40 + "住址:杭州市西湖区文三路100号3幢502室" + " and words, No. 12 Garden Road." * 9
    spans = {one.value: one.location for one in find_addresses_zh(text)}
    start = text.index("杭州")
    value = "杭州市西湖区文三路100号3幢502室"
    assert spans[value] == Span(start, start + len(value))
    assert "No. 12 Garden Road" in spans
