"""The display matrix of a video (ISO/IEC 14496-12, 8.2.2): how its pictures are turned and mirrored when shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Orientation:
    """Transpose first, then mirror left to right, then top to bottom."""

    swaps: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    def apply(self, picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A view of a picture (h, w) or (h, w, channels) as it is displayed."""
        if self.swaps:
            picture = picture.swapaxes(0, 1)
        if self.mirror_x:
            picture = picture[:, ::-1]
        return picture[::-1] if self.mirror_y else picture


UPRIGHT = Orientation()


def from_matrix(a: float, b: float, c: float, d: float) -> Orientation:
    """The nearest quarter turn to (x, y) -> (a x + c y, b x + d y)."""
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Orientation(swaps=True, mirror_x=c < 0, mirror_y=b < 0)
    return Orientation(mirror_x=a < 0, mirror_y=d < 0)


def orientation(picture: Any) -> Orientation:
    """The orientation of an av.VideoFrame, upright where it has no display matrix."""
    for data in picture.side_data:
        if data.type.name == "DISPLAYMATRIX":
            matrix = np.frombuffer(data, np.int32, 9)
            return from_matrix(*(float(matrix[place]) for place in (0, 1, 3, 4)))
    return UPRIGHT
