"""Where packs lie: a folder, or a bucket by URL."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from weakref import WeakSet

from polyveil.errors import IntegrityError, VaultError
from polyveil.vault.files import reported, sync_folder

_HANDLES = 8


@dataclass(frozen=True, slots=True)
class Stored:
    """A pack as its store lists it. size: bytes; age: seconds since it last grew.

    busy: a living writer holds it. finished: it ends in its digest.
    """

    pack: str
    size: int
    age: float
    busy: bool
    finished: bool


class PackFile(Protocol):
    """A pack that is being written. grows: it can be made durable before it is finished."""

    @property
    def grows(self) -> bool: ...

    def append(self, data: bytes) -> None:
        """Raises VaultError."""

    def sync(self) -> None:
        """Make it durable. Raises VaultError."""

    def finish(self) -> None:
        """Make it durable and give it its final name. Raises VaultError."""

    def abandon(self) -> None:
        """Let go of it after a failure."""


class PackStore(Protocol):
    """A place of packs. Ids are 32 hexadecimal digits."""

    def begin(self, pack: str) -> PackFile:
        """Begin a pack. Raises VaultError."""

    def read(self, pack: str, offset: int, length: int) -> bytes:
        """Bytes of a pack. Raises IntegrityError if it is gone or too short."""

    def packs(self) -> Iterator[Stored]:
        """All packs, in no meaningful order."""

    def delete(self, pack: str) -> None:
        """Remove a pack; it may be gone already. Raises VaultError."""


def open_store(address: str, folder: Path) -> PackStore:
    """The store of an address: '' for the vault's own folder, or s3://bucket/prefix."""
    if address.startswith("s3://"):
        from polyveil.vault.bucket import BucketStore

        return BucketStore(address)
    return FolderStore(folder)


@dataclass(slots=True)
class _File:
    """A pack in a folder: `ID.open` while it grows, `ID.pack` when it is full. Its writer holds a lock on it."""

    path: Path
    handle: int
    dirty: bool = True
    grows: bool = True

    def append(self, data: bytes) -> None:
        with reported(self.path.parent):
            view = memoryview(data)
            while view:
                view = view[os.write(self.handle, view) :]
        self.dirty = True

    def sync(self) -> None:
        if self.dirty:
            with reported(self.path.parent):
                os.fsync(self.handle)
            self.dirty = False

    def finish(self) -> None:
        self.sync()
        with reported(self.path.parent):
            self.path.rename(self.path.with_suffix(".pack"))
            sync_folder(self.path.parent)
        os.close(self.handle)

    def abandon(self) -> None:
        with suppress(OSError):
            os.close(self.handle)


class _Files:
    """Open files of packs by one thread, the latest used last. They are closed when the thread ends."""

    def __init__(self) -> None:
        self.handles: OrderedDict[str, int] = OrderedDict()

    def close(self) -> None:
        while self.handles:
            os.close(self.handles.popitem()[1])

    __del__ = close


class _Own(threading.local):
    """Each thread has files of its own, so that none closes another's while it reads."""

    def __init__(self, everybody: WeakSet[_Files]) -> None:
        self.files = _Files()
        everybody.add(self.files)


class FolderStore:
    """Packs in `folder/xx/`, xx being the first two digits. Picklable: open files stay behind."""

    def __init__(self, folder: Path) -> None:
        self._begin(folder)

    def __getstate__(self) -> Path:
        return self.folder

    def __setstate__(self, folder: Path) -> None:
        self._begin(folder)

    def _begin(self, folder: Path) -> None:
        self.folder = folder
        self._all: WeakSet[_Files] = WeakSet()
        self._own = _Own(self._all)

    def begin(self, pack: str) -> PackFile:
        folder = self.folder / pack[:2]
        with reported(self.folder):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{pack}.open"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX)
            sync_folder(folder)
        return _File(path, handle)

    def read(self, pack: str, offset: int, length: int) -> bytes:
        files = self._own.files.handles
        handle = files.get(pack)
        if handle is None:
            handle = files[pack] = self._handle(pack)
            while len(files) > _HANDLES:
                os.close(files.popitem(last=False)[1])
        else:
            files.move_to_end(pack)
        try:
            data = os.pread(handle, length, offset)
            while len(data) < length and (more := os.pread(handle, length - len(data), offset + len(data))):
                data += more
        except OSError as error:
            raise IntegrityError(f"pack {pack}: cannot be read ({error.strerror})") from None
        if len(data) != length:
            raise IntegrityError(f"pack {pack}: truncated")
        return data

    def _handle(self, pack: str) -> int:
        for suffix in (".pack", ".open", ".pack"):  # it may be renamed between two looks
            try:
                return os.open(self.folder / pack[:2] / f"{pack}{suffix}", os.O_RDONLY)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise IntegrityError(f"pack {pack}: cannot be read ({error.strerror})") from None
        raise IntegrityError(f"pack {pack} is missing")

    def packs(self) -> Iterator[Stored]:
        for path in sorted(self.folder.glob("??/*")):
            if path.suffix in (".pack", ".open"):
                with suppress(FileNotFoundError):
                    state = path.stat()
                    busy = path.suffix == ".open" and _locked(path)
                    yield Stored(
                        path.stem, state.st_size, max(0.0, time.time() - state.st_mtime), busy, path.suffix == ".pack"
                    )

    def delete(self, pack: str) -> None:
        handle = self._own.files.handles.pop(pack, None)
        if handle is not None:
            os.close(handle)
        folder = self.folder / pack[:2]
        with reported(self.folder):
            for suffix in (".pack", ".open"):
                (folder / f"{pack}{suffix}").unlink(missing_ok=True)
            if folder.is_dir():
                sync_folder(folder)

    def close(self) -> None:
        """Let go of all open files, of all threads: no other may be reading."""
        for files in list(self._all):
            files.close()


def _locked(path: Path) -> bool:
    """Does a living process hold the lock of this file?"""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


__all__ = ["FolderStore", "PackFile", "PackStore", "Stored", "VaultError", "open_store"]
