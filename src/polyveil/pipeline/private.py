"""Private temp folders: the only place outside memory where plaintext may lie."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "polyveil-"


@contextmanager
def private_folder(under: Path | None = None) -> Iterator[Path]:
    """A 0700 folder, removed on every path out. `under` defaults to the system's temp folder."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=under))  # mkdtemp makes it 0700
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def empty(folder: Path) -> None:
    """Remove what lies in a private folder, between two assets."""
    for item in folder.iterdir():
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item, ignore_errors=True)
        else:
            item.unlink(missing_ok=True)
