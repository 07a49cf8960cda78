"""When a video is searched for faces, and how closely: often and quickly where something moves, else seldom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.ocr import boxes_around
from polyveil.modalities.video.detectors import face
from polyveil.modalities.video.motion import Grey, Motion, beside, same
from polyveil.modalities.video.reader import Frame, Video
from polyveil.modalities.video.scene import Scene, Sighting, overlaps
from polyveil.modalities.video.track import Rules
from polyveil.schema.policy import Policy

_START = 0.5  # of the policy's threshold, for a sighting to start a track; seen again, it passes the threshold
_HOLD = 0.3  # seconds that a face's box is held before the first and after the last sighting
_GAP = 1.0  # seconds of misses that a face's track survives
_TREMBLE = 1.5  # pixels at which a frame is searched by which boxes are off, however small the face
_MOVED = 12  # grey levels; a change that the camera's motion does not explain
_FRESH = 0.04  # part of the frame that came into it, from which on it is looked at
_MARGIN = 21  # reduced pixels by which what moved is grown, half to either side
_CALM = 2  # times as long to the next look, where nothing but the camera moves
_AGAIN = 0.6  # intersection over union of a face and where it was expected
_GRID = 20  # reduced pixels; few sizes of tiles, since the runtime prepares itself for each
_LITTLE = 0.25  # part of the frame up to which it is searched at full size
_WHOLE = 0.4  # part of the frame from which on all of it is searched, at a smaller size

Tile = tuple[float, float, float, float]
"""left, top, right, bottom in displayed pixels."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Frames between looks where something moves, and between close looks; pixels of the longer side in each.

    full_size is that of a scene's first look and of small parts of the frame.
    """

    stride: int
    close_every: int
    size: int
    close_size: int
    full_size: int


def pace(video: Video, policy: Policy) -> Pace:
    """The pace for a video: close looks about twice a second, at three quarters of its size.

    Quickly: five in four seconds, and a scene's first look is at seven eighths of the size, at which as many faces of
    the labelled clips are covered as at all of it.
    """
    road = policy.roads.video
    quick = road.speed == "fast"
    longest = max(video.width, video.height)
    stride = max(road.stride, 4) if quick else road.stride
    close = max(stride, round(float(video.rate) * (0.8 if quick else 0.5)))
    size = min(face.SIZE, max(320, longest))
    full = round(0.875 * longest) if quick else longest
    return Pace(stride, close, size, max(size, min(1280, round(0.75 * longest))), max(size, min(1600, full)))


class FaceWatch:
    """Looks at the frames of one video in order, scene by scene."""

    def __init__(self, video: Video, policy: Policy, motion: Motion) -> None:
        self.displayed = (video.width, video.height)
        self.looks = 0
        self.pace = pace(video, policy)
        start = _START * policy.threshold("FACE")
        rate = float(video.rate)
        self.rules = Rules(
            start=start,
            keep=policy.threshold("FACE") / 4,
            gap=max(2 * self.pace.close_every, round(_GAP * rate)),
            lead=max(self.pace.stride - 1, round(_HOLD * rate)),
            weak=self.pace.stride - 1,
            pad=_TREMBLE * max(1.0, max(self.displayed) / face.SIZE),
            threshold=policy.threshold("FACE"),
        )
        self._motion = motion
        self._seen: tuple[int, Grey] | None = None  # the frame that was last searched, reduced
        self._close = 0  # the last frame that was searched closely
        self._closely = False  # was the last look a close one?
        self._stride = self.pace.stride  # frames to the next look

    def begin(self) -> None:
        """A new scene."""
        self._seen = None
        self._stride = self.pace.stride

    def see(self, scene: Scene, frame: Frame, small: Grey, *, last: bool = False) -> None:
        """The next frame; it is looked at if it is due, or `last` of its scene."""
        if self._seen is None:
            self._look(scene, frame, small, close=True)
            return
        if scene.looked[-1] == frame.index:
            return
        if last or frame.index - self._close >= self.pace.close_every:
            self._look(scene, frame, small, close=not last)
        elif frame.index - scene.looked[-1] >= self._stride:
            number, before = self._seen
            matrix = scene.motion(number, frame.index, max(self.displayed) / max(small.shape))
            moved, fresh = beside(small, before, matrix, _MOVED)
            if bool(moved.any()) or float(fresh.mean()) > _FRESH:
                self._look(scene, frame, small, close=False, tiles=self._tiles(scene, frame, moved | fresh))

    def _tiles(self, scene: Scene, frame: Frame, changed: npt.NDArray[np.bool_]) -> Sequence[Tile] | None:
        """Parts of a frame, in displayed pixels, that hold what moved and the faces that it touches; None for all."""
        import cv2

        scale = max(self.displayed) / max(changed.shape)
        grown = np.asarray(cv2.dilate(changed.astype(np.uint8), np.ones((_MARGIN, _MARGIN), np.uint8))).astype(bool)
        for one in scene.faces[scene.looked[-1]]:
            if one.score < self.rules.start:
                continue
            x, y, w, h = (side / scale for side in scene.carried(one.box, one.frame, frame.index))
            rows = slice(max(0, int(y - h / 2)), max(0, int(y + 1.5 * h)))
            columns = slice(max(0, int(x - w / 2)), max(0, int(x + 1.5 * w)))
            if bool(grown[rows, columns].any()):
                grown[rows, columns] = True
        tiles = boxes_around(grown, _GRID)
        if sum((right - left) * (bottom - top) for left, top, right, bottom in tiles) > _WHOLE * grown.size:
            return None
        return [(left * scale, top * scale, right * scale, bottom * scale) for left, top, right, bottom in tiles]

    def _size(self, *, close: bool, tiles: Sequence[Tile] | None) -> int:
        """Pixels of the frame's longer side: the less there is to search, the more."""
        if tiles is None:
            whole = self._seen is None or not close
            return (self.pace.full_size if self._seen is None else self.pace.size) if whole else self.pace.close_size
        area = sum((right - left) * (bottom - top) for left, top, right, bottom in tiles)
        little = area < _LITTLE * self.displayed[0] * self.displayed[1]
        return self.pace.full_size if little else self.pace.close_size

    def _settled(self, scene: Scene, found: Sequence[Sighting]) -> bool:
        """Were the faces of the last look all found again where the camera's motion carried them, and no others?"""
        if not scene.looked:
            return False
        before = [
            scene.carried(one.box, one.frame, found[0].frame if found else one.frame)
            for one in scene.faces[scene.looked[-1]]
            if one.score >= self.rules.start
        ]
        sure = [one.box for one in found if one.score >= self.rules.start]
        if len(before) != len(sure):
            return False
        if not sure:
            return True
        shared = overlaps(np.array(before)[:, None], np.array(sure)[None])
        return bool((shared.max(axis=0) > _AGAIN).all() and (shared.max(axis=1) > _AGAIN).all())

    def _look(
        self, scene: Scene, frame: Frame, small: Grey, *, close: bool, tiles: Sequence[Tile] | None = None
    ) -> None:
        if close:
            self._close = frame.index
        if self._seen is not None and (self._closely or not close) and same(small, self._seen[1]):
            found = [replace(one, frame=frame.index) for one in scene.faces[scene.looked[-1]]]
        else:
            size = self._size(close=close, tiles=tiles)
            found = face.sightings(frame, self.displayed, self.rules.keep, size=size, tiles=tiles)
            self._seen, self._closely = (frame.index, small), close
            self.looks += 1
            scale = max(small.shape) / max(self.displayed)
            calm = tiles is None and self._settled(scene, found)
            self._stride = _CALM * self.pace.stride if calm else self.pace.stride
            sure = [one for one in found if one.score >= self.rules.start]
            self._motion.anew([tuple(side * scale for side in one.box) for one in sure])
        scene.faces[frame.index] = found
        scene.looked.append(frame.index)
