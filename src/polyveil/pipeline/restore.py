"""Restore: a snapshot's files, back as they were."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from polyveil.errors import IntegrityError, UsageError
from polyveil.pipeline.store import Entry, listed, snapshots
from polyveil.vault import ORIGINALS, Vault
from polyveil.vault.catalog import Row
from polyveil.vault.content import Piece
from polyveil.vault.reader import Reader

_TASK_FILES, _TASK_BYTES = 128, 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Restored:
    """How a run ended. damaged: paths that could not be restored, with the reason."""

    snapshot: str
    files: int
    size: int
    damaged: tuple[tuple[str, str], ...]


def restore(
    vault: Vault,
    target: Path,
    *,
    snapshot: str = "",
    paths: Sequence[str] = (),
    workers: int | None = None,
    tell: Callable[[int, int], None] = lambda _files, _bytes: None,
) -> Restored:
    """Write a snapshot's files below a new or empty folder. A damaged file is named, and the others come back.

    Args:
        vault: opened with grants for `originals` and `linkage`.
        target: the folder.
        snapshot: its id; the newest by default.
        paths: only these files, or what lies below these folders, as the snapshot names them.
        workers: threads; by default one a core.
        tell: called with (files, bytes) done so far.

    Raises:
        UsageError: no such snapshot, nothing at these paths, or the folder is not empty.
        UnlockError: a grant is missing.
    """
    found = dict(snapshots(vault))
    if not found or (snapshot and snapshot not in found):
        raise UsageError(f"'{snapshot}': there is no such snapshot" if found else "nothing was stored in this vault")
    name = snapshot or list(found)[-1]
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target}: is not an empty folder")
    entries = [
        (entry, pieces)
        for object_id in found[name]["objects"]
        for entry, pieces in listed(vault.reader.manifest(bytes.fromhex(object_id))[1])
        if not paths or any(entry.path == path or entry.path.startswith(f"{path.rstrip('/')}/") for path in paths)
    ]
    if not entries:
        raise UsageError("the snapshot holds nothing at these paths")
    target.mkdir(parents=True, exist_ok=True)
    folders = [entry for entry, _ in entries if stat.S_ISDIR(entry.mode)]
    for entry in folders:
        os.makedirs(_inside(target, entry.path), mode=0o700, exist_ok=True)  # noqa: PTH103 - strings, 30 000 times
    rows = vault.catalog.rows_of({piece.unit for _, pieces in entries for piece in pieces})
    files = [one for one in entries if not stat.S_ISDIR(one[0].mode)]
    files.sort(key=lambda one: _place(one[1], rows))
    writer = _Writer(vault.reader, target, rows, partly=bool(paths), umask=_umask())
    done = size = 0
    damaged: list[tuple[str, str]] = []
    with ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="restore") as pool:
        for batch in pool.map(writer.batch, list(_batches(files))):
            for entry, problem in batch:
                if problem:
                    damaged.append((entry.path, problem))
                elif stat.S_ISREG(entry.mode):
                    done += 1
                    size += entry.size
            tell(done, size)
    for entry in reversed(folders):
        path = _inside(target, entry.path)
        os.chmod(path, stat.S_IMODE(entry.mode))  # noqa: PTH101
        os.utime(path, ns=(entry.mtime, entry.mtime))
    vault.audit("restore", snapshot=name, files=done, bytes=size)
    return Restored(name, done, size, tuple(damaged))


def _umask() -> int:
    """What this process takes from the modes of new files; asking means setting it for a moment."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _place(pieces: Sequence[Piece], rows: dict[bytes, Row]) -> tuple[bytes, int]:
    row = rows.get(pieces[0].unit) if pieces else None
    return (row.pack, row.offset) if row else (b"", 0)


def _inside(target: Path, relative: str) -> str:
    """Where a path of a snapshot lies below the target. Raises IntegrityError for one that leads outside."""
    if not relative or relative.startswith("/") or any(part in ("", ".", "..") for part in relative.split("/")):
        raise IntegrityError("a snapshot names a path outside of itself")
    return f"{target}/{relative}"


def _batches(
    files: Sequence[tuple[Entry, tuple[Piece, ...]]],
) -> Iterator[list[tuple[Entry, tuple[Piece, ...]]]]:
    batch: list[tuple[Entry, tuple[Piece, ...]]] = []
    size = 0
    for one in files:
        batch.append(one)
        size += one[0].size
        if len(batch) >= _TASK_FILES or size >= _TASK_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Writer:
    reader: Reader
    target: Path
    rows: dict[bytes, Row]
    partly: bool
    umask: int

    def batch(self, files: list[tuple[Entry, tuple[Piece, ...]]]) -> list[tuple[Entry, str]]:
        return [(entry, self._one(entry, pieces)) for entry, pieces in files]

    def _one(self, entry: Entry, pieces: tuple[Piece, ...]) -> str:
        try:
            path = _inside(self.target, entry.path)
            if self.partly:  # chosen files come without the folders that they lie in
                os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
            if stat.S_ISLNK(entry.mode):
                os.symlink(entry.link, path)  # noqa: PTH211 - as above
                return ""
            self._file(path, entry, pieces)
        except (IntegrityError, OSError) as error:
            return str(error) if isinstance(error, IntegrityError) else type(error).__name__
        return ""

    def _piece(self, piece: Piece) -> bytes:
        row = self.rows.get(piece.unit) or self.reader.locate(ORIGINALS, piece)
        data = self.reader.unit(row, content=piece.content)
        if len(data) != piece.length:
            raise IntegrityError(f"unit {piece.unit.hex()}: is not what its object says")
        return data

    def _file(self, path: str, entry: Entry, pieces: tuple[Piece, ...]) -> None:
        mode = stat.S_IMODE(entry.mode)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode & 0o777)
        try:
            for piece in pieces:
                view = memoryview(self._piece(piece))
                while view:
                    view = view[os.write(handle, view) :]
            if mode & ~0o777 or mode & self.umask:
                os.fchmod(handle, mode)
            os.utime(handle, ns=(entry.mtime, entry.mtime))
        except BaseException:
            os.unlink(path)  # noqa: PTH108 - no half of a damaged file stays behind
            raise
        finally:
            os.close(handle)
