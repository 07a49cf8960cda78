"""How written tokens are spoken in English: numbers, signs and abbreviations as alternatives of plain words."""

from __future__ import annotations

import re

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SIGNS = {
    "@": "at", ".": "dot", "-": "dash", "_": "underscore", "/": "slash", "&": "and", "+": "plus", "%": "percent",
    "#": "number", "$": "dollars", "£": "pounds", "€": "euros", "=": "equals", ":": "colon",
}  # fmt: skip
_SHORT = {
    "mr": "mister", "mrs": "missus", "ms": "miss", "dr": "doctor", "st": "saint", "prof": "professor", "jr": "junior",
    "sr": "senior", "no": "number", "vs": "versus", "ave": "avenue", "rd": "road", "apt": "apartment",
    "jan": "january", "feb": "february", "mar": "march", "apr": "april", "aug": "august", "sep": "september",
    "sept": "september", "oct": "october", "nov": "november", "dec": "december",
}  # fmt: skip
_ORDINAL = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_PIECE = re.compile(r"[a-zA-Z\u00c0-\u024f]+(?:['’][a-zA-Z\u00c0-\u024f]+)*|\d+|[^\w\s]", re.UNICODE)
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip

Alternatives = list[list[str]]
"""Ways to say the same, each a list of words in lower case; an empty list of words is silence."""


def spoken(token: str) -> list[Alternatives]:
    """The pieces of a token (no white space within) in order, each with the ways it may be said."""
    pieces = _PIECE.findall(token)
    single = len([piece for piece in pieces if piece.isalnum()]) == 1
    out: list[Alternatives] = []
    for index, piece in enumerate(pieces):
        if piece.isdigit():
            after = pieces[index + 1].lower() if index + 1 < len(pieces) else ""
            out.append(_number(piece, ordinal=after in ("st", "nd", "rd", "th")))
        elif index and pieces[index - 1].isdigit() and piece.lower() in ("st", "nd", "rd", "th"):
            continue
        elif piece in _SIGNS:
            words = [[], [_SIGNS[piece]]]
            out.append(
                [*words, ["hyphen"], ["minus"]] if piece == "-" else [*words, ["point"]] if piece == "." else words
            )
        elif piece[0].isalpha():
            out.append(_word(piece, single=single))
    if single:  # punctuation around a plain word is not spoken
        out = [ways for ways in out if ways[0]]
    return out


def _word(piece: str, *, single: bool) -> Alternatives:
    plain = piece.replace("’", "'").lower()
    ways = [[plain]]
    if plain in _SHORT:
        ways.append([_SHORT[plain]])
    if len(plain) <= 5 and (piece.isupper() or not single or not set(plain) & set("aeiouy")):
        ways.append([f"{letter}." for letter in plain if letter.isalpha()])
    return ways


def _number(digits: str, *, ordinal: bool = False) -> Alternatives:
    """Digit by digit (0 as 'zero' or 'oh'), in pairs, and as a cardinal, ordinal or month where that is usual."""
    ways: Alternatives = []
    one_by_one = [_UNITS[int(digit)] for digit in digits]
    ways.append(one_by_one)
    if "0" in digits:
        ways.append(["oh" if word == "zero" else word for word in one_by_one])
    if len(digits) <= 9 and (len(digits) == 1 or digits[0] != "0"):
        plain = cardinal(int(digits))
        ways += [plain, [word for word in plain if word != "and"], _ordinal(plain)]
    if len(digits) % 2 == 0 and 4 <= len(digits) <= 16:
        pairs = [digits[index : index + 2] for index in range(0, len(digits), 2)]
        ways.append([word for pair in pairs for word in _pair(pair)])
    if len(digits) <= 2 and 1 <= int(digits) <= 12:
        ways.append([_MONTH_NAMES[int(digits) - 1]])
    if ordinal and len(digits) <= 9:
        ways = [_ordinal(cardinal(int(digits)))]
    return [list(way) for way in dict.fromkeys(map(tuple, ways))]


def _pair(two: str) -> list[str]:
    if two == "00":
        return ["hundred"]
    return ["oh", _UNITS[int(two[1])]] if two[0] == "0" else cardinal(int(two))


def cardinal(number: int) -> list[str]:
    """A number below a milliard in words: 1 205 is one thousand two hundred and five."""
    if number < 20:
        return [_UNITS[number]]
    if number < 100:
        return [_TENS[number // 10], *([_UNITS[number % 10]] if number % 10 else [])]
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            head, rest = divmod(number, size)
            tail = [*(["and"] if rest < 100 else []), *cardinal(rest)] if rest else []
            return [*cardinal(head), name, *tail]
    raise AssertionError(number)


def _ordinal(words: list[str]) -> list[str]:
    last = words[-1]
    if last in _ORDINAL:
        return [*words[:-1], _ORDINAL[last]]
    return [*words[:-1], f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"]
