"""Local files: paths, folders, globs and file:// URLs."""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from polyveil.collect.interface import Collected
from polyveil.errors import UsageError
from polyveil.schema.companion import companion_of
from polyveil.schema.limits import Limits


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A regular file, never followed through a link that was swapped in after it was found."""

    path: Path

    def load(self, in_memory: int, workdir: Path) -> bytes | Path:  # noqa: ARG002 - large files stay where they are
        state = self.path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        if state.st_size > in_memory:
            with self.path.open("rb") as stream:  # tells now, not in a decoder, that it cannot be read
                stream.read(1)
            return self.path
        return self.path.read_bytes()


def collect(source: str, limits: Limits) -> Iterator[Collected]:  # noqa: ARG001 - the interface of a source
    """Files at `source`, sorted by path. What is no regular file comes too and fails when it is read: it is counted.

    Raises:
        UsageError: nothing exists at `source`.
    """
    path = unquote(urlsplit(source).path) if source.startswith("file://") else source
    root = Path(path).expanduser()
    if os.path.lexists(root):
        return _below(root) if root.is_dir() else iter([_item(root, root.parent)])
    if not glob.has_magic(path):
        raise UsageError(f"{source}: no such file or folder")
    fixed = Path(*_before_magic(Path(path).expanduser()))
    found = sorted(Path(one) for one in glob.glob(str(Path(path).expanduser()), recursive=True))  # noqa: PTH207 - an absolute pattern
    if not found:
        raise UsageError(f"{source}: matches nothing")
    return (item for one in found for item in (_below(one, fixed) if one.is_dir() else [_item(one, fixed)]))


def _before_magic(pattern: Path) -> Iterator[str]:
    for piece in pattern.parts[:-1]:
        if glob.has_magic(piece):
            return
        yield piece


def _below(folder: Path, root: Path | None = None) -> Iterator[Collected]:
    """Files below a folder, hidden ones included; links to folders are not followed, links to files outside neither."""
    base = root or folder
    inside = folder.resolve()
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if path.is_symlink() and not path.resolve().is_relative_to(inside):
                continue
            yield _item(path, base)


def _item(path: Path, root: Path) -> Collected:
    try:
        state = path.stat()
        size, changed = state.st_size, state.st_mtime_ns
    except OSError:
        size = changed = 0
    relative = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return Collected(path.absolute().as_uri(), relative, size, changed, LocalFile(path.absolute()), _companion(path))


def _companion(path: Path) -> LocalFile | None:
    return next((LocalFile(one.absolute()) for one in companion_of(path) if one.is_file()), None)
