"""Words and their places out of a page's text layer, as PDFium reads it."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from polyveil.containers.pdf.layer import Layer, Unit
from polyveil.containers.pdf.spacing import GUESSED, Glyph, closed

LONGEST = 30_000
"""Characters of a page (a dense one has 8 000); those after them are known from the picture alone, and stay behind."""

_ALONE = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]|[:,;()\[\]<>\"“”‘’!?|]"
)
"""Characters that are units by themselves."""

_HYPHEN = "\x02"  # how PDFium writes a hyphen that breaks a word at a line's end
_THIN = 0.5  # pixels
_DOWN = 90.0  # degrees
_GAP = 0.8  # heights; glyphs further apart are not one word, whatever the order of the document says
_TALLEST = 2.2  # ems; fonts with odd metrics claim more
_ASCENT, _DESCENT = 0.8, 0.2  # ems, of a font whose own cannot be used
_UNCHANGED = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SAMPLED = 2000  # letters of a page that are measured to know how small its print is
_FINE = 100  # steps a point, in which PDFium maps coordinates


@dataclass(slots=True)
class _Word:
    glyphs: list[Glyph] = field(default_factory=list)
    after: str = ""


def layer_of(page: Any, width: float, height: float, scale: float) -> Layer:
    """The layer of an open page of this size in points, drawn at `scale` pixels a point."""
    from pypdfium2 import raw

    text = page.get_textpage()
    try:
        glyphs = list(closed(list(_glyphs(raw, text.raw, _mapping(raw, page.raw, width, height, scale)))))
    finally:
        text.close()
    words = _downward([word for word in _words(glyphs) if word.glyphs])
    hyphens = frozenset(number for number, word in enumerate(words) if word.glyphs[0].broken)
    return Layer(tuple(_unit(word) for word in words), hyphens)


def smallest(page: Any) -> float:
    """The size of an em in points below which a twentieth of the letters of a page are; 0 without letters."""
    from pypdfium2 import raw

    text = page.get_textpage()
    try:
        count = min(raw.FPDFText_CountChars(text.raw), LONGEST)
        places = range(0, count, max(1, count // _SAMPLED))
        letters = [place for place in places if raw.FPDFText_GetUnicode(text.raw, place) > ord(" ")]
        sizes = sorted(_base(raw, text.raw, place, _UNCHANGED)[1] for place in letters)
    finally:
        text.close()
    return sizes[len(sizes) // 20] if sizes else 0.0


def _mapping(raw: Any, page: Any, width: float, height: float, scale: float) -> tuple[float, ...]:
    """(a, b, c, d, e, f): pixels x = a·u + c·v + e and y = b·u + d·v + f of page coordinates u, v."""
    across, down = round(width * _FINE), round(height * _FINE)
    corners = []
    for u, v in ((0, 0), (1000, 0), (0, 1000)):
        x, y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, across, down, 0, u, v, ctypes.byref(x), ctypes.byref(y))
        corners.append((x.value / _FINE * scale, y.value / _FINE * scale))
    (e, f), (x1, y1), (x2, y2) = corners
    return (x1 - e) / 1000, (y1 - f) / 1000, (x2 - e) / 1000, (y2 - f) / 1000, e, f


def _glyphs(raw: Any, text: Any, to: tuple[float, ...]) -> Iterator[Glyph | str]:
    """Glyphs, and the white space between them."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    for place in range(min(raw.FPDFText_CountChars(text), LONGEST)):
        code = raw.FPDFText_GetUnicode(text, place)
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if letter in "\r\n" or not letter:
            yield "\n" if letter else ""
            continue
        if letter.isspace():
            yield GUESSED if raw.FPDFText_IsGenerated(text, place) == 1 else " "
            continue
        if letter != _HYPHEN and (not letter.isprintable() or raw.FPDFText_HasUnicodeMapError(text, place) == 1):
            yield ""
            continue
        found = raw.FPDFText_GetCharBox(text, place, *(ctypes.byref(one) for one in (left, right, bottom, top)))
        if not found or not raw.FPDFText_GetLooseCharBox(text, place, ctypes.byref(loose)):
            yield ""
            continue
        ink = _mapped(to, left.value, bottom.value, right.value, top.value)
        room = _mapped(to, loose.left, loose.bottom, loose.right, loose.top)
        turn = _turn(to, raw.FPDFText_GetCharAngle(text, place))
        hyphen = letter == _HYPHEN
        room = _sane(ink, room, _base(raw, text, place, to), turn)
        if min(ink[2] - ink[0], ink[3] - ink[1]) < _THIN:  # the fonts of scanners with OCR have no outlines
            ink = room
        yield Glyph("-" if hyphen else letter, ink, room, turn, hyphen)


def _mapped(to: tuple[float, ...], u0: float, v0: float, u1: float, v1: float) -> tuple[float, float, float, float]:
    a, b, c, d, e, f = to
    xs = [a * u + c * v + e for u in (u0, u1) for v in (v0, v1)]
    ys = [b * u + d * v + f for u in (u0, u1) for v in (v0, v1)]
    return min(xs), min(ys), max(xs), max(ys)


