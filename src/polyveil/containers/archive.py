"""ZIP archives: members are opaque and numbered; their names stay behind, because names hold personal values too.

Sizes, ratios and paths are checked from the central directory before anything is inflated, and counted again while
inflating, because a directory can lie (APPNOTE.TXT 4.3.12).
"""

from __future__ import annotations

import io
import re
import secrets
import stat
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.companion import companion_of
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints

_CHUNK = 1024 * 1024
_RATIO_FLOOR = 1024 * 1024  # bytes: below this a high ratio costs nothing
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # APPNOTE.TXT 4.4.4: traditional, strong, masked directory
_AES = 99  # the method that WinZip's AES members carry
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}", re.ASCII)
_TRANSCRIPT_BYTES = 16 * 1024**2


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members 'member/0', 'member/1' … in the archive's order; folders and links that stay inside are left out.

    A recording's transcript beside it (same folder and stem) is handed on with it.

    Raises:
        AssetError: CORRUPT, ENCRYPTED, UNSAFE_PATH, BOMB, TOO_LARGE (members) or UNSUPPORTED (compression method).
    """
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    stored = len(data) if isinstance(data, bytes) else data.stat().st_size
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            check(entries, stored, ctx.limits)
            links = sum(_is_link(entry) for entry in entries)
            entries = [entry for entry in entries if not entry.is_dir() and not _is_link(entry)]
            inflater = Inflater(archive, ctx)
            contents = [inflater.read(entry) for entry in entries]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError):
        raise AssetError(QuarantineCode.CORRUPT, "the archive is damaged") from None
    except (NotImplementedError, RuntimeError):
        raise AssetError(QuarantineCode.UNSUPPORTED, "a compression method of the archive") from None
    if not contents:
        raise AssetError(QuarantineCode.EMPTY, "an archive without members")
    words = transcripts([entry.filename for entry in entries], contents)
    members = []
    for number, (entry, content) in enumerate(zip(entries, contents, strict=True)):
        inner = Hints(
            transcript=words.get(number),
            known=hints.known,
            subject=hints.subject,
            name=f"member{suffix_of(PurePosixPath(entry.filename))}",
        )
        members.append(Member(f"member/{number}", content, hints=inner))
    return Split(members, {"links_left_out": links})


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - numbers say all
    """A ZIP of the members that are there, named by number, without times or attributes of the original."""
    size = sum(len(one.data) if isinstance(one.data, bytes) else one.data.stat().st_size for one in pieces.values())
    large = size > ctx.limits.max_memory_bytes
    path = ctx.workdir / f"joined-{secrets.token_hex(8)}.zip"
    memory = io.BytesIO()
    with zipfile.ZipFile(path if large else memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in sorted(pieces, key=_number):
            piece = pieces[key]
            entry = zipfile.ZipInfo(f"{_number(key):04d}{piece.suffix}")  # its default time is 1980-01-01
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o600) << 16
            if isinstance(piece.data, bytes):
                archive.writestr(entry, piece.data)
            else:
                with piece.data.open("rb") as stream, archive.open(entry, "w", force_zip64=True) as target:
                    while block := stream.read(_CHUNK):
                        target.write(block)
    return Joined(path if large else memory.getvalue(), "application/zip", ".zip")


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])


def check(entries: list[zipfile.ZipInfo], stored: int, limits: Limits) -> None:
    """Refuse a directory that breaks the limits, before anything is inflated. Raises AssetError."""
    if len(entries) > limits.max_members:
        raise AssetError(QuarantineCode.TOO_LARGE, f"more than {limits.max_members} members")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED or entry.compress_type == _AES:
            raise AssetError(QuarantineCode.ENCRYPTED, "an encrypted archive")
        if not safe(entry.orig_filename):
            raise AssetError(QuarantineCode.UNSAFE_PATH, "a member's path leaves the archive")
        if entry.file_size > max(_RATIO_FLOOR, entry.compress_size * limits.max_ratio):
            raise AssetError(QuarantineCode.BOMB, f"a member expands more than {limits.max_ratio:g} times")
    if sum(entry.file_size for entry in entries) > limits.max_expanded_bytes:
        raise AssetError(QuarantineCode.BOMB, f"expands beyond {limits.max_expanded_bytes} bytes")
    if sum(entry.compress_size for entry in entries) > stored:
        raise AssetError(QuarantineCode.BOMB, "members share the same bytes")


def safe(name: str) -> bool:
    """No absolute path, drive, parent step, back-slash or control character (ZIP slip)."""
    if not name or "\\" in name or any(character < " " for character in name):
        return False
    return not name.startswith("/") and not re.match(r"[A-Za-z]:", name) and ".." not in name.split("/")


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def suffix_of(path: PurePosixPath) -> str:
    """The suffix if it is short and plain, else ''."""
    suffix = path.suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


@dataclass(slots=True)
class Inflater:
    """Inflates members one after the other: into memory while there is room, then into private files."""

    archive: zipfile.ZipFile
    ctx: Context
    in_memory: int = 0
    expanded: int = 0

    def read(self, entry: zipfile.ZipInfo) -> bytes | Path:
        with self.archive.open(entry) as stream:
            if self.in_memory + entry.file_size <= self.ctx.limits.max_memory_bytes:
                buffer = io.BytesIO()
                self._copy(stream, buffer, entry)
                self.in_memory += buffer.tell()
                return buffer.getvalue()
            path = self.ctx.workdir / f"member-{secrets.token_hex(8)}"
            with path.open("xb") as target:
                self._copy(stream, target, entry)
            return path

    def _copy(self, source: IO[bytes], target: IO[bytes], entry: zipfile.ZipInfo) -> None:
        length = 0
        while block := source.read(_CHUNK):
            length += len(block)
            self.expanded += len(block)
            if length > entry.file_size or self.expanded > self.ctx.limits.max_expanded_bytes:
                raise AssetError(QuarantineCode.BOMB, "a member is larger than the archive says")
            target.write(block)
        if length != entry.file_size:
            raise AssetError(QuarantineCode.CORRUPT, "a member is shorter than the archive says")


def inflated(data: bytes | Path, ctx: Context, most: int) -> dict[str, bytes]:
    """The members of a document that is a ZIP archive, by name, in memory; `most` bytes together.

    Raises:
        AssetError: CORRUPT, ENCRYPTED, UNSAFE_PATH, BOMB, TOO_LARGE or UNSUPPORTED.
    """
    stored = len(data) if isinstance(data, bytes) else data.stat().st_size
    try:
        with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
            entries = archive.infolist()
            check(entries, stored, ctx.limits)
            entries = [entry for entry in entries if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > most:
                raise AssetError(QuarantineCode.TOO_LARGE, f"a document of more than {most} bytes")
            inflater = Inflater(archive, ctx)
            raw = {entry.filename: inflater.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError):
        raise AssetError(QuarantineCode.CORRUPT, "the document is damaged") from None
    except (NotImplementedError, RuntimeError):
        raise AssetError(QuarantineCode.UNSUPPORTED, "a compression method of the document") from None
    return {name: one if isinstance(one, bytes) else one.read_bytes() for name, one in raw.items()}


def transcripts(names: Sequence[str], contents: Sequence[bytes | Path]) -> dict[int, str]:
    """Words by number of the recording, where a text with the same folder and stem lies in the archive."""
    places = {name: number for number, name in enumerate(names)}
    found = {}
    for number, name in enumerate(names):
        beside = (places.get(str(one)) for one in companion_of(PurePosixPath(name)))
        place = next((one for one in beside if one is not None), None)
        text = contents[place] if place is not None else b""
        if isinstance(text, bytes) and 0 < len(text) <= _TRANSCRIPT_BYTES:
            found[number] = text.decode("utf-8-sig", errors="replace")
    return found
