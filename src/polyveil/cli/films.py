"""A line of progress for each film that is under way: frames done of all, frames a second, time left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import Progress, TaskID

if TYPE_CHECKING:  # typing only: rooms load slowly, and help must not wait for them
    from polyveil.modalities.interface import Frames


class Films:
    """The films in a progress display. A pass over a film has a line while it lasts."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._lines: dict[tuple[str, str], TaskID] = {}

    def tell(self, name: str, frames: Frames) -> None:
        """Show how far the film called `name` is."""
        key = name, frames.doing
        if frames.done == frames.of:
            if key in self._lines:
                self._bar.remove_task(self._lines.pop(key))
            return
        # A container without a count of frames, or with a wrong one: the frames go on, without a time left.
        total = frames.of if frames.of > frames.done else None
        if key not in self._lines:
            self._lines[key] = self._bar.add_task(f"{name}: {frames.doing}", total=total, unit="frames")
        self._bar.update(self._lines[key], total=total, completed=frames.done)
