"""WebP files without a change to their picture: nothing but what decoding needs is copied (RFC 9649)."""

from __future__ import annotations

from collections.abc import Iterator

_LOSSY, _LOSSLESS, _ALPHA, _EXTENDED = b"VP8 ", b"VP8L", b"ALPH", b"VP8X"
_HAS_ICC, _HAS_ALPHA = 0x20, 0x10


def stripped(data: bytes, icc: bytes | None) -> bytes | None:
    """The file with its one picture, its transparency and `icc`; None if it holds anything else that is shown."""
    chunks = dict(_chunks(data))
    picture = _LOSSLESS if _LOSSLESS in chunks else _LOSSY
    if picture not in chunks or b"ANIM" in chunks or len(list(_chunks(data))) != len(chunks):
        return None
    parts = [(kind, chunks[kind]) for kind in (_ALPHA, picture) if kind in chunks]
    header = chunks.get(_EXTENDED)
    if header is not None:
        if len(header) != 10:
            return None
        flags = (header[0] & _HAS_ALPHA) | (_HAS_ICC if icc else 0)
        before = [(_EXTENDED, bytes([flags, 0, 0, 0]) + header[4:]), *([(b"ICCP", icc)] if icc else [])]
        parts = [*before, *parts]
    elif len(parts) > 1 or icc:
        return None  # neither belongs into a simple file
    body = b"".join(
        kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2) for kind, content in parts
    )
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of every chunk (RFC 9649, 2.3); what lies behind the file's announced end is none."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    at = 12
    while at + 8 <= end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : min(end, at + 8 + length)]
        at += 8 + length + length % 2
