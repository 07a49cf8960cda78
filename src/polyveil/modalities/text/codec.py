"""Bytes to text and back in the same encoding; whole, or in pieces."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from polyveil.errors import AssetError
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part
from polyveil.schema.wide import unmarked

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKED = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
CHUNK = 1024**2
"""Bytes that are decoded at a time."""
_EAST = ("gb18030", "big5", "shift_jis")
_PUNCTUATION = [ord(one) for one in "，。、：；"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the encoding that it came in."""

    text: str = field(repr=False)
    encoding: str


def decode(part: Part, limits: Limits) -> Decoded:
    """Decode a text part: byte order mark, UTF-16 without one, UTF-8, GB18030 and others by statistics.

    Raises:
        AssetError: EMPTY, TOO_LARGE, or CORRUPT when no encoding fits.
    """
    if part.size > limits.max_text_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"text of more than {limits.max_text_bytes} bytes")
    name = encoding(part)
    return Decoded(part.read().decode(name), name)


def encoding(part: Part) -> str:
    """The encoding of a text part, which decodes it to its end.

    Raises:
        AssetError: EMPTY, or CORRUPT when no encoding fits.
    """
    with part.open() as source:
        head = source.read(CHUNK)
    if not head:
        raise AssetError(QuarantineCode.EMPTY)
    marked = next((name for mark, name in _BOMS if head.startswith(mark)), "") or unmarked(head) or "utf-8"
    if _decodes(part, marked):
        return marked
    for name in _EAST:
        if _decodes(part, name) and _reads_east(part, name):
            return name
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None or not _decodes(part, best.encoding):
        raise AssetError(QuarantineCode.CORRUPT, "the text has no known encoding")
    return str(best.encoding)


def encoded(text: str, name: str, part: Part, *, begins: bool = True) -> bytes:
    """Text in the encoding `name` of a part, with the part's byte order mark where it `begins` the text.

    Raises UnicodeEncodeError on a character that the encoding lacks.
    """
    with part.open() as source:
        head = source.read(4)
    for mark, kind in _BOMS:
        if name == kind and head.startswith(mark):
            return (mark if begins else b"") + text.encode(_MARKED[mark])
    return text.encode(name)


def pieces(part: Part, name: str) -> Iterator[str]:
    """The text of a part in pieces of bounded length. Raises UnicodeDecodeError if it is of another encoding."""
    decoder = codecs.getincrementaldecoder(name)()
    with part.open() as source:
        while data := source.read(CHUNK):
            yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def _decodes(part: Part, name: str) -> bool:
    try:
        for _ in pieces(part, name):
            pass
    except UnicodeDecodeError:
        return False
    return True


def _reads_east(part: Part, name: str) -> bool:
    """Are four fifths of the characters beyond ASCII Han or its punctuation?"""
    common = high = 0
    for piece in pieces(part, name):
        codes = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), "<u4")
        beyond = codes[codes > 0x7F]
        high += len(beyond)
        common += int(((beyond >= 0x4E00) & (beyond <= 0x9FFF)).sum() + np.isin(beyond, _PUNCTUATION).sum())
    return high > 0 and common >= 0.8 * high
