"""WebP files without a change to their pictures: nothing but what decoding needs is copied (RFC 9649)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_LOSSY, _LOSSLESS, _ALPHA, _EXTENDED = b"VP8 ", b"VP8L", b"ALPH", b"VP8X"
_MOVES, _FRAME = b"ANIM", b"ANMF"
_HAS_ICC, _HAS_ALPHA, _HAS_FRAMES = 0x20, 0x10, 0x02
_FRAME_HEAD = 16  # bytes before a frame's own chunks: place, size, duration, flags
_FRAME_FLAGS = 0x03  # how it is laid over the one before; the other bits are reserved

Chunks = list[tuple[bytes, bytes]]


def stripped(data: bytes, icc: bytes | None) -> bytes | None:
    """The file with its picture or frames, their transparency and `icc`; None if it is not as the standard has it."""
    chunks = list(_chunks(data))
    kinds = [kind for kind, _content in chunks]
    header = next((content for kind, content in chunks if kind == _EXTENDED), None)
    if header is not None and len(header) != 10:
        return None
    if _MOVES in kinds:
        return _moving(chunks, header, icc)
    parts = _picture(chunks)
    if parts is None or len(set(kinds)) != len(kinds):
        return None
    if header is not None:
        flags = (header[0] & _HAS_ALPHA) | (_HAS_ICC if icc else 0)
        return _file([*_extended(flags, header, icc), *parts])
    return None if len(parts) > 1 or icc else _file(parts)  # neither belongs into a simple file


def frames(data: bytes) -> Iterator[bytes]:
    """The frames of an animation that `stripped` wrote, each as a file of its own."""
    for kind, content in _chunks(data):
        if kind == _FRAME:
            parts = list(_chunks_in(content[_FRAME_HEAD:]))
            size = content[6:12]
            alpha = _HAS_ALPHA if len(parts) > 1 or parts[0][0] == _LOSSLESS else 0
            yield _file([(_EXTENDED, bytes([alpha, 0, 0, 0]) + size), *parts])


def _moving(chunks: Chunks, header: bytes | None, icc: bytes | None) -> bytes | None:
    kinds = [kind for kind, _content in chunks]
    if header is None or kinds.count(_MOVES) != 1 or _FRAME not in kinds:
        return None
    parts: Chunks = [(_MOVES, next(content for kind, content in chunks if kind == _MOVES)[:6])]
    for kind, content in chunks:
        if kind == _FRAME:
            picture = _picture(list(_chunks_in(content[_FRAME_HEAD:])))
            if picture is None:
                return None
            laid = bytes([content[_FRAME_HEAD - 1] & _FRAME_FLAGS])
            parts.append((_FRAME, content[: _FRAME_HEAD - 1] + laid + _joined(picture)))
    flags = (header[0] & _HAS_ALPHA) | _HAS_FRAMES | (_HAS_ICC if icc else 0)
    return _file([*_extended(flags, header, icc), *parts])


def _picture(chunks: Chunks) -> Chunks | None:
    """The one coded picture among chunks, and its transparency before it."""
    kinds = [kind for kind, _content in chunks]
    coded = [kind for kind in kinds if kind in {_LOSSY, _LOSSLESS}]
    if len(coded) != 1 or kinds.count(_ALPHA) > 1:
        return None
    known = dict(chunks)
    return [(kind, known[kind]) for kind in (_ALPHA, coded[0]) if kind in known]


def _extended(flags: int, header: bytes, icc: bytes | None) -> Chunks:
    return [(_EXTENDED, bytes([flags, 0, 0, 0]) + header[4:]), *([(b"ICCP", icc)] if icc else [])]


def _file(parts: Sequence[tuple[bytes, bytes]]) -> bytes:
    body = _joined(parts)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _joined(parts: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"".join(
        kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2) for kind, content in parts
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of every chunk (RFC 9649, 2.3); what lies behind the file's announced end is none."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        yield from _chunks_in(data[12 : 8 + int.from_bytes(data[4:8], "little")])


def _chunks_in(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