def _turn(to: tuple[float, ...], angle: float) -> float:
    """Degrees clockwise on the picture, to a whole degree; PDFium counts radians on the page."""
    a, b, c, d, _e, _f = to
    u, v = math.cos(angle), math.sin(angle)
    return float(round(math.degrees(math.atan2(b * u + d * v, a * u + c * v))) % 360)


def _base(raw: Any, text: Any, place: int, to: tuple[float, ...]) -> tuple[float, float]:
    """Where on the picture the line of a glyph stands, from above, and how large an em is."""
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    raw.FPDFText_GetCharOrigin(text, place, ctypes.byref(x), ctypes.byref(y))
    raw.FPDFText_GetMatrix(text, place, ctypes.byref(matrix))
    a, b, _c, d, _e, f = to
    em = raw.FPDFText_GetFontSize(text, place) * math.hypot(matrix.c, matrix.d) * math.hypot(a, b)
    return b * x.value + d * y.value + f, em


def _sane(
    ink: tuple[float, ...], room: tuple[float, ...], base: tuple[float, float], turn: float
) -> tuple[float, float, float, float]:
    """The glyph's room in its line, or what it usually is where a font claims a room that cannot be."""
    line, em = base
    odd = (
        min(room[3] - room[1], room[2] - room[0]) <= 0 or room[3] - room[1] > _TALLEST * em
        or room[0] > ink[2] or room[2] < ink[0] or room[1] > ink[3] or room[3] < ink[1]
    )  # fmt: skip
    left, top, right, bottom = ink if odd else room
    if odd and turn == 0 and em > 0:
        top, bottom = line - _ASCENT * em, line + _DESCENT * em
    return left, top, right, bottom


def _words(glyphs: list[Glyph | str]) -> Iterator[_Word]:
    word = _Word()
    for one in glyphs:
        if isinstance(one, str):
            word.after = max(word.after, one, key=("", " ", "\n").index)
            continue
        if word.glyphs and (word.after or _apart(word.glyphs[-1], one)):
            yield word
            word = _Word()
        word.glyphs.append(one)
    yield word


def _downward(words: list[_Word]) -> list[_Word]:
    """Lines that run down a page, in the order in which they are read: from right to left.

    PDFium gives lines that begin at one height from left to right, which for text turned by 90 degrees is backwards.
    """
    lines: list[list[_Word]] = []
    for number, word in enumerate(words):
        if number == 0 or words[number - 1].after == "\n":
            lines.append([])
        lines[-1].append(word)
    runs: list[list[list[_Word]]] = []
    for line in lines:
        here, before = line[0].glyphs[0], runs[-1][-1][0].glyphs[0] if runs else None
        if before is not None and here.turn == before.turn == _DOWN and before.loose[2] <= here.loose[0]:
            runs[-1].append(line)
        else:
            runs.append([line])
    for run in runs:
        if len(run) > 1:
            for line in run:
                line[-1].after = "\n"
    return [word for run in runs for line in reversed(run) for word in line]


def _apart(before: Glyph, glyph: Glyph) -> bool:
    if before.broken or glyph.broken or before.turn != glyph.turn:
        return True
    if _ALONE.match(before.text) or _ALONE.match(glyph.text):
        return True
    high = max(glyph.loose[3] - glyph.loose[1], 1.0)
    gap_x = max(glyph.ink[0] - before.ink[2], before.ink[0] - glyph.ink[2])
    gap_y = max(glyph.ink[1] - before.ink[3], before.ink[1] - glyph.ink[3])
    return max(gap_x, gap_y) > _GAP * high


def _unit(word: _Word) -> Unit:
    glyphs = word.glyphs
    ink = (min(one.ink[0] for one in glyphs), min(one.ink[1] for one in glyphs), max(one.ink[2] for one in glyphs),
           max(one.ink[3] for one in glyphs))  # fmt: skip
    room = (min(one.loose[0] for one in glyphs), min(one.loose[1] for one in glyphs),
            max(one.loose[2] for one in glyphs), max(one.loose[3] for one in glyphs))  # fmt: skip
    turn = glyphs[0].turn
    wide, high = room[2] - room[0], room[3] - room[1]
    x, y = (room[0] + room[2]) / 2, (room[1] + room[3]) / 2
    if turn % 180 != 0:
        wide, high = (high, wide) if turn % 90 == 0 else _oblique(glyphs, turn)
    return Unit("".join(one.text for one in glyphs), word.after, ink, (x, y, wide, high, turn))


def _oblique(glyphs: list[Glyph], turn: float) -> tuple[float, float]:
    """Width and height of a word that runs aslant: its glyphs' middles lie on the line."""
    first, last = glyphs[0].ink, glyphs[-1].ink
    x, y = (last[0] + last[2] - first[0] - first[2]) / 2, (last[1] + last[3] - first[1] - first[3]) / 2
    high = max(1.0, *(min(one.ink[2] - one.ink[0], one.ink[3] - one.ink[1]) for one in glyphs))
    return abs(x * math.cos(math.radians(turn)) + y * math.sin(math.radians(turn))) + high, high
