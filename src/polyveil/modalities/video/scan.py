"""The first pass over a video: cuts, camera motion, faces at every n-th frame, writing at key frames, fingerprint."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from polyveil.modalities.video.ahead import ahead, depth_for
from polyveil.modalities.video.detectors import face, writing
from polyveil.modalities.video.fingerprint import Sequencer
from polyveil.modalities.video.motion import Grey, Motion, reduced
from polyveil.modalities.video.reader import Frame, Video
from polyveil.modalities.video.scene import Scene, Sighting
from polyveil.modalities.video.track import Rules, fill, link
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Fingerprint
from polyveil.schema.locations import Track
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_READ_EVERY = 1.0  # seconds between key frames
_SAME = 8  # largest difference in grey levels of the reduced frame at which a look is not repeated
_HOLD = 0.3  # seconds that a face's box is held before the first and after the last sighting
_GAP = 1.0  # seconds of misses that a face's track survives

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the first pass found: findings in order of their first frame, fingerprint, frames, scenes, sample luma."""

    findings: tuple[Finding, ...]
    fingerprint: Fingerprint
    frames: int
    scenes: int
    looks: int
    seconds: float
    samples: tuple[npt.NDArray[np.uint8], ...] = field(repr=False)


def scan(video: Video, policy: Policy, known: Sequence[Known], progress: Progress) -> Scanned:
    """Look through the whole video once. Raises AssetError as `Video.frames` does."""
    scanner = _Scanner(video, policy, known)
    hasher = blake3()
    seconds = 0.0
    count = 0
    frame_bytes = video.width * video.height * 3 * video.depth // 16
    for frame, small in ahead(_prepared(video, hasher), depth_for(frame_bytes)):
        scanner.next(frame, small)
        seconds, count = frame.time_s, frame.index + 1
        if count % 25 == 0:
            progress(min(0.99, count / max(1, video.count)))
    scanner.finish()
    hasher.update(f"{video.width}x{video.height}x{count}".encode())
    progress(1.0)
    return Scanned(
        findings=tuple(scanner.findings),
        fingerprint=scanner.sequencer.fingerprint(hasher.digest()),
        frames=count,
        scenes=scanner.scenes,
        looks=scanner.looks,
        seconds=seconds + float(1 / video.rate),
        samples=tuple(scanner.samples),
    )


def _prepared(video: Video, hasher: Any) -> Iterator[tuple[Frame, Grey]]:
    """Runs on the decoding thread: what every frame needs."""
    for frame in video.frames():
        luma = frame.luma()
        hasher.update(np.ascontiguousarray(luma).data)
        yield frame, reduced(luma, video.depth)


