"""Guessed spaces: none between letters that keep their distance, kept between words."""

from __future__ import annotations

import pytest

from polyveil.containers.pdf.spacing import GUESSED, Glyph, closed

WIDTHS = {"i": 3.0, "l": 3.0, ".": 3.0, "t": 4.0, "m": 12.0, "@": 14.0, "w": 10.0}


def _line(text: str, pitch: float = 0.0, spacing: float = 0.0, space: float = 4.0) -> list[Glyph | str]:
    """Glyphs of a line, with a guessed space behind each: at a pitch, as in cells, or one after the other."""
    made: list[Glyph | str] = []
    x = 50.0
    for place, letter in enumerate(text):
        if letter == " ":
            x += pitch or space + spacing
            continue
        wide = WIDTHS.get(letter, 8.0)
        made += [Glyph(letter, (x, 2, x + wide, 12), (x, 0, x + wide, 14), 0.0), GUESSED]
        x = 50.0 + pitch * (place + 1) if pitch else x + wide + spacing
    return made


def _text(glyphs: list[Glyph | str]) -> str:
    return "".join(one.text if isinstance(one, Glyph) else one for one in closed(glyphs)).strip()


@pytest.mark.parametrize(
    ("pitch", "spacing"),
    [(15.0, 0.0), (12.0, 0.0), (0.0, 5.0), (0.0, 9.0), (0.0, 0.0), (0.0, -0.4)],
    ids=["cells", "one width", "spaced", "wide", "close", "kerned"],
)
def test_letters_that_keep_their_distance_are_one_word(pitch: float, spacing: float) -> None:
    assert _text(_line("mail anna.till@firm.com now", pitch, spacing)) == "mail anna.till@firm.com now"


def test_a_space_of_the_document_stays_and_a_line_is_measured_by_itself() -> None:
    wide, close = _line("apart", spacing=9.0), _line("of two words", space=3.0)
    wide.insert(2, " ")
    assert _text([*wide, "\n", *close]).split() == ["a", "part", "of", "two", "words"]


def test_a_few_letters_say_nothing() -> None:
    assert _text(_line("a b c")) == "a b c"


def test_a_turned_line_is_measured_along_itself() -> None:
    made = [
        Glyph(letter, (2, 50 + 15 * place, 12, 58 + 15 * place), (0, 50 + 15 * place, 14, 58 + 15 * place), 90.0)
        for place, letter in enumerate("anna@firm.com")
    ]
    assert _text([item for one in made for item in (one, GUESSED)]) == "anna@firm.com"
