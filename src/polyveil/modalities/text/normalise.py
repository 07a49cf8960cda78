"""A view of a text in which evasions are undone, with an exact map back to the original code points.

NFKC (full-width and circled digits), zero-width and soft-hyphen removal, look-alike letters (Unicode UTS 39) in mixed
words, Chinese numerals and letters for digits in long runs, digits spelt out with separators, and the escapes of JSON,
HTML and URLs. Findings are made in the view; spans are given in the original.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import merge

from polyveil.modalities.text.detectors.gate import Bytes, Gated, compiled, gated
from polyveil.schema.locations import Span

_INVISIBLE = dict.fromkeys(
    [
        *(0x00AD, 0x0305, 0x0332, 0x0333, *range(0x0335, 0x0339), 0x034F, 0x061C, 0x180E, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0x20D0, 0x20F1),
        *range(0xFE00, 0xFE10),
        *range(0xFFF9, 0xFFFD),
        *range(0xE0000, 0xE0080),
    ]
)
_LINE_ENDS = {ord("\r"): None, ord("\n"): None}
_DASHES = str.maketrans("‐‑‒–—−﹣－", "--------")
_KEPT = "，。；：！？（）、“”‘’《》【】…￥·"
_HAN_DIGITS = "〇零一二三四五六七八九幺壹贰貳叁參叄肆伍陆陸柒捌玖"
_NUMERALS = str.maketrans(_HAN_DIGITS + "两兩", "0012345678911223334566789" + "22")
_NUMERAL_RUN = re.compile(rf"[0-9{_HAN_DIGITS}](?:(?:[ .·、-]|\r?\n)?[0-9{_HAN_DIGITS}]){{6,}}")
_LIKE = str.maketrans(
    "асеорхуіјѕԁһԛԝАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανι", "aceopxyijsdhqwABEKMHOPCTYXIJSABEZHIKMNOPTYXoavi"
)
_LIKE_LETTER = compiled(f"[{''.join(map(chr, _LIKE))}]")
_MIXED = gated(r"[A-Za-z0-9\u0370-\u052f.@+_-]+", r"[A-Za-z0-9.@+_-]*[\x{370}-\x{52f}][A-Za-z0-9\x{370}-\x{52f}.@+_-]*")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z@]")
_FOR_DIGITS = str.maketrans("OoIl|", "00111")
_PARTED = re.compile(r"\|\s|\s\||[A-Za-z]\||\|[A-Za-z]|\|{3}")
"""Strokes that part fields: none of them is a one."""
_DIGIT_LIKE = gated(r"(?<![A-Za-z0-9])[0-9OoIl|]{9,20}(?![A-Za-z0-9|])", r"[0-9OoIl|]{9}", after=16)
_SPELT = gated(
    r"(?<![0-9A-Za-z])(?:[0-9](?:[ .\-_*·•,、/] ?| [.\-_*·•/] )(?! ?\n)){7,30}[0-9Xx](?![0-9A-Za-z])",
    r"(?:[0-9](?:[ .\-_*·•,、/] ?| [.\-_*·•/] )){7}",
    after=128,
)
_ESCAPE = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})*|\\(?<!\\Users\\)(?<!\\Users\\\\)[nrt]|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});"
    r"|%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*"
)
_LATEX = re.compile(r"\\(?:documentclass|usepackage|begin|(?:sub)*section\*?|chapter|cite[pt]?)\s?[\[{]")
_FOREIGN = gated(rf"[^\x00-\x7f㐀-鿿{_KEPT}]+")
_HAN_NUMERAL = compiled(f"[{_HAN_DIGITS}]")


@dataclass(frozen=True, slots=True)
class View:
    """`text`, and how its ranges lie in the original.

    Pieces begin at `starts` (in the view) and come from `origins`: a piece of original length `widths` -1 is the same
    text, character for character; any other one stands for that many original characters as a whole.
    """

    text: str = field(repr=False)
    starts: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    under: View | None = field(default=None, repr=False)

    @property
    def same(self) -> bool:
        """Is the view the original?"""
        return not self.starts and self.under is None

    def original(self, start: int, end: int) -> Span:
        """The original span of a range of the view."""
        if self.starts and start < end:
            first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1) - 1
            plain_start, plain_end = self.widths[first] < 0, self.widths[last] < 0
            start = self.origins[first] + (start - self.starts[first] if plain_start else 0)
            end = self.origins[last] + (end - self.starts[last] if plain_end else self.widths[last])
        return self.under.original(start, end) if self.under else Span(start, end)


def view(text: str) -> View:
    """Normalise a text. Text without anything special is its own view."""
    seen = _rewritten(View(text), _special(text), _pieces)
    plain = seen.text
    if not plain.isascii():
        data = plain.encode("utf-8", "replace")
        if _LIKE_LETTER.search(data):
            plain = _replaced(plain, _MIXED, _unmixed)
        if _HAN_NUMERAL.search(data):
            plain = _NUMERAL_RUN.sub(_numerals, plain)
    plain = _replaced(plain, _DIGIT_LIKE, _digits if "|" not in plain or not _PARTED.search(plain) else _digits_alone)
    if plain != seen.text:
        seen = View(plain, seen.starts, seen.origins, seen.widths, seen.under)
    return _rewritten(seen, _SPELT.finditer(*Bytes(plain)), _spelt)


def _special(text: str) -> Iterable[re.Match[str]]:
    """Escapes and what is neither ASCII nor Han, in order. They never overlap: escapes are ASCII."""
    escapes: Iterable[re.Match[str]] = ()
    if "\\" in text or "&" in text or "%" in text:
        escapes = _ESCAPE.finditer(text)
        if _LATEX.search(text):  # whose commands begin as line ends and tabs do: \thanks, \noindent, \ref
            escapes = (one for one in escapes if one.group()[0] != "\\")
    if text.isascii():
        return escapes
    return merge(escapes, _FOREIGN.finditer(*Bytes(text)), key=re.Match.start)


Piece = tuple[str, int]


def _rewritten(seen: View, matches: Iterable[re.Match[str]], pieces: Callable[[str], list[Piece]]) -> View:
    """Replace each match by pieces (new text, how many characters of the match it stands for), keeping the map."""
    text = seen.text
    out: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    widths: list[int] = []
    length = position = 0

    def add(new: str, origin: int, width: int) -> None:
        nonlocal length
        if new:
            out.append(new)
            starts.append(length)
            origins.append(origin)
            widths.append(width)
            length += len(new)

    for match in matches:
        changed = pieces(match.group())
        if "".join(new for new, _ in changed) == match.group():
            continue
        add(text[position : match.start()], position, -1)
        position = match.start()
        for new, width in changed:
            add(new, position, width)
            position += width
    if not position:
        return seen
    add(text[position:], position, -1)
    return View("".join(out), tuple(starts), tuple(origins), tuple(widths), None if seen.same else seen)


def _pieces(found: str) -> list[Piece]:
    if found[:2] == "\\x":
        return _bytes(found, bytes.fromhex(found.replace("\\x", "")), 4)
    if found[0] == "\\":
        return [(_escaped(found), len(found))]
    if found[0] == "&":
        return [("".join(map(_plain, html.unescape(found))), len(found))]
    if found[0] == "%":
        return _percent(found)
    return [(_plain(letter), 1) for letter in found]


def _escaped(token: str) -> str:
    if token[1] != "u":
        return "\n" if token[1] in "nr" else " "
    _, _, digits = token.partition("u")
    code = int(digits, 16)
    return "\ufffd" if 0xD800 <= code < 0xE000 else _plain(chr(code))


def _percent(token: str) -> list[Piece]:
    return _bytes(token, bytes.fromhex(token.replace("%", "")), 3)


def _bytes(token: str, data: bytes, width: int) -> list[Piece]:
    """Escaped bytes as UTF-8, a piece a character; what is no text stays. `width`: characters of one escape."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return [(token, len(token))]
    if not text.translate(_LINE_ENDS).isprintable():
        return [(token, len(token))]
    return [(_plain(letter), width * len(letter.encode())) for letter in text]


