"""Training sentences, changed: other names, other places, other capitals, cut-outs."""

from __future__ import annotations

import random
from collections.abc import Iterator

from corpora_en import Sentence, thinned
from invented_en import invented, names

from polyveil.modalities.text.detectors.lexicon import lexicon, lines

INVENTED = 3500
"""Sentences of a pass that are invented."""


def renamed(sentence: Sentence, dice: random.Random, given: list[str], family: list[str]) -> Sentence:
    """People get other names now and then; whole sentences lose their capitals, get all of them or a headline's; names
    alone get all of them, as in addresses and the agencies' news."""
    tokens, tags = list(sentence[0]), sentence[1]
    if dice.random() < 0.35:
        for row, tag in enumerate(tags):
            if tag[2:] == "PER" and tokens[row].isalpha() and tokens[row].istitle():
                last = row + 1 == len(tags) or tags[row + 1] != "I-PER"
                pool = family if last and tag == "I-PER" and dice.random() < 0.6 else given
                tokens[row] = dice.choice(pool)
    roll = dice.random()
    if roll < 0.04:
        tokens = [token.lower() for token in tokens]
    elif roll < 0.08:
        tokens = [token.upper() for token in tokens]
    elif roll < 0.10:
        tokens = [token.capitalize() if len(token) > 3 and token.islower() else token for token in tokens]
    elif roll < 0.13:
        kind = dice.choice(("PER", "LOC", "ORG"))
        tokens = [token.upper() if tag[2:] == kind else token for token, tag in zip(tokens, tags, strict=True)]
    return tokens, tags


def moved(sentence: Sentence, dice: random.Random, places: list[str]) -> Sentence:
    """In a tenth of the sentences half of the places are others, of one word or several."""
    if dice.random() > 0.1:
        return sentence
    tokens: list[str] = []
    tags: list[str] = []
    other = False
    for token, tag in zip(*sentence, strict=True):
        other = (tag == "B-LOC" and dice.random() < 0.5) or (tag == "I-LOC" and other)
        if other and tag == "B-LOC":
            words = dice.choice(places).split()
            tokens += words
            tags += ["B-LOC"] + ["I-LOC"] * (len(words) - 1)
        elif not other:
            tokens.append(token)
            tags.append(tag)
    return tokens, tags


def cropped(sentence: Sentence, dice: random.Random) -> Sentence:
    """A third of the longer sentences lose what lies before or behind some of their words: the road runs cut-outs."""
    tokens, tags = sentence
    if len(tokens) < 12 or dice.random() > 0.3:
        return sentence
    start = dice.randrange(len(tokens) - 9)
    end = dice.randrange(start + 9, len(tokens)) + 1
    while start and tags[start][0] == "I":
        start -= 1
    while end < len(tags) and tags[end][0] == "I":
        end += 1
    return tokens[start:end], tags[start:end]


def written(sentence: Sentence) -> tuple[str, list[str]]:
    """A sentence with spaces between its tokens, and a label a character."""
    text, tags = "", []
    for token, tag in zip(*sentence, strict=True):
        text += " " * bool(text)
        tags += [tag] + ["I" + tag[1:] if tag != "O" else "O"] * (len(token) - 1) + ["O"]
        text += token
    return text, tags


def passed(
    train: list[Sentence], dice: random.Random, listed: float, share: float = 1
) -> Iterator[tuple[Sentence, bool]]:
    """One pass over training sentences, changed, then invented ones; with each, whether teachers are heard on it.

    listed: share of the sentences whose new names are out of the lexicon. share: of all sentences.
    """
    given, family = names("first_names"), names("last_names")
    given_too, family_too = sorted(lexicon("given_en")), sorted(lexicon("families_en"))
    there = lines("countries_en") + lines("places_en")
    for one in thinned(train[:: round(1 / share)], dice):
        other = moved(one, dice, there)
        yield renamed(other, dice, *((given_too, family_too) if dice.random() < listed else (given, family))), True
    for one in invented(dice, round(INVENTED * share), given, family):
        yield renamed(moved(one, dice, there), dice, given, family), False
