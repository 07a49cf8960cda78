"""TAR archives (POSIX.1-2017, pax; GNU long names): members are opaque and numbered, as those of a ZIP are.

Owners, times, links, devices and folders are left out. A compressed archive is one within a compression that is
undone first, against the same limits, and done again with what comes out.
"""

from __future__ import annotations

import io
import secrets
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from polyveil.containers import packed
from polyveil.containers.archive import safe, suffix_of, transcripts
from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints

_CHUNK = 1024 * 1024
_DAMAGE = (tarfile.TarError, *packed.DAMAGE)


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members 'member/0', 'member/1' … in the archive's order.

    Raises:
        AssetError: CORRUPT, UNSAFE_PATH, BOMB, TOO_LARGE (members), EMPTY.
    """
    contents: list[bytes | Path] = []
    names: list[str] = []
    left_out = 0
    budget = _Budget(ctx)
    try:
        with packed.opened(data) as stream, tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
            for entry in archive:
                if not safe(entry.name):
                    raise AssetError(QuarantineCode.UNSAFE_PATH, "a member's path leaves the archive")
                if not entry.isreg():
                    left_out += not entry.isdir()
                    continue
                if len(contents) >= ctx.limits.max_members:
                    raise AssetError(QuarantineCode.TOO_LARGE, f"more than {ctx.limits.max_members} members")
                source = archive.extractfile(entry)
                if source is not None:
                    names.append(entry.name)
                    contents.append(budget.read(source, entry.size))
    except _DAMAGE:
        raise AssetError(QuarantineCode.CORRUPT, "the archive is damaged") from None
    if not contents:
        raise AssetError(QuarantineCode.EMPTY, "an archive without members")
    words = transcripts(names, contents)
    members = [
        Member(
            f"member/{number}",
            content,
            hints=Hints(
                transcript=words.get(number),
                known=hints.known,
                subject=hints.subject,
                name=f"member{suffix_of(PurePosixPath(names[number]))}",
            ),
        )
        for number, content in enumerate(contents)
    ]
    return Split(members, {"links_left_out": left_out, "packed": packed.kind_of(data)})


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:
    """A TAR (pax) of the members that are there, named by number, without owners and times, compressed as it was."""
    kind = str(skeleton.get("packed", ""))
    media_type, suffix = packed.KINDS.get(kind, ("application/x-tar", ""))
    path = ctx.workdir / f"joined-{secrets.token_hex(8)}.tar"
    with (
        path.open("xb") as raw,
        packed.packing(raw, kind) as sink,
        tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for key in sorted(pieces, key=lambda one: int(one.rpartition("/")[2])):
            piece = pieces[key]
            entry = tarfile.TarInfo(f"{int(key.rpartition('/')[2]):04d}{piece.suffix}")
            entry.mode = 0o600
            with io.BytesIO(piece.data) if isinstance(piece.data, bytes) else piece.data.open("rb") as source:
                entry.size = source.seek(0, io.SEEK_END)
                source.seek(0)
                archive.addfile(entry, source)
    return Joined(ctx.taken(path), media_type, f".tar{suffix}")


class _Budget:
    """Reads members into memory while there is room, then into private files; never more than the limits allow."""

    __slots__ = ("_ctx", "_expanded", "_in_memory")

    def __init__(self, ctx: Context) -> None:
        self._ctx, self._expanded, self._in_memory = ctx, 0, 0

    def read(self, source: IO[bytes], size: int) -> bytes | Path:
        self._expanded += size
        if self._expanded > self._ctx.limits.max_expanded_bytes:
            raise AssetError(QuarantineCode.BOMB, f"expands beyond {self._ctx.limits.max_expanded_bytes} bytes")
        if self._in_memory + size <= self._ctx.limits.max_memory_bytes:
            content = source.read(size)
            if len(content) != size:
                raise AssetError(QuarantineCode.CORRUPT, "a member is shorter than the archive says")
            self._in_memory += size
            return content
        path = self._ctx.workdir / f"member-{secrets.token_hex(8)}"
        length = 0
        with path.open("xb") as target:
            while block := source.read(_CHUNK):
                length += target.write(block)
        if length != size:
            raise AssetError(QuarantineCode.CORRUPT, "a member is shorter than the archive says")
        return path
