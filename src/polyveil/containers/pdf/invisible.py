"""Words that are there to be searched and selected, and are not drawn (text rendering mode 3, ISO 32000-2, 9.3.6).

The font has no outlines. Its character codes are numbers given out as characters come; what they mean stands in its
ToUnicode map (9.10.3), so any script can be written, and the file holds nothing of the font of the original.
"""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Iterable, Sequence
from typing import Any

from polyveil.containers.pdf.layer import Unit, around

_EM, _ASCENT, _DESCENT, _ADVANCE = 1000, 800, 200, 500
_INVISIBLE = 3
_MOST_A_BLOCK = 100  # entries of a bfchar block (Adobe Technical Note 5014)
_MAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{blocks}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Writer:
    """Writes invisible words into the pages of one new document."""

    __slots__ = ("_codes", "_document", "_font", "_kept", "_raw")

    def __init__(self, document: Any, characters: Iterable[str]) -> None:
        """The document, and every character that will be written into it."""
        from pypdfium2 import raw

        self._raw, self._document = raw, document
        known = sorted({" ", *characters})
        self._codes = {one: code for code, one in enumerate(known, start=1)}
        font, glyphs = _font(), b"\0\0" + b"\0\1" * len(known)
        self._kept = ((ctypes.c_ubyte * len(font)).from_buffer_copy(font),
                      (ctypes.c_ubyte * len(glyphs)).from_buffer_copy(glyphs))  # fmt: skip
        self._font = raw.FPDFText_LoadCidType2Font(
            document.raw, self._kept[0], len(font), _unicode(self._codes), self._kept[1], len(glyphs)
        )
        if not self._font:
            raise ValueError("the font does not load")

    def write(self, page: Any, units: Sequence[Unit], height: float, scale: float) -> None:
        """Put words on a page of this height in points; `scale` is points a pixel of its picture."""
        raw = self._raw
        for unit in _joined(units):
            text = unit.text + (" " if unit.after == " " else "")
            codes = [self._codes[one] for one in text if one in self._codes]
            if not codes or not unit.text:
                continue
            shown = raw.FPDFPageObj_CreateTextObj(self._document.raw, self._font, 1.0)
            raw.FPDFText_SetCharcodes(shown, (ctypes.c_uint32 * len(codes))(*codes), len(codes))
            raw.FPDFTextObj_SetTextRenderMode(shown, _INVISIBLE)
            matrix = raw.FS_MATRIX(*_matrix(unit, height, scale))
            raw.FPDFPageObj_SetMatrix(shown, ctypes.byref(matrix))
            raw.FPDFPage_InsertObject(page.raw, shown)

    def close(self) -> None:
        """The document keeps the font."""
        self._raw.FPDFFont_Close(self._font)


def _joined(units: Sequence[Unit]) -> list[Unit]:
    """Han characters that follow one another in a line become one word again."""
    joined: list[list[Unit]] = []
    for unit in units:
        before = joined[-1][-1] if joined else None
        if before is not None and not before.after and _wide(before) and _wide(unit) and _follows(before, unit):
            joined[-1].append(unit)
        else:
            joined.append([unit])
    return [around(group, "".join(one.text for one in group)) if len(group) > 1 else group[0] for group in joined]


def _wide(unit: Unit) -> bool:
    return all(one > "\u2e7f" for one in unit.text)


def _follows(before: Unit, unit: Unit) -> bool:
    x0, y0, _w0, high, turn = before.place
    x1, y1, _w1, _h1, other = unit.place
    return turn == other == 0 and abs(y1 - y0) < 0.5 * high and 0 < x1 - x0 < 2 * high * len(before.text)


def _matrix(unit: Unit, height: float, scale: float) -> tuple[float, float, float, float, float, float]:
    """Of a text whose glyphs are half an em wide: as wide and as high as the unit's place, with its turn."""
    x, y, wide, high, turn = unit.place
    along, across = wide * scale, max(high * scale, 0.1)
    cos, sin = math.cos(math.radians(turn)), -math.sin(math.radians(turn))  # a page counts upwards
    stretch = along / (_ADVANCE / _EM * len(unit.text))
    below = across * (0.5 - _DESCENT / _EM)  # from the middle down to the base line
    left, bottom = x * scale - cos * along / 2 + sin * below, height - y * scale - sin * along / 2 - cos * below
    return stretch * cos, stretch * sin, -across * sin, across * cos, left, bottom


def _unicode(codes: dict[str, int]) -> bytes:
    rows = [f"<{code:04X}> <{one.encode('utf-16-be').hex().upper()}>\n" for one, code in codes.items()]
    blocks = "".join(f"{len(some)} beginbfchar\n{''.join(some)}endbfchar\n" for some in _blocks(rows))
    return _MAP.format(blocks=blocks).encode("ascii")


def _blocks(rows: Sequence[str]) -> Iterable[Sequence[str]]:
    return (rows[start : start + _MOST_A_BLOCK] for start in range(0, len(rows), _MOST_A_BLOCK))


def _font() -> bytes:
    """A TrueType font of two glyphs, half an em wide (OpenType 1.9, the tables that readers ask for).

    The second is a stroke from corner to corner and back: it has a box, without which PDFium passes over single
    letters, and no area.
    """
    pack = struct.pack
    metrics = pack(">HHHHHHHHHHHHH", 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    box = pack(">hhhh", 0, -_DESCENT, _ADVANCE, _ASCENT)
    there, back = (_ADVANCE, _EM), (-_ADVANCE, -_EM)
    glyph = pack(">h", 1) + box + pack(">HH3B", 2, 0, 1, 1, 1) + pack(">hhh", 0, there[0], back[0])
    glyph += pack(">hhh", -_DESCENT, there[1], back[1]) + b"\0"
    tables = {
        b"OS/2": pack(">HhHHH", 3, _ADVANCE, 400, 5, 0) + bytes(20) + bytes(2) + bytes(10) + bytes(16) + b"NONE"
        + pack(">HHHhhhHHII", 0x40, 0, 0xFFFF, _ASCENT, -_DESCENT, 0, _ASCENT, _DESCENT, 0, 0),
        b"cmap": pack(">HHHHI", 0, 1, 3, 1, 12) + pack(">HHHHHHH", 4, 24, 0, 2, 2, 0, 0)
        + pack(">HHHHH", 0xFFFF, 0, 0xFFFF, 1, 0),
        b"glyf": glyph,
        b"head": pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0xB, _EM, 0, 0, 0, -_DESCENT, _ADVANCE,
                      _ASCENT, 0, 8, 2, 1, 0),
        b"hhea": pack(">IhhhHhhhhhhhhhhhH", 0x10000, _ASCENT, -_DESCENT, 0, _ADVANCE, 0, 0, 0, 1, *(0,) * 7, 2),
        b"hmtx": pack(">HhHh", _ADVANCE, 0, _ADVANCE, 0),
        b"loca": pack(">III", 0, 0, len(glyph)),
        b"maxp": pack(">IH", 0x10000, 2) + metrics,
        b"name": pack(">HHH", 0, 0, 6),
        b"post": pack(">IIhhIIIII", 0x30000, 0, 0, 0, 1, 0, 0, 0, 0),
    }  # fmt: skip
    place = 12 + 16 * len(tables)
    head, body = pack(">IHHHH", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128), b""
    for tag, data in sorted(tables.items()):
        padded = data + bytes(-len(data) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        head += tag + pack(">III", total, place + len(body), len(data))
        body += padded
    return head + body
