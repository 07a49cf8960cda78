"""English names by the lexicon: a given name, a family name, or both, among words with a capital."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.lexicon import NOT_NAMES, lexicon

PART = r"(?:(?:Mc|Mac|O['’]|D['’]|De|Le|La|Van|Von|Al-|El-)?[A-Z][a-zà-öø-ÿ]+(?:-[A-Z][a-zà-öø-ÿ]+)*|[A-Z]\.)"
_LINK = r"(?:van der|van den|van de|van|von|de la|de los|de|del|della|da|dos|di|du|bin|ibn|al|el|y|ter|ten)"
NAME = rf"{PART}(?:[ \t](?:{_LINK}[ \t])?{PART}){{0,3}}"
"""One word of a name, and one to four of them with what may join them."""
HALF, ALONE = 0.7, 0.5
"""Scores of a given name of the lexicon before a word that may be a family name, and without one."""
_LOWER = "[a-zà-öø-ÿ]+"
_RUN = re.compile(
    rf"[A-Z](?:(?:(?<=M)a?c|(?<=[OD])['’]|(?<=D)e|(?<=L)[ea]|(?<=V)[ao]n|(?<=[AE])l-)[A-Z]{_LOWER}(?:-[A-Z]{_LOWER})*"
    rf"|{_LOWER}(?:-[A-Z]{_LOWER})*|\.)(?:[ \t](?:{_LINK}[ \t])?{PART}){{0,3}}"
)
"""The same as NAME, put so that `re` looks for capitals alone."""
_COMMA = gated(rf"\b({PART}),[ \t]({PART})(?:[ \t][A-Z]\.)?", rf"{PART},[ \t]{PART}", after=8)
"""'Bly, Anna M.'."""


def find_listed(seen: Bytes, least: float) -> Iterator[tuple[tuple[int, int], float]]:
    """Where names stand by the lexicon, and their scores, `least` at least but for those before a comma."""
    text, given, family = seen.text, lexicon("given_en"), lexicon("surnames_en")
    for match in _COMMA.finditer(*seen):
        if match.group(1) in family and match.group(2) in given:
            yield match.span(), 0.75
    for match in _RUN.finditer(text):
        words = match.group()
        if " " not in words and "\t" not in words:
            if least > ALONE or words not in given or words in NOT_NAMES:
                continue
        else:
            no_given, no_family = given.isdisjoint(plain := words.split()), family.isdisjoint(plain)
            if (no_given and no_family) or (least > HALF and (no_given or no_family)):
                continue
        yield from (one for one in _by_lexicon(text, match) if one[1] >= least)


def _by_lexicon(text: str, match: re.Match[str]) -> Iterator[tuple[tuple[int, int], float]]:
    """Given name and family name side by side, or one of them with something that looks like the other."""
    given, family = lexicon("given_en"), lexicon("surnames_en")
    words = list(re.finditer(r"[^ \t]+", match.group()))
    number = 0
    while number < len(words):
        word = words[number].group()
        rest = [one for one in words[number + 1 :] if one.group() not in NOT_NAMES]
        run = words[number + 1 : number + 1 + len(rest)]
        if word in NOT_NAMES or run != rest:
            number += 1
            continue
        start = match.start() + words[number].start()
        end = match.start() + words[-1].end()
        if word in given and rest:
            yield (start, end), 0.85 if rest[-1].group() in family else HALF
            return
        if rest and rest[-1].group() in family and not re.fullmatch(r"[A-Z]\.", word):
            yield (start, end), 0.65
            return
        if (
            word in given
            and not rest
            and match.start() > 0
            and text[start - 2 : start] not in (". ", "! ", "? ")
            and "\n" not in text[start - 1 : start]
        ):
            yield (start, start + len(word)), ALONE
        number += 1
