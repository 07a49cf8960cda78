"""Words in a text, with no letter beside them, in one pass however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ahocorasick


def whole_words(words: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """Where words of letters stand in a text with no letter beside them; hyphens, digits and apostrophes are none."""
    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, len(word))
    if not len(automaton):
        return
    automaton.make_automaton()
    for last, length in automaton.iter(text):
        start, end = last + 1 - length, last + 1
        if not (_letter(text[start - 1 : start]) or _letter(text[end : end + 1])):
            yield start, end


def _letter(character: str) -> bool:
    return character.isalnum() and not character.isdecimal()
