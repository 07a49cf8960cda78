from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.modalities.text.detectors import tagger_en, words_en
from polyveil.modalities.text.detectors.words_en import PIECES, candidates, numbers, pieces, shape, words


def wanted(text: str) -> list[str]:
    read = words(text)
    chosen = candidates(read.known, read.sentences)
    return [text[start:end] for start, end, one in zip(read.starts, read.ends, chosen, strict=True) if one]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The meeting was on the second floor.", []),
        ("The house of Oluwaseun Adeyemi burnt down.", ["Oluwaseun", "Adeyemi"]),
        ("After the meeting Ludwig van der Rohe and Ann left.", ["Ludwig", "van", "der", "Rohe", "and", "Ann"]),
        ("A note by J. K. Rowling", ["J", ".", "K", ".", "Rowling"]),
        ("we met siobhan at the station", ["siobhan"]),
        ("WE MET ZBIGNIEW AT THE STATION", ["ZBIGNIEW"]),
        ("She said: The bus was late.", []),
        ("US astronauts race the clock", ["US"]),
        ("CONTACT US BEFORE NOON", []),
        ("", []),
    ],
)
def test_words_that_may_be_a_name_are_picked(text: str, expected: list[str]) -> None:
    assert wanted(text) == expected


def test_a_sentence_ends_what_joins_names() -> None:
    read = words("It was Priya.\nof Lagos they knew nothing.")
    chosen = candidates(read.known, read.sentences)
    assert "of" not in {
        "It was Priya.\nof Lagos they knew nothing."[start:end]
        for start, end, one in zip(read.starts, read.ends, chosen, strict=True)
        if one
    }
    assert sorted(set(read.sentences.tolist())) == [0, 1]


@pytest.mark.parametrize(
    ("word", "expected"), [("london", 0), ("London", 1), ("NATO", 2), ("J", 3), ("iPhone", 4), ("b12", 5), ("&", 6)]
)
def test_shapes(word: str, expected: int) -> None:
    assert shape(word) == expected


@given(st.text(max_size=40))
@settings(max_examples=150)
def test_every_word_has_pieces_and_a_place(text: str) -> None:
    read = words(text)
    assert all(len(one.pieces) == PIECES and one.pieces[0] for one in read.known)
    assert all(left < right for left, right in zip(read.starts, read.ends, strict=True))
    assert all(end <= start for end, start in zip(read.ends, read.starts[1:], strict=False))
    assert not any(character.isalnum() for character in set(text) - set("".join(_texts(text))))


@given(st.text("ab É字か \t\n\x1c\x85\xa0\u2009\u3000\u200b_-.,'’1\ud800😀é", max_size=40))
@settings(max_examples=200)
def test_words_stand_where_the_pattern_finds_them(text: str) -> None:
    read = words(text)
    assert list(zip(read.starts, read.ends, strict=True)) == [match.span() for match in words_en._WORD.finditer(text)]


def _texts(text: str) -> list[str]:
    read = words(text)
    return [text[start:end] for start, end in zip(read.starts, read.ends, strict=True)]


def test_pieces_are_the_longest_that_fit() -> None:
    of = {"[UNK]": 0, "john": 1, "##son": 2, "j": 3, "##s": 4, "jose": 5}
    assert pieces("Johnson", of) == (1, 2)
    assert pieces("José", of) == (5,)
    assert pieces("johnx", of) == (0,)
    assert pieces("x" * 200, of) == (0,)


@given(st.lists(st.sampled_from(["Zbigniew", "the", "Lagos", "was", ".", "\n", "internationalisations"]), max_size=300))
@settings(max_examples=60)
def test_windows_hold_each_word_that_is_asked_about_once(tokens: list[str]) -> None:
    read = words(" ".join(tokens))
    chosen = candidates(read.known, read.sentences)
    seen = tagger_en.near(chosen, read.sentences, 3)
    cut = tagger_en.windows(read, chosen, seen)
    assert [word for one in cut for word in one.words.tolist()] == np.flatnonzero(chosen).tolist()
    for one in cut:
        assert len(one.ids) == len(one.shapes) == len(one.marks) <= tagger_en.LONGEST
        first = int(one.words[0]) - int(one.chosen[0]) + 1
        assert one.ids.tolist() == [list(word.pieces) for word in read.known[first : first + len(one.ids)]]
        assert (one.chosen - 1 + first).tolist() == one.words.tolist()
        assert len(set(read.sentences[first : first + len(one.ids)].tolist())) == 1


def test_of_a_long_word_the_first_pieces_and_the_last_are_kept() -> None:
    whole = pieces("Srinivasaraghavan", numbers())
    assert len(whole) > PIECES
    (word,) = words("Srinivasaraghavan").known
    assert word.pieces == (*whole[: PIECES - 1], whole[-1])
    assert words("the").known[0].pieces == (numbers()["the"], 0, 0)
