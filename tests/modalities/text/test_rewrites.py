"""Values in disguise: a thousand rewrites of what is found in the open, and every span lands on the original text."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from random import Random
from urllib.parse import quote

from polyveil.modalities.text import find
from polyveil.policies import load
from polyveil.sample.people import cast
from polyveil.schema.locations import Span

POLICY = load("default")
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
LOOK_ALIKE = {
    "a": "а",
    "e": "е",
    "o": "о",
    "c": "с",
    "p": "р",
    "x": "х",
    "B": "В",
    "E": "Е",
    "A": "А",
    "H": "Н",
    "P": "Р",
}
NUMERALS = "〇一二三四五六七八九"


def digits_as(table: str) -> Callable[[str, Random], str]:
    return lambda value, dice: "".join(table[int(one)] if one in "0123456789" else one for one in value)


def between(pieces: str) -> Callable[[str, Random], str]:
    """One of `pieces` after some of the characters."""

    def rewrite(value: str, dice: Random) -> str:
        made = [one + (dice.choice(pieces) if dice.random() < 0.5 else "") for one in value[:-1]]
        return "".join(made) + value[-1]

    return rewrite


def apart(gap: str) -> Callable[[str, Random], str]:
    return lambda value, dice: gap.join(value.replace(" ", "").replace("-", ""))


def broken(value: str, dice: Random) -> str:
    """A line break where a program might wrap: at a separator if there is one, else in the middle."""
    for gap in " -":
        if gap in value:
            head, _, tail = value.partition(gap)
            return f"{head}{gap.strip()}\n{tail}"
    return f"{value[: len(value) // 2]}\n{value[len(value) // 2 :]}"


def wide(value: str, dice: Random) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in value)


def percent(value: str, dice: Random) -> str:
    return "".join(f"%{ord(one):02X}" if dice.random() < 0.7 else quote(one) for one in value)


REWRITES: dict[str, tuple[Callable[[str, Random], str], str]] = {
    # rewrite, the kinds of values that it is for (n: numbers, t: with letters)
    "full width": (wide, "nt"),
    "circled": (digits_as("⓪①②③④⑤⑥⑦⑧⑨"), "n"),
    "bold": (digits_as("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"), "nt"),
    "Arabic-Indic": (digits_as("٠١٢٣٤٥٦٧٨٩"), "n"),
    "superscript": (digits_as("⁰¹²³⁴⁵⁶⁷⁸⁹"), "n"),
    "Chinese numerals": (digits_as(NUMERALS), "m"),
    "zero-width": (between(ZERO_WIDTH), "nt"),
    "look-alikes": (lambda value, dice: "".join(LOOK_ALIKE.get(one, one) for one in value), "t"),
    "spaced": (apart(" "), "m"),
    "dotted": (apart("."), "m"),
    "dashed": (apart("-"), "m"),
    "entities": (lambda value, dice: "".join(f"&#{ord(one)};" for one in value), "nt"),
    "hexadecimal entities": (lambda value, dice: "".join(f"&#x{ord(one):x};" for one in value), "nt"),
    "percent": (percent, "nt"),
    "base64": (lambda value, dice: base64.b64encode(f"contact {value} now".encode()).decode(), "nt"),
    "line break": (broken, "n"),
}  # fmt: skip


def values() -> list[tuple[str, str]]:
    """(kind, value): m mobile numbers, n other numbers, t with letters."""
    people = cast(5)
    made: list[tuple[str, str]] = []
    for person in [*people.english, *people.chinese]:
        made += [("t", person.email), ("n", person.card), ("t", person.iban)] if person.iban else [("t", person.email)]
        made += [("m", person.phone)] if person.phone.isdigit() else []
        made += [("n", person.cn_id)] if person.cn_id else []
        made += [("n", person.ssn)] if person.ssn else []
    return [(kind, value) for kind, value in made if value]


def test_a_thousand_rewrites_are_found_where_they_stand() -> None:
    dice = Random(17)
    lost = Counter[str]()
    tried = Counter[str]()
    pool = values()
    names = sorted(REWRITES)
    while sum(tried.values()) < 1000:
        name = names[sum(tried.values()) % len(names)]
        rewrite, kinds = REWRITES[name]
        fitting = [value for kind, value in pool if kind in kinds or (kind == "m" and "n" in kinds)]
        value = dice.choice(fitting)
        written = rewrite(value, dice)
        before, after = dice.choice(
            [("please use ", " from now on"), ("请用", "，谢谢"), ("(", ")"), ("see:\n", "\nend")]
        )
        text = before + written + after
        tried[name] += 1
        spans = [one.location for one in find(text, POLICY) if isinstance(one.location, Span)]
        covered = {place for span in spans for place in range(span.start, span.end)}
        wanted = {place for place in range(len(before), len(before) + len(written)) if text[place].isalnum()}
        if not wanted <= covered:
            lost[f"{name}: {value} as {written!r}"] += 1
        outside = {place for place in covered if not len(before) <= place < len(before) + len(written)}
        assert not any(text[place].isalnum() for place in outside), (name, text)
    assert sum(lost.values()) <= 30, sorted(lost)
