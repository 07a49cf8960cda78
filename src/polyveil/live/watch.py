"""A watched folder: what arrives goes down the road once it is complete."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_UNFINISHED = (".part", ".partial", ".crdownload", ".tmp", ".swp", ".filepart")


@dataclass(slots=True)
class Folder:
    """Looks at a folder again and again.

    settle: looks at which a file must not have changed in size or time; an empty one must stand longer.
    """

    path: Path
    settle: int = 2
    _seen: dict[Path, tuple[tuple[int, int], int]] = field(default_factory=dict, repr=False)
    _done: dict[Path, tuple[int, int]] = field(default_factory=dict, repr=False)

    def look(self) -> list[Path]:
        """Files that are complete and that were not given before in this state."""
        now: dict[Path, tuple[tuple[int, int], int]] = {}
        ready = []
        for path, mark in self._files():
            if self._done.get(path) == mark:
                continue
            before, times = self._seen.get(path, (mark, -1))
            times = times + 1 if before == mark else 0
            now[path] = (mark, times)
            if times >= (self.settle if mark[0] else 5 * self.settle):
                ready.append(path)
        self._seen = now
        return sorted(ready)

    def waiting(self) -> int:
        """Files that are not complete yet."""
        return len(self._seen)

    def finished(self, paths: Sequence[Path]) -> None:
        """These need not be given again until they change."""
        for path in paths:
            if path in self._seen:
                self._done[path] = self._seen.pop(path)[0]

    def _files(self) -> list[tuple[Path, tuple[int, int]]]:
        found = []
        inside = self.path.resolve()
        for place, _, names in os.walk(self.path):
            for name in names:
                path = Path(place) / name
                if name.startswith(".") or name.casefold().endswith(_UNFINISHED):
                    continue
                try:
                    if path.is_symlink() and not path.resolve().is_relative_to(inside):
                        continue
                    state = path.stat()
                except OSError:
                    continue
                found.append((path, (state.st_size, state.st_mtime_ns)))
        return found


def watch(
    folder: Path,
    run: Callable[[Sequence[Path]], None],
    stop: threading.Event,
    tell: Callable[[int], None],
    *,
    every_s: float,
) -> None:
    """Give complete files to `run` until `stop`. `tell` gets the number of files that are not complete yet."""
    looked = Folder(folder)
    while not stop.is_set():
        ready = looked.look()
        if ready:
            run(ready)
            looked.finished(ready)
        tell(looked.waiting())
        stop.wait(every_s)
