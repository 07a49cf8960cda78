"""The size of a JPEG XL picture from its header (ISO/IEC 18181-1, SizeHeader; 18181-2, boxes).

Pillow's plug-in decodes the whole picture when it opens it, so that the size has to be known before.
"""

from __future__ import annotations

from polyveil.inference import thread_count
from polyveil.modalities.image import heif, jxl_frames
from polyveil.modalities.image.jxl_frames import Shown
from polyveil.modalities.image.jxl_header import Bits, size_of

_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a"


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, or None if `data` is not JPEG XL. Raises ValueError if its header is damaged."""
    if data.startswith(_CONTAINER):
        data = _codestream(data)
    elif not data.startswith(_CODESTREAM):
        return None
    return size_of(Bits(data[2:18].ljust(16, b"\0")))


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


def shown(data: bytes) -> Shown | None:
    """What a file shows, or None if that cannot be told from its headers."""
    stream = _whole(data)
    return None if stream is None else jxl_frames.shown(stream)


def stripped(data: bytes, _icc: bytes | None) -> bytes | None:
    """The codestream alone, without the boxes around it.

    None if there may be more in it than is seen: layers, channels beside transparency, names, bytes behind the last
    frame.
    """
    stream = _whole(data)
    told = None if stream is None else jxl_frames.shown(stream)
    if stream is None or told is None or told.extra or told.named:
        return None
    if told.layers != max(1, len(told.durations)):
        return None
    if told.end is None and _decodes(stream[:-1]):
        return None
    return stream[: told.end]


def _decodes(stream: bytes) -> bool:
    import imagecodecs

    try:
        imagecodecs.jpegxl_decode(stream, numthreads=thread_count())
    except (RuntimeError, ValueError):
        return False
    return True


def _whole(data: bytes) -> bytes | None:
    """The codestream, put together from its boxes (ISO/IEC 18181-2)."""
    if data.startswith(_CODESTREAM):
        return data
    if not data.startswith(_CONTAINER):
        return None
    pieces: list[bytes] = []
    for kind, body in heif.boxes(data):
        if kind == b"jxlc":
            pieces.append(body)
        elif kind == b"jxlp":
            if int.from_bytes(body[:4], "big") & 0x7FFFFFFF != len(pieces):
                return None
            pieces.append(body[4:])
    return b"".join(pieces) or None
