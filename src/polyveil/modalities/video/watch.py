"""When a video is searched for faces, and how closely: often and quickly where something moves, else seldom."""

from __future__ import annotations

from dataclasses import dataclass, replace

from polyveil.modalities.video.detectors import face
from polyveil.modalities.video.motion import Grey, Motion, beside, same
from polyveil.modalities.video.reader import Frame, Video
from polyveil.modalities.video.scene import Scene
from polyveil.modalities.video.track import Rules
from polyveil.schema.policy import Policy

_HOLD = 0.3  # seconds that a face's box is held before the first and after the last sighting
_GAP = 1.0  # seconds of misses that a face's track survives
_MOVED = 12  # grey levels; a change that the camera's motion does not explain


@dataclass(frozen=True, slots=True)
class Pace:
    """Frames between looks where something moves, and between close looks; pixels of the longer side in each."""

    stride: int
    close_every: int
    size: int
    close_size: int


def pace(video: Video, policy: Policy) -> Pace:
    """The pace for a video: close looks about twice a second, at three quarters of its size."""
    road = policy.roads.video
    quick = road.speed == "fast"
    longest = max(video.width, video.height)
    stride = max(road.stride, 4) if quick else road.stride
    close = max(stride, round(float(video.rate) * (0.8 if quick else 0.5)))
    size = min(face.SIZE, max(320, longest))
    return Pace(stride, close, size, max(size, min(1280, round(0.75 * longest))))


class FaceWatch:
    """Looks at the frames of one video in order, scene by scene."""

    def __init__(self, video: Video, policy: Policy, motion: Motion) -> None:
        self.displayed = (video.width, video.height)
        self.looks = 0
        self.pace = pace(video, policy)
        start = policy.threshold("FACE")
        rate = float(video.rate)
        self.rules = Rules(
            start=start,
            keep=start / 4,
            gap=max(2 * self.pace.close_every, round(_GAP * rate)),
            lead=max(self.pace.stride - 1, round(_HOLD * rate)),
            weak=self.pace.stride - 1,
        )
        self._motion = motion
        self._seen: tuple[int, Grey] | None = None  # the frame that was last searched, reduced
        self._close = 0  # the last frame that was searched closely
        self._closely = False  # was the last look a close one?

    def begin(self) -> None:
        """A new scene."""
        self._seen = None

    def see(self, scene: Scene, frame: Frame, small: Grey, *, last: bool = False) -> None:
        """The next frame; it is looked at if it is due, or `last` of its scene."""
        if self._seen is None:
            self._look(scene, frame, small, close=True)
            return
        if scene.looked[-1] == frame.index:
            return
        if last or frame.index - self._close >= self.pace.close_every:
            self._look(scene, frame, small, close=not last)
        elif frame.index - scene.looked[-1] >= self.pace.stride:
            number, before = self._seen
            matrix = scene.motion(number, frame.index, max(self.displayed) / max(small.shape))
            moved, fresh = beside(small, before, matrix, _MOVED)
            if bool(moved.any()) or float(fresh.mean()) > 0.04:
                self._look(scene, frame, small, close=False)

    def _look(self, scene: Scene, frame: Frame, small: Grey, *, close: bool) -> None:
        if close:
            self._close = frame.index
        if self._seen is not None and (self._closely or not close) and same(small, self._seen[1]):
            found = [replace(one, frame=frame.index) for one in scene.faces[scene.looked[-1]]]
        else:
            size = self.pace.close_size if close else self.pace.size
            found = face.sightings(frame, self.displayed, self.rules.keep, size=size)
            self._seen, self._closely = (frame.index, small), close
            self.looks += 1
            scale = max(small.shape) / max(self.displayed)
            sure = [one for one in found if one.score >= self.rules.start]
            self._motion.anew([tuple(side * scale for side in one.box) for one in sure])
        scene.faces[frame.index] = found
        scene.looked.append(frame.index)