class _Scanner:
    """Decides for each frame what looks at it, and closes scenes at cuts."""

    def __init__(self, video: Video, policy: Policy, known: Sequence[Known]) -> None:
        self.video, self.policy, self.known = video, policy, known
        self.displayed = (video.width, video.height)
        self.findings: list[Finding] = []
        self.sequencer = Sequencer()
        self.samples: list[npt.NDArray[np.uint8]] = []
        self.scenes = self.looks = 0
        self._motion = Motion()
        self._scene: Scene | None = None
        self._last: tuple[Frame, Grey] | None = None
        self._seen: Grey | None = None  # the frame that was last searched for faces, reduced
        self._read: Grey | None = None
        self._read_at = 0.0
        self._faces = policy.wants("FACE")
        self._writing = writing.wanted(policy)
        start = policy.threshold("FACE")
        rate = float(video.rate)
        stride = policy.roads.video.stride
        self._face_rules = Rules(
            start=start,
            keep=start / 4,
            gap=max(2 * stride, round(_GAP * rate)),
            lead=max(stride - 1, round(_HOLD * rate)),
            weak=stride - 1,
        )

    def next(self, frame: Frame, small: Grey) -> None:
        step = self._motion.step(small)
        scene = self._scene
        if step.cut or scene is None:
            self._close()
            scene = self._scene = Scene(frame.index, *self.displayed)
            self._seen = self._read = None
        scene.advance(step.matrix, max(self.displayed) / max(small.shape))
        self._last = (frame, small)
        self.sequencer.see(frame.time_s, small)
        if frame.index % 250 == 0 and len(self.samples) < 8:
            self.samples.append(_sample(frame, self.video.depth))
        if self._faces and (not scene.looked or frame.index - scene.looked[-1] >= self.policy.roads.video.stride):
            self._look(scene, frame, small)
        if self._writing and (not scene.read or frame.time_s - self._read_at >= _READ_EVERY):
            self._read_frame(scene, frame, small)

    def _look(self, scene: Scene, frame: Frame, small: Grey) -> None:
        if self._seen is not None and _same(small, self._seen):
            found = [replace(one, frame=frame.index) for one in scene.faces[scene.looked[-1]]]
        else:
            found = face.sightings(frame, self.displayed, self._face_rules.keep)
            self._seen = small
            self.looks += 1
            scale = max(small.shape) / max(self.displayed)
            sure = [one for one in found if one.score >= self._face_rules.start]
            self._motion.anew([tuple(side * scale for side in one.box) for one in sure])
        scene.faces[frame.index] = found
        scene.looked.append(frame.index)

    def _read_frame(self, scene: Scene, frame: Frame, small: Grey) -> None:
        if self._read is not None and _legible_same(small, self._read):
            found = [replace(one, frame=frame.index) for one in scene.writing[scene.read[-1]]]
        else:
            found = writing.sightings(frame, self.displayed, self.policy, self.known)
            self._read = small
        scene.writing[frame.index] = found
        scene.read.append(frame.index)
        self._read_at = frame.time_s

    def finish(self) -> None:
        self._close()
        self.findings.sort(key=lambda one: one.location.boxes[0] if isinstance(one.location, Track) else (0,))

    def _close(self) -> None:
        """The last frame of a scene is looked at as well, so that every gap has two sides."""
        scene, self._scene = self._scene, None
        if scene is None or self._last is None:
            return
        self.scenes += 1
        frame, small = self._last
        if self._faces and scene.looked[-1] != frame.index:
            self._look(scene, frame, small)
        if self._writing and frame.time_s - self._read_at >= _READ_EVERY / 2:
            self._read_frame(scene, frame, small)
        self.findings += findings(scene, scene.faces, scene.looked, self._face_rules)
        self.findings += findings(scene, scene.writing, scene.read, _writing_rules(scene))


def findings(scene: Scene, seen: dict[int, list[Sighting]], looked: Sequence[int], rules: Rules) -> Iterator[Finding]:
    """One finding for each thing seen in a scene."""
    for thread in link(scene, looked, seen, rules):
        boxes = []
        for frame, (x, y, w, h) in fill(scene, thread, rules):
            left, top = max(0, math.floor(x)), max(0, math.floor(y))
            right, bottom = min(scene.width, math.ceil(x + w)), min(scene.height, math.ceil(y + h))
            if right > left and bottom > top:
                boxes.append((frame, left, top, right - left, bottom - top))
        if boxes:
            best = max(thread.points, key=lambda one: one.score)
            yield Finding(best.entity, Track(tuple(boxes)), min(1.0, best.score), best.detector, value=best.value)


def _writing_rules(scene: Scene) -> Rules:
    """Text that is not read at the next key frame may stand there until just before it."""
    stops = [scene.first, *scene.read, scene.end]
    longest = max((b - a for a, b in pairwise(stops)), default=1)
    lead = max(1, longest)
    return Rules(start=0.0, keep=0.0, gap=3 * lead, lead=lead, weak=lead, margin=1.03, both=True)


def _same(a: Grey, b: Grey) -> bool:
    import cv2

    return a.shape == b.shape and float(cv2.absdiff(a, b).max()) <= _SAME


def _legible_same(a: Grey, b: Grey) -> bool:
    """Is nothing written anew? Means of 5 x 5 pixels, which the encoder's noise hardly touches."""
    import cv2

    return a.shape == b.shape and float(cv2.absdiff(cv2.blur(a, (5, 5)), cv2.blur(b, (5, 5))).max()) <= _SAME


def _sample(frame: Frame, depth: int) -> npt.NDArray[np.uint8]:
    luma = frame.luma()
    return np.ascontiguousarray(luma >> (depth - 8)).astype(np.uint8)
