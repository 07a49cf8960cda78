"""Answers that carry sealed content: ranges for players, and headers under which nothing of it can run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from polyveil.console.shelf import SharedStream

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")
_INLINE = (
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/avif",
    "video/mp4", "video/webm", "video/x-matroska",
    "audio/flac", "audio/ogg", "audio/opus", "audio/mpeg", "audio/wav", "audio/x-wav",
)  # fmt: skip
_SANDBOX = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


def safe_headers(name: str, media_type: str, *, download: bool) -> dict[str, str]:
    """Headers of stored content: it is downloaded unless it is a picture, video or sound, and never runs."""
    kind = "attachment" if download or media_type not in _INLINE else "inline"
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name.rsplit("/", 1)[-1]) or "file"
    return {
        "content-disposition": f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name.rsplit('/', 1)[-1])}",
        "content-security-policy": _SANDBOX,
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range (RFC 9110 section 14), None for the whole.

    Raises:
        ValueError: the range lies outside.
    """
    found = _RANGE.match(header.strip()) if header else None
    if found is None or not any(found.groups()):
        return None  # several ranges, another unit: may be ignored
    first, last = found.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
        if int(last) == 0:
            raise ValueError("outside")
    else:
        begin, end = int(first), min(int(last) if last else size - 1, size - 1)
    if begin >= size or begin > end:
        raise ValueError("outside")
    return begin, end


def ranged(stream: SharedStream, name: str, header: str | None, *, download: bool = False) -> Response:
    """A sealed object, or the range of it that was asked for. Only the pieces that are sent are decrypted."""
    headers = {**safe_headers(name, stream.media_type, download=download), "accept-ranges": "bytes"}
    try:
        wanted = parse_range(header, stream.size)
    except ValueError:
        stream.close()
        return Response(status_code=416, headers={"content-range": f"bytes */{stream.size}"})
    begin, end = wanted or (0, stream.size - 1)
    headers["content-length"] = str(end - begin + 1)
    if wanted is not None:
        headers["content-range"] = f"bytes {begin}-{end}/{stream.size}"

    def chunks() -> Iterator[bytes]:
        with stream:
            stream.seek(begin)
            left = end - begin + 1
            while left > 0:
                piece = stream.read(min(_CHUNK, left))
                if not piece:
                    return
                left -= len(piece)
                yield piece

    status = 200 if wanted is None else 206
    return StreamingResponse(chunks(), status, headers=headers, media_type=stream.media_type)
