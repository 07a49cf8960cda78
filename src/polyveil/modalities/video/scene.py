"""A scene: the frames between two cuts, how the camera moved over them, and what was sighted in them."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import overload

import numpy as np
import numpy.typing as npt

from polyveil.modalities.video.motion import Matrix

Box = tuple[float, float, float, float]
"""x, y, w, h in displayed pixels."""

Boxes = npt.NDArray[np.float64]

_KEPT = 1 << 16  # inverted motions


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that a detector saw in one frame."""

    frame: int
    box: Box
    score: float
    entity: str
    detector: str
    value: str | None = field(default=None, repr=False)


class Seen(MutableMapping[int, list[Sighting]]):
    """Sightings by frame, packed: a film of hours may have no cut, and a look dozens of doubtful faces.

    What is asked for is made anew; two sightings are one if they say the same.
    """

    def __init__(self) -> None:
        self._rows: dict[int, Boxes] = {}  # (n, 6): x, y, w, h, score, place among the kinds
        self._kinds: dict[tuple[str, str, str | None], int] = {}  # of entity, detector and value

    def __setitem__(self, frame: int, sightings: Sequence[Sighting]) -> None:
        rows = [
            (*one.box, one.score, self._kinds.setdefault((one.entity, one.detector, one.value), len(self._kinds)))
            for one in sightings
        ]
        self._rows[frame] = np.array(rows, np.float64).reshape(-1, 6)

    def __getitem__(self, frame: int) -> list[Sighting]:
        kinds = list(self._kinds)
        return [
            Sighting(frame, (x, y, w, h), score, *kinds[int(place)])
            for x, y, w, h, score, place in self._rows[frame].tolist()
        ]

    def __delitem__(self, frame: int) -> None:
        del self._rows[frame]

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def clear(self) -> None:
        self._rows.clear()

    def take(self, other: Seen) -> None:
        """What is in another, which is empty then: it may be large."""
        places = [self._kinds.setdefault(kind, len(self._kinds)) for kind in other._kinds]
        while other._rows:
            frame, rows = other._rows.popitem()
            if places != list(range(len(places))):
                rows[:, 5] = np.array(places, np.float64)[rows[:, 5].astype(np.intp)]
            self._rows[frame] = rows


class Moves(Sequence[Matrix]):
    """Motions (3, 3), one a frame, in one array that grows."""

    def __init__(self) -> None:
        self._rows = np.empty((16, 3, 3), np.float64)
        self._length = 0

    def append(self, matrix: Matrix) -> None:
        if self._length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._length] = matrix
        self._length += 1

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Matrix: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Matrix]: ...
    def __getitem__(self, place: int | slice) -> Matrix | Sequence[Matrix]:
        if isinstance(place, slice):
            return list(self._rows[: self._length][place])
        row: Matrix = self._rows[place if 0 <= place < self._length else range(self._length)[place]]
        return row


