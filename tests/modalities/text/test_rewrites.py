"""Values in disguise: a thousand rewrites of what is found in the open, and every span lands on the original text."""

from __future__ import annotations

import base64
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
    return "".join(
        "".join(f"%{byte:02X}" for byte in one.encode()) if dice.random() < 0.7 else quote(one) for one in value
    )


REWRITES: dict[str, tuple[Callable[[str, Random], str], str]] = {
    # rewrite, its kinds of values (n: numbers, c: those known without their dashes, g: in groups, t: with letters)
    "full width": (wide, "nt"),
    "circled": (digits_as("⓪①②③④⑤⑥⑦⑧⑨"), "n"),
    "bold": (digits_as("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"), "nt"),
    "Arabic-Indic": (digits_as("٠١٢٣٤٥٦٧٨٩"), "n"),
    "superscript": (digits_as("⁰¹²³⁴⁵⁶⁷⁸⁹"), "n"),
    "Chinese numerals": (digits_as(NUMERALS), "n"),
    "traditional numerals": (digits_as("零壹貳參肆伍陸柒捌玖"), "n"),
    "white on black": (digits_as("⓿❶❷❸❹❺❻❼❽❾"), "n"),
    "twice circled": (digits_as("⓪⓵⓶⓷⓸⓹⓺⓻⓼⓽"), "n"),
    "in brackets": (digits_as("⓪⑴⑵⑶⑷⑸⑹⑺⑻⑼"), "n"),
    "keycaps": (lambda value, dice: "".join(f"{one}\ufe0f\u20e3" if one.isdigit() else one for one in value), "n"),
    "struck out": (between("\u0336\u0332\u20d2"), "nt"),
    "zero-width": (between(ZERO_WIDTH), "nt"),
    "look-alikes": (lambda value, dice: "".join(LOOK_ALIKE.get(one, one) for one in value), "t"),
    "spaced": (apart(" "), "c"),
    "spaced wide": (apart("  "), "c"),
    "by threes": (lambda value, dice: " ".join(value[place : place + 3] for place in range(0, len(value), 3)), "g"),
    "by fours": (lambda value, dice: ".".join(value[place : place + 4] for place in range(0, len(value), 4)), "g"),
    "dotted": (apart("."), "c"),
    "dashed": (apart("-"), "c"),
    "entities": (lambda value, dice: "".join(f"&#{ord(one)};" for one in value), "nt"),
    "hexadecimal entities": (lambda value, dice: "".join(f"&#x{ord(one):x};" for one in value), "nt"),
    "percent": (percent, "nt"),
    "hexadecimal": (lambda value, dice: "".join(f"\\x{byte:02x}" for byte in value.encode()), "nt"),
    "base64 of URLs": (
        lambda value, dice: base64.urlsafe_b64encode(f"卡？> {value}".encode()).decode().rstrip("="),
        "nt",
    ),
    "base64": (lambda value, dice: base64.b64encode(f"contact {value} now".encode()).decode(), "nt"),
    "line break": (broken, "n"),
    "hyphen": (lambda value, dice: f"{value[: len(value) // 2]}-\n{value[len(value) // 2 :]}", "g"),
}  # fmt: skip


def values() -> list[tuple[str, str]]:
    """(kind, value): m mobile numbers, s US numbers known by their dashes alone, n other numbers, t with letters."""
    people = cast(5)
    made: list[tuple[str, str]] = []
    for person in [*people.english, *people.chinese]:
        made += [("t", person.email), ("n", person.card), ("t", person.iban)] if person.iban else [("t", person.email)]
        made += [("m", person.phone)] if person.phone.isdigit() else []
        made += [("n", person.cn_id)] if person.cn_id else []
        made += [("s", person.ssn)] if person.ssn else []
    return [(kind, value) for kind, value in made if value]


FRAMES = [("please use ", " from now on"), ("请用", "，谢谢"), ("(", ")"), ("see:\n", "\nend")]
PAIRS = [
    # first the digits are written otherwise, then characters are put between or the whole is encoded
    *(
        (first, second)
        for first in ("full width", "circled", "bold", "Arabic-Indic", "Chinese numerals")
        for second in ("zero-width", "entities", "hexadecimal entities", "percent")
    ),
    *((first, "base64") for first in ("full width", "circled", "Chinese numerals", "keycaps")),
    *((first, "zero-width") for first in ("spaced", "dotted", "dashed", "line break", "look-alikes")),
    *((first, second) for first in ("spaced", "dotted", "dashed") for second in ("full width", "circled", "bold")),
]
CHINESE = [
    ("m", "13812345678"),
    ("n", "11010519491231002X"),
    ("n", "6222021234567890128"),
    ("n", "4111111111111111"),
    ("t", "zhang.san@example.cn"),
]


def fits(kinds: str, kind: str) -> bool:
    return (
        kind in kinds
        or (kind in "ms" and "n" in kinds)
        or (kind in "mn" and "c" in kinds)
        or (kind == "m" and "g" in kinds)
    )


def lost(names: tuple[str, ...], pool: list[tuple[str, str]], dice: Random) -> str | None:
    """One value rewritten in the named ways, one after another: how it was missed, if it was. Nothing else is found."""
    fitting = [value for kind, value in pool if all(fits(REWRITES[name][1], kind) for name in names)]
    value = written = dice.choice(fitting)
    for name in names:
        written = REWRITES[name][0](written, dice)
    before, after = dice.choice(FRAMES)
    text = before + written + after
    spans = [one.location for one in find(text, POLICY) if isinstance(one.location, Span)]
    covered = {place for span in spans for place in range(span.start, span.end)}
    wanted = {place for place in range(len(before), len(before) + len(written)) if text[place].isalnum()}
    outside = {place for place in covered if not len(before) <= place < len(before) + len(written)}
    assert not any(text[place].isalnum() for place in outside), (names, text)
    return None if wanted <= covered else f"{' + '.join(names)}: {value} as {written!r}"


def tried(ways: list[tuple[str, ...]], pool: list[tuple[str, str]], count: int) -> list[str]:
    dice = Random(17)
    results = [lost(ways[number % len(ways)], pool, dice) for number in range(count)]
    return sorted(one for one in results if one)


def test_a_thousand_rewrites_are_found_where_they_stand() -> None:
    assert len(missed := tried([(name,) for name in sorted(REWRITES)], values(), 1000)) <= 30, missed


def test_two_rewrites_at_once() -> None:
    assert len(missed := tried(list(PAIRS), values(), 400)) <= 12, missed


def test_rewrites_of_chinese_values() -> None:
    ways = [(name,) for name in sorted(REWRITES)]
    assert len(missed := tried([*ways, *PAIRS], CHINESE, 300)) <= 9, missed
