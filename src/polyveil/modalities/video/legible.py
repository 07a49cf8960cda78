"""When a video is read, and where: what changed by more than the camera's motion; lines that were read move along.

Frames are chosen as they come and read on another thread, in order, while the next ones are searched for faces.

Number plates move by themselves, and too far from one reading to the next for a track to be made of two sightings:
each is followed through the frames between, from both sides. Some cross the frame from one reading to the next: where
something passes quickly, it alone is read between the key frames, for plates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from polyveil import inference
from polyveil.modalities.image.detectors.plate import PLATES
from polyveil.modalities.image.ocr import Line
from polyveil.modalities.video.detectors import vehicles, writing
from polyveil.modalities.video.follow import follow
from polyveil.modalities.video.motion import Grey, Matrix, beside, same
from polyveil.modalities.video.reader import Frame, Video
from polyveil.modalities.video.scene import Box, Scene, Sighting, overlaps
from polyveil.modalities.video.tiles import Tile, tiles
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_EVERY = {"normal": 1.0, "fast": 2.0}
"""Seconds between key frames."""

_LAST = {"normal": 0.6, "fast": 1.0}
"""Part of that time that must have passed for the last frame of a scene to be read."""

_CHANGED, _CHANGED_MOVING = 8, 16  # grey levels, with the camera at rest and moving: edges never quite meet again
_MARGIN = 16  # reduced pixels around what changed
_CLOSE = 6  # the same around what passes: its plate is well inside
_GRID = 32  # reduced pixels; few sizes of tiles, since the runtime prepares itself for each
_WHOLE = 0.5  # part of the frame from which on all of it is read
_MOST_BETWEEN = 240  # reduced frames that are kept for following, 58 KB each
_GLANCE = 0.4  # seconds between two looks for what passes quickly
_PASSING = (0.008, 0.2)  # part of the frame that something fills which passes quickly
_MOST_PASSING = 0.5  # part of the frame that is read for it
_KNOWN = 0.3  # intersection over union of a plate that was followed and the same one read
_TOUCHED = 0.1  # part of a line that changed, for it to be read again

Later = Callable[[Callable[[], None]], None]
"""Has a piece of work done after those that were given before."""

Passed = Sequence[tuple[int, Grey]]
"""Frames that were passed, reduced."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read last: of which scene, at which frame, the frame reduced, and all lines in displayed pixels."""

    scene: Scene = field(repr=False)
    frame: int
    small: Grey
    lines: tuple[Line, ...]


