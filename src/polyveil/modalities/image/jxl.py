"""The size of a JPEG XL picture from its header (ISO/IEC 18181-1, SizeHeader; 18181-2, boxes).

Pillow's plug-in decodes the whole picture when it opens it, so that the size has to be known before.
"""

from __future__ import annotations

_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"
_RATIOS = {1: (1, 1), 2: (6, 5), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_WIDTHS = (9, 13, 18, 30)  # bits of a U32 by its two-bit selector


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, or None if `data` is not JPEG XL. Raises ValueError if its header is damaged."""
    if data.startswith(_CONTAINER):
        data = _codestream(data)
    elif not data.startswith(_CODESTREAM):
        return None
    bits = int.from_bytes(data[2:18].ljust(16, b"\0"), "little")

    def take(count: int) -> int:
        nonlocal bits
        value = bits & ((1 << count) - 1)
        bits >>= count
        return value

    small = take(1)

    def side() -> int:
        return (take(5) + 1) * 8 if small else take(_WIDTHS[take(2)]) + 1

    height = side()
    ratio = take(3)
    if ratio:
        over, under = _RATIOS[ratio]
        return height * over // under, height
    return side(), height


def _codestream(data: bytes) -> bytes:
    """The start of the codestream inside the boxes."""
    at = 0
    while at + 8 <= len(data):
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if kind in {b"jxlc", b"jxlp"}:
            skip = head + (4 if kind == b"jxlp" else 0)
            start = data[at + skip : at + skip + 18]
            if not start.startswith(_CODESTREAM):
                break
            return start
        if length < head:
            break
        at += length
    raise ValueError("no JPEG XL codestream")
