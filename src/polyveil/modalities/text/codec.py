"""Bytes to text and back: any encoding in, UTF-8 out."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from polyveil.errors import AssetError
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the encoding that it came in."""

    text: str
    encoding: str


def decode(part: Part, limits: Limits) -> Decoded:
    """Decode a text part: byte order mark, UTF-8, GB18030 and others by statistics.

    Raises:
        AssetError: EMPTY, TOO_LARGE, or CORRUPT when no encoding fits.
    """
    if part.size > limits.max_text_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"text of more than {limits.max_text_bytes} bytes")
    data = part.read()
    if not data:
        raise AssetError(QuarantineCode.EMPTY)
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "utf-8")
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return _guess(data)


def _guess(data: bytes) -> Decoded:
    from charset_normalizer import from_bytes

    for name in ("gb18030", "big5", "shift_jis"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        common = sum("\u4e00" <= character <= "\u9fff" or character in "，。、：；" for character in text)
        high = sum(character > "\x7f" for character in text)
        if high and common >= 0.8 * high:
            return Decoded(text, name)
    best = from_bytes(data[: 1024**2]).best()
    if best is None:
        raise AssetError(QuarantineCode.CORRUPT, "the text has no known encoding")
    try:
        return Decoded(data.decode(best.encoding), best.encoding)
    except UnicodeDecodeError:
        raise AssetError(QuarantineCode.CORRUPT, "the text has no known encoding") from None
