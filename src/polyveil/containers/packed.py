"""One file in a compression of its own: gzip (RFC 1952), bzip2, xz, Zstandard (RFC 8878).

What is inside goes its own road and comes out in the same compression. Names, comments, times and extra fields of a
gzip header and skippable frames of Zstandard stay behind, because they hold personal values too.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import secrets
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

import zstandard

from polyveil.containers.archive import suffix_of
from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints

KINDS = {
    "gzip": ("application/gzip", ".gz"),
    "bzip2": ("application/x-bzip2", ".bz2"),
    "xz": ("application/x-xz", ".xz"),
    "zstd": ("application/zstd", ".zst"),
}
"""Media type and suffix of each compression."""
DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError, OSError, ValueError, OverflowError)
"""What reading a damaged compression raises."""

_MAGIC = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00", "zstd": b"\x28\xb5\x2f\xfd"}
_CHUNK = 1024 * 1024
_RATIO_FLOOR = 1024 * 1024  # bytes: below this a high ratio costs nothing
_WINDOW = 128 * 1024**2  # bytes that a decoder may hold: `xz -9` asks for 65 MiB, `zstd --long` for 128
_STEP = 1024  # compressed bytes that are taken at a time
_DECODERS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(16 + zlib.MAX_WBITS),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _WINDOW),
    "zstd": lambda: zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj(),
}


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """One member, 'content'. Without it there is nothing to join.

    Raises:
        AssetError: CORRUPT, BOMB, EMPTY or TOO_LARGE (memory that decoding asks for).
    """
    stored = len(data) if isinstance(data, bytes) else data.stat().st_size
    most = min(ctx.limits.max_expanded_bytes, max(_RATIO_FLOOR, int(stored * ctx.limits.max_ratio)))
    try:
        with opened(data) as stream:
            content = _inflated(stream, most, ctx)
    except DAMAGE:
        raise AssetError(QuarantineCode.CORRUPT, "the compressed file is damaged") from None
    if not content:
        raise AssetError(QuarantineCode.EMPTY, "a compressed file without content")
    inner = PurePosixPath(hints.name).with_suffix("") if hints.name else PurePosixPath()
    below = replace(hints, name=f"member{suffix_of(inner)}")
    return Split([Member("content", content, hints=below, required=True)], {"packed": kind_of(data)})


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:
    """The member, compressed as it was, without a name or a time."""
    kind = str(skeleton["packed"])
    piece = pieces["content"]
    path = ctx.workdir / f"joined-{secrets.token_hex(8)}"
    with (
        path.open("xb") as raw,
        packing(raw, kind) as sink,
        io.BytesIO(piece.data) if isinstance(piece.data, bytes) else piece.data.open("rb") as source,
    ):
        shutil.copyfileobj(source, sink, _CHUNK)
    media_type, suffix = KINDS[kind]
    return Joined(ctx.taken(path), media_type, piece.suffix + suffix)


def kind_of(data: bytes | Path) -> str:
    """'gzip', 'bzip2', 'xz', 'zstd' or ''."""
    with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as raw:
        head = raw.read(6)
    return next((name for name, magic in _MAGIC.items() if head.startswith(magic)), "")


@contextmanager
def packing(raw: IO[bytes], kind: str) -> Iterator[Any]:
    """Where plain bytes are written to, to be compressed into `raw`; a gzip header holds no name and no time."""
    if kind == "gzip":
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as sink:
            yield sink
    elif kind == "bzip2":
        with bz2.open(raw, "wb") as squeezed:
            yield squeezed
    elif kind == "xz":
        with lzma.open(raw, "wb") as small:
            yield small
    elif kind == "zstd":
        with zstandard.ZstdCompressor(write_checksum=True).stream_writer(raw, closefd=False) as quick:
            yield quick
    else:
        yield raw


@contextmanager
def opened(data: bytes | Path) -> Iterator[Any]:
    """The plain bytes, decompressed as they are read; bytes as they are if they are not compressed."""
    kind = kind_of(data)
    with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as raw:
        if kind:
            with io.BufferedReader(_Plain(_blocks(raw, _DECODERS[kind])), _CHUNK) as plain:
                yield plain
        else:
            yield raw


def _inflated(stream: IO[bytes], most: int, ctx: Context) -> bytes | Path:
    """All of a stream: in memory while there is room, then in a private file. Raises AssetError (BOMB)."""
    head = stream.read(min(most, ctx.limits.max_memory_bytes) + 1)
    if len(head) <= min(most, ctx.limits.max_memory_bytes):
        return head
    path, length = ctx.workdir / f"member-{secrets.token_hex(8)}", 0
    with path.open("xb") as target:
        block = head
        while block:
            length += len(block)
            if length > most:
                raise AssetError(QuarantineCode.BOMB, "expands beyond the limits")
            target.write(block)
            block = stream.read(_CHUNK)
    return path


class _Plain(io.RawIOBase):
    """What blocks of bytes hold, as a file."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _blocks(raw: IO[bytes], fresh: Callable[[], Any]) -> Iterator[bytes]:
    """The content of all streams, one after the other; at most some 32 MB at a time, for no kind makes more of a step.

    Raises:
        EOFError: a stream is cut.
        AssetError: TOO_LARGE (memory that decoding asks for).
    """
    rest = raw.read(_STEP)
    while rest:
        block = rest.lstrip(b"\0")  # padding: the .xz file format, 2.2; gzip on tapes
        rest = b""
        if block:
            decoder = fresh()
            while True:
                try:
                    yield decoder.decompress(block)
                except (lzma.LZMAError, zstandard.ZstdError) as error:
                    if "limit" not in str(error) and "memory" not in str(error):
                        raise
                    raise AssetError(QuarantineCode.TOO_LARGE, f"decoding takes more than {_WINDOW} bytes") from None
                if decoder.eof:
                    rest = decoder.unused_data
                    break
                block = raw.read(_STEP)
                if not block:
                    raise EOFError
        rest = rest or raw.read(_STEP)
