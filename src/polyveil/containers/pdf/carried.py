"""A page on its way: its picture as PNG, with its words in a chunk of their own (PNG, 3rd edition, 5.4).

Any reader of pictures shows the picture; what is not this package leaves the words alone or behind.
"""

from __future__ import annotations

import zlib

from polyveil.containers.pdf.layer import Layer
from polyveil.errors import AssetError
from polyveil.schema.outcome import QuarantineCode

PAGE = "application/vnd.polyveil.page"
"""Media type of a page before it is de-identified; afterwards it is `image/png`, with the words that may stay."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNK = b"pvTL"  # ancillary, private, unsafe to copy when the picture changes
_END = b"IEND"


def packed(png: bytes, layer: Layer) -> bytes:
    """The picture with these words and no others. Raises AssetError(CORRUPT) if it is no PNG."""
    plain, _ = unpacked(png)
    if not layer.units:
        return plain
    data = layer.to_json()
    chunk = len(data).to_bytes(4, "big") + _CHUNK + data + zlib.crc32(_CHUNK + data).to_bytes(4, "big")
    end = plain.rindex(_END) - 4
    return plain[:end] + chunk + plain[end:]


def unpacked(data: bytes) -> tuple[bytes, Layer]:
    """The plain picture, and its words: none if there is no such chunk. Raises AssetError(CORRUPT)."""
    if not data.startswith(_SIGNATURE):
        raise AssetError(QuarantineCode.CORRUPT, "a page without a picture")
    position, layer = len(_SIGNATURE), Layer()
    kept = [_SIGNATURE]
    while position + 12 <= len(data):
        length, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        end = position + 12 + length
        if kind == _CHUNK:
            try:
                layer = Layer.from_json(data[position + 8 : end - 4])
            except (ValueError, KeyError, TypeError):
                raise AssetError(QuarantineCode.CORRUPT, "a page whose words are damaged") from None
        else:
            kept.append(data[position:end])
        position = end
        if kind == _END:
            break
    return b"".join(kept), layer
