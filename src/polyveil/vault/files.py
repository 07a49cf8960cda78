"""Small durable file operations: what is acknowledged survives a power cut."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polyveil.errors import VaultError


def write(path: Path, data: bytes) -> None:
    """Write a small file durably and atomically, mode 0600. Raises VaultError; the old file stays then."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    with reported(path.parent):
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                _whole(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def append(path: Path, data: bytes) -> None:
    """Append to a file and make it durable. Raises OSError; a part of the data may have been written then."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _whole(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def remove(path: Path) -> None:
    """Remove a file durably; it may be gone already."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def shred(path: Path) -> None:
    """Overwrite a small file in place, then remove it durably; it may be gone already.

    On a disk that writes elsewhere (SSD, copy-on-write) the old bytes may linger: see docs/threat-model.md.
    """
    try:
        handle = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        _whole(handle, os.urandom(os.fstat(handle).st_size))
        os.fsync(handle)
    finally:
        os.close(handle)
    remove(path)


def sync_folder(folder: Path) -> None:
    """Make a rename, a new or a removed file of a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """Turn a full disk or a read-only folder into a VaultError that names the vault's folder."""
    try:
        yield
    except OSError as error:
        raise VaultError(f"{folder}: cannot be written ({error.strerror})") from None
