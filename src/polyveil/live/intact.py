"""Which decoded pictures of a camera are whole: after a loss the decoder shows old or torn places of the picture.

A decoder goes on after a lost or damaged part of the stream: it fills in from earlier pictures, and all that refer to
the damage inherit it, up to the next key frame. What is shown then may be a face that no detector knows as one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import Any

_GAP = 1.7
"""Times the usual distance of two pictures from which on one is missing between them."""
_REMEMBERED = 15


@dataclass(slots=True)
class Intact:
    """Ask once for each picture of a connection, in the order of their showing.

    paced: pictures come at a steady rate, so that a missing one is seen by its gap (cameras; not files of any rate).
    """

    paced: bool
    _sound: bool = False
    _last: int | None = None
    _steps: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def damaged(self) -> None:
        """Something could not be decoded: nothing is whole until the next key frame."""
        self._sound = False

    def whole(self, picture: Any) -> bool:
        """Is this picture of an unbroken chain from a key frame on? `picture`: av.VideoFrame."""
        missing = self._missing(picture.pts)
        if picture.is_corrupt:
            self._sound = False
        elif picture.key_frame:
            self._sound = True
        elif missing:
            self._sound = False
        return self._sound

    def _missing(self, pts: int | None) -> bool:
        if pts is None:
            return self.paced
        step = pts - self._last if self._last is not None else 0
        self._last = pts
        usual = median(self._steps) if len(self._steps) >= 3 else 0
        if step > 0:
            self._steps.append(step)
        return self.paced and usual > 0 and (step > _GAP * usual or step <= 0)
