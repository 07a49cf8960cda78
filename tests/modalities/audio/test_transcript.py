from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.audio.detectors.letters import sounds
from polyveil.modalities.audio.detectors.readout import find_spoken
from polyveil.modalities.audio.detectors.spoken import cardinal, spoken
from polyveil.modalities.audio.detectors.transcript import Cue, parse
from polyveil.policies import load
from polyveil.schema.locations import Span

SRT = (
    "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>My name</i> is\r\nAnn &amp; Bob\r\n\r\n"
    "2\r\n00:01:02,250 --> 00:01:04,000\r\nBye.\r\n"
)
VTT = (
    "WEBVTT - some title\n\nSTYLE\n::cue {}\n\nintro\n00:01.500 --> 00:03.000 align:start\n<v Ann>Hello there\n\n"
    "NOTE no words\n\n01:00:00.000 --> 01:00:01.000\nLate\n"
)


@pytest.mark.parametrize(
    ("transcript", "cues"),
    [
        (SRT, [Cue("My name is\nAnn & Bob", 1.5, 3.0), Cue("Bye.", 62.25, 64.0)]),
        (VTT, [Cue("Hello there", 1.5, 3.0), Cue("Late", 3600.0, 3601.0)]),
        ("\ufeffJust words.\nMore.", [Cue("Just words.\nMore.")]),
        (" \n\n", []),
        ("1\n00:00:05,000 --> 00:00:02,000\nbackwards\n", []),
    ],
)
def test_transcripts(transcript: str, cues: list[Cue]) -> None:
    assert parse(transcript) == cues


@given(st.text())
def test_any_text_parses(text: str) -> None:
    for cue in parse(text):
        assert cue.text.strip()
        assert cue.end_s is None or cue.end_s > cue.start_s >= 0


@pytest.mark.parametrize(
    ("token", "way"),
    [
        ("Hello,", ["hello"]),
        ("415", ["four", "one", "five"]),
        ("415", ["four", "hundred", "fifteen"]),
        ("2019", ["twenty", "nineteen"]),
        ("205", ["two", "oh", "five"]),
        ("3rd", ["third"]),
        ("21st", ["twenty", "first"]),
        ("Dr.", ["doctor"]),
        ("don't", ["don't"]),
        ("US", ["u.", "s."]),
    ],
)
def test_tokens_are_spoken(token: str, way: list[str]) -> None:
    pieces = spoken(token)
    assert len(pieces) == 1
    assert way in pieces[0]


def test_an_address_is_spoken_with_at_and_dot() -> None:
    flat = [way for piece in spoken("ann@example.com") for way in piece]
    for words in (["ann"], ["at"], ["example"], ["dot"], ["com"]):
        assert words in flat


@given(st.integers(0, 999_999_999))
def test_cardinals_are_words(number: int) -> None:
    words = cardinal(number)
    assert words
    assert all(word.isalpha() for word in words)


@given(st.text(max_size=12))
def test_any_word_has_sounds_if_it_has_letters(word: str) -> None:
    phones = sounds(word).split()
    assert all(phone.isupper() for phone in phones)
    assert phones or sum("a" <= mark <= "z" for mark in word.lower()) < 2


@pytest.mark.parametrize(
    ("text", "value", "entity"),
    [
        (
            "please call four one five five five five oh one nine oh today",
            "four one five five five five oh one nine oh",
            "PHONE_NUMBER",
        ),
        ("you reach me at double seven, nine three two one", "double seven, nine three two one", "PHONE_NUMBER"),
        ("write to ann dot lee at example dot com please", "ann dot lee at example dot com", "EMAIL_ADDRESS"),
        ("my name is margaret thatcher and i live here", "margaret thatcher", "PERSON"),
        ("我的电话是幺三九零零零零五六七八谢谢", "幺三九零零零零五六七八", "CN_PHONE_NUMBER"),
    ],
)  # fmt: skip
def test_values_as_they_are_read_out(text: str, value: str, entity: str) -> None:
    found = {
        (one.entity, text[one.location.start : one.location.end])
        for one in find_spoken(text, load("default"))
        if isinstance(one.location, Span)
    }
    assert (entity, value) in found


def test_plain_counting_is_nobody_s() -> None:
    assert find_spoken("There are two or three of them, at most four.", load("default")) == []