@dataclass(slots=True)
class Scene:
    """Frames [first, first + len(moves)), in displayed pixels.

    moves: for each frame the motion from the scene's first frame to it.
    looked, read, glanced: frames that were searched for faces, for writing and for other things, ascending.
    faces, writing, things: what was sighted, by frame. followed: where what was read was followed to, by frame.
    """

    first: int
    width: int
    height: int
    moves: Moves = field(default_factory=Moves, repr=False)
    looked: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    glanced: list[int] = field(default_factory=list)
    faces: Seen = field(default_factory=Seen, repr=False)
    writing: dict[int, list[Sighting]] = field(default_factory=dict)
    things: Seen = field(default_factory=Seen, repr=False)
    followed: dict[int, list[Sighting]] = field(default_factory=dict)
    _inverse: dict[int, Matrix] = field(default_factory=dict, repr=False)

    @property
    def end(self) -> int:
        return self.first + len(self.moves)

    def advance(self, matrix: Matrix, scale: float) -> None:
        """One more frame; `matrix` is the motion from the frame before in pixels `scale` times as large."""
        step = scaled(matrix, scale)
        self.moves.append(step @ self.moves[-1] if self.moves else np.eye(3))

    def join(self, other: Scene, step: Matrix) -> None:
        """Go on with `other`, which loses its sightings.

        step: the motion from the last frame to its first one, in displayed pixels.
        """
        before = step @ self.moves[-1]
        for one in other.moves:
            self.moves.append(one @ before)
        self.looked += other.looked
        self.read += other.read
        self.glanced += other.glanced
        self.faces.take(other.faces)
        self.writing |= other.writing
        self.things.take(other.things)
        self.followed |= other.followed

    def motion(self, source: int, target: int, scale: float = 1.0) -> Matrix:
        """The camera's motion from one frame to another, in pixels `scale` times as large as displayed ones."""
        matrix: Matrix = self.moves[target - self.first] @ self._back(source)
        if scale != 1.0:
            matrix = matrix.copy()
            matrix[:2, 2] /= scale
        return matrix

    def _back(self, source: int) -> Matrix:
        """From a frame to the scene's first one."""
        if source not in self._inverse:
            if len(self._inverse) >= _KEPT:
                self._inverse.clear()
            self._inverse[source] = np.asarray(np.linalg.inv(self.moves[source - self.first]), np.float64)
        return self._inverse[source]

    def carried(self, box: Box, source: int, target: int) -> Box:
        """Where a thing that stands still in the world goes from frame `source` to frame `target`."""
        if source == target:
            return box
        (a, b, across), (c, d, down) = self.motion(source, target)[:2].tolist()
        x, y, w, h = box
        centre_x, centre_y, zoom = x + w / 2, y + h / 2, hypot(a, c)
        w, h = w * zoom, h * zoom
        return a * centre_x + b * centre_y + across - w / 2, c * centre_x + d * centre_y + down - h / 2, w, h


def scaled(matrix: Matrix, scale: float) -> Matrix:
    """A motion in pixels `scale` times as small, as one in displayed pixels."""
    step = matrix.copy()
    step[:2, 2] *= scale
    return step


def overlaps(a: Boxes, b: Boxes) -> Boxes:
    """Intersection over union of boxes (…, 4), broadcast."""
    wide = np.minimum(a[..., 0] + a[..., 2], b[..., 0] + b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    tall = np.minimum(a[..., 1] + a[..., 3], b[..., 1] + b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    shared = np.clip(wide, 0, None) * np.clip(tall, 0, None)
    union: Boxes = a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def distances(a: Boxes, b: Boxes) -> Boxes:
    """Distance of the centres of boxes (…, 4) relative to the mean side, broadcast."""
    side = (a[..., 2] + a[..., 3] + b[..., 2] + b[..., 3]) / 4
    across = a[..., 0] + a[..., 2] / 2 - b[..., 0] - b[..., 2] / 2
    down = a[..., 1] + a[..., 3] / 2 - b[..., 1] - b[..., 3] / 2
    return np.asarray(np.hypot(across, down) / np.maximum(side, 1e-6))


def distance(a: Box, b: Box) -> float:
    """The same for two boxes."""
    side = (a[2] + a[3] + b[2] + b[3]) / 4
    return hypot(a[0] + a[2] / 2 - b[0] - b[2] / 2, a[1] + a[3] / 2 - b[1] - b[3] / 2) / max(side, 1e-6)


def blend(a: Box, b: Box, share: float) -> Box:
    """Between two boxes: `a` at 0, `b` at 1."""
    x, y, w, h = (one * (1 - share) + other * share for one, other in zip(a, b, strict=True))
    return x, y, w, h


def envelope(a: Box, b: Box) -> Box:
    """The least box around both."""
    left, top = min(a[0], b[0]), min(a[1], b[1])
    return left, top, max(a[0] + a[2], b[0] + b[2]) - left, max(a[1] + a[3], b[1] + b[3]) - top


def grown(box: Box, factor: float) -> Box:
    """Scaled about its centre."""
    x, y, w, h = box
    return x - w * (factor - 1) / 2, y - h * (factor - 1) / 2, w * factor, h * factor