def _plain(letter: str) -> str:
    if letter in _KEPT:  # patterns know them, and layout does
        return letter
    number = unicodedata.digit(letter, None)
    if number is not None:  # Arabic-Indic, circled, in brackets, with a stop and others
        return str(number)
    return unicodedata.normalize("NFKC", letter).translate(_INVISIBLE).translate(_DASHES)


def _numerals(run: re.Match[str]) -> str:
    """Chinese numerals as digits; one alone beside a space is part of a word: 8842137 一直, 周一 8842137."""
    digits, text = run.group(), run.string
    first, last = 0, len(digits)
    if digits[1] in " ." and digits[0] in _HAN_DIGITS and digits[2].isascii() and _HAN.match(text, run.start() - 1):
        first = 1
    if digits[-2] in " ." and digits[-1] in _HAN_DIGITS and digits[-3].isascii() and _HAN.match(text, run.end()):
        last -= 1
    return digits[:first] + digits[first:last].translate(_NUMERALS) + digits[last:]


def _unmixed(word: str) -> str:
    """Look-alike letters become Latin ones in a word that also has Latin letters or an at sign."""
    return word.translate(_LIKE) if _LATIN.search(word) else word


def _replaced(text: str, pattern: Gated, new: Callable[[str], str]) -> str:
    pieces, place = [], 0
    for match in pattern.finditer(*Bytes(text)):
        pieces += [text[place : match.start()], new(match.group())]
        place = match.end()
    return "".join([*pieces, text[place:]]) if pieces else text


def _digits(run: str) -> str:
    """Letters in a long run of digits become the digits that they look like."""
    return run.translate(_FOR_DIGITS) if sum(letter.isdigit() for letter in run) * 3 >= len(run) * 2 else run


def _digits_alone(run: str) -> str:
    return _digits(run) if "|" not in run else run


def _spelt(found: str) -> list[Piece]:
    """Digits with a separator after each; the last digit stands alone."""
    pieces: list[Piece] = []
    for letter in found:
        if letter.isalnum():
            pieces.append((letter, 1))
        else:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + 1)
    return pieces