class WritingWatch:
    """Reads the frames of one video in order, scene by scene.

    later: what reads; `reads` and what a scene holds of writing count when it is done.
    """

    def __init__(self, video: Video, policy: Policy, known: Sequence[Known], later: Later) -> None:
        self.displayed = (video.width, video.height)
        self.reads = 0
        self._spares = video.large
        self._policy, self._known, self._later = policy, known, later
        self._every = _EVERY[policy.roads.video.speed]
        self._last_due = _LAST[policy.roads.video.speed] * self._every
        self._at: float | None = None  # when a frame of this scene was last read
        self._between: list[tuple[int, Grey]] = []  # frames since the last reading, and that one
        self._last: _Read | None = None
        self._follows = any(policy.wants(entity) for entity in PLATES)
        self._glances = self._follows and writing.reads(policy) and policy.roads.video.speed == "normal"
        self._glanced_at = 0.0
        self._glanced: dict[int, list[Sighting]] = {}  # plates read since the last key frame, by frame

    def begin(self) -> None:
        """A new scene."""
        self._at = None
        self._between = []

    def see(self, scene: Scene, frame: Frame, small: Grey, *, last: bool = False) -> None:
        """The next frame; it is read if it is due, or `last` of its scene and not just read."""
        due = self._last_due if last else self._every
        if self._follows and (not self._between or self._between[-1][0] != frame.index):
            self._between = [*self._between[-_MOST_BETWEEN:], (frame.index, small)]
        if self._at is None or frame.time_s - self._at >= due:
            self._at = frame.time_s
            self._later(partial(self._see, scene, frame, small, self._between))
            self._between = self._between[-1:]
            self._glanced_at = frame.time_s
        elif last and self._follows:
            self._later(partial(self._follow, scene, self._between))
        elif self._glances and frame.time_s - self._glanced_at >= _GLANCE:
            self._glanced_at = frame.time_s
            parts = self._passing(scene, frame, small)
            if parts:
                self._later(partial(self._glance, frame, small, parts))

    def _passing(self, scene: Scene, frame: Frame, small: Grey) -> Sequence[Tile]:
        """Where something is that was not there in either of the two frames before; nothing if it is most of the frame.

        Beside one frame alone, the place that it left looks as the one that it came to.
        """
        scale = max(self.displayed) / max(small.shape)
        moved = np.ones(small.shape, bool)
        for index, before in self._between[-3:-1]:
            moved &= beside(small, before, scene.motion(index, frame.index, scale), _CHANGED_MOVING)[0]
        if not _PASSING[0] < float(moved.mean()) < _PASSING[1]:
            return ()
        parts = _tiles(moved, _CLOSE)
        return parts if sum(map(_area, parts)) < _MOST_PASSING * small.size else ()

    def _glance(self, frame: Frame, small: Grey, parts: Sequence[Tile]) -> None:
        """Read what passes for plates, if it looks like a vehicle: to read whatever moves would take too long."""
        scale = max(self.displayed) / max(small.shape)
        read = self._read(frame, small, [one for one in parts if vehicles.shown(frame, one, scale)], [])
        plates = [
            one for one in writing.said(frame, self.displayed, self._policy, self._known, read) if one.entity in PLATES
        ]
        if plates:
            self._glanced[frame.index] = plates

    def _see(self, scene: Scene, frame: Frame, small: Grey, between: Passed) -> None:
        """Read a frame that is due."""
        found = self._carried(scene, frame, small)
        if found is None:
            scene.writing[frame.index] = [replace(one, frame=frame.index) for one in scene.writing[scene.read[-1]]]
        else:
            self._last = _Read(scene, frame.index, small, tuple(found))
            scene.writing[frame.index] = writing.sightings(
                frame, self.displayed, self._policy, self._known, tuple(found)
            )
        scene.read.append(frame.index)
        if self._follows:
            self._follow(scene, between)

    def _follow(self, scene: Scene, between: Passed) -> None:
        """Plates that were read in frames passed since the last key frame, that one and the new one, in all others."""
        glanced, self._glanced = self._glanced, {}
        for index, plates in glanced.items():
            scene.followed.setdefault(index, []).extend(plates)
        if len(between) < 3 or (not glanced and same(between[0][1], between[-1][1])):
            return
        for place, (index, _small) in enumerate(between):
            for one in glanced.get(index, scene.writing.get(index, ())):
                if one.entity in PLATES:
                    for passed in (between[place:], between[place::-1]):
                        self._pursue(scene, one, passed, glanced)

    def _pursue(self, scene: Scene, plate: Sighting, passed: Passed, glanced: Mapping[int, Sequence[Sighting]]) -> None:
        """A plate of the first frame in those that follow, until it is lost or was read there as well."""
        (_start, first), *rest = passed
        scale = max(self.displayed) / max(first.shape)
        x, y, w, h = plate.box
        places = follow((x / scale, y / scale, w / scale, h / scale), first, (grey for _, grey in rest))
        for (index, _grey), (x, y, w, h) in zip(rest, places, strict=False):
            box = (x * scale, y * scale, w * scale, h * scale)
            if index in scene.writing or _among(box, glanced.get(index, ())):
                return
            scene.followed.setdefault(index, []).append(replace(plate, frame=index, box=box))

    def _carried(self, scene: Scene, frame: Frame, small: Grey) -> list[Line] | None:
        """All lines of a frame, those that moved with the camera and those read anew; None if it looks as it did."""
        before, whole = self._last, (0, 0, small.shape[1], small.shape[0])
        if before is None or before.scene is not scene:
            return self._read(frame, small, [whole], [])
        scale = max(self.displayed) / max(small.shape)
        moved = scene.motion(before.frame, frame.index)
        rests = bool(np.allclose(moved, np.eye(3), atol=1e-3))
        reduced = scene.motion(before.frame, frame.index, scale)
        changed, fresh = beside(small, before.small, reduced, _CHANGED if rests else _CHANGED_MOVING)
        changed |= fresh
        parts = _tiles(changed)
        if not parts and rests:
            return None
        if sum(map(_area, parts)) > _WHOLE * small.size:
            return self._read(frame, small, [whole], [])
        carried = [_moved(line, moved) for line in before.lines]
        kept = [line for line in carried if _stands(line, changed, scale, self.displayed)]
        return self._read(frame, small, parts, kept)

    def _read(self, frame: Frame, small: Grey, parts: Sequence[Tile], kept: Sequence[Line]) -> list[Line]:
        if not parts or not writing.reads(self._policy):
            return list(kept)
        self.reads += 1
        scale = max(self.displayed) / max(small.shape)
        scaled = [(left * scale, top * scale, right * scale, bottom * scale) for left, top, right, bottom in parts]
        fresh = writing.lines(frame, self.displayed, scaled, kept, self._policy.roads.video.speed)
        if self._spares:
            inference.release()
        return [*kept, *fresh]


def _among(box: Box, read: Sequence[Sighting]) -> bool:
    """Was a plate read in this place?"""
    return bool(read) and float(overlaps(np.array(box), np.array([one.box for one in read])).max()) > _KNOWN


def _area(tile: Tile) -> int:
    left, top, right, bottom = tile
    return (right - left) * (bottom - top)


def _tiles(changed: npt.NDArray[np.bool_], margin: int = _MARGIN) -> list[Tile]:
    """Parts that hold what changed, with a margin."""
    import cv2

    side = 2 * margin + 1
    grown = np.asarray(cv2.dilate(changed.astype(np.uint8), np.ones((side, side), np.uint8)))
    return tiles(grown.astype(bool), _GRID)


def _moved(line: Line, motion: Matrix) -> Line:
    corners = np.concatenate([line.quad.astype(np.float64), np.ones((4, 1))], axis=1) @ motion.T
    return replace(line, quad=corners[:, :2].astype(np.float32))


def _stands(line: Line, changed: npt.NDArray[np.bool_], scale: float, displayed: tuple[int, int]) -> bool:
    """Does a line still stand where it was carried to: inside the frame, and nothing changed there?"""
    (x0, y0), (x1, y1) = line.quad.min(axis=0), line.quad.max(axis=0)
    if x1 <= 0 or y1 <= 0 or x0 >= displayed[0] or y0 >= displayed[1]:
        return False
    left, top = max(0, int(x0 / scale)), max(0, int(y0 / scale))
    part = changed[top : int(y1 / scale) + 1, left : int(x1 / scale) + 1]
    return part.size == 0 or float(part.mean()) < _TOUCHED
