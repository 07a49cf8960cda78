"""The first pass over a video: cuts, camera motion, what the watches see, fingerprint."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from polyveil.modalities.interface import Frames, Progress
from polyveil.modalities.video.ahead import ahead, depth_for
from polyveil.modalities.video.detectors import writing
from polyveil.modalities.video.fingerprint import Sequencer
from polyveil.modalities.video.legible import WritingWatch
from polyveil.modalities.video.motion import Grey, Motion, reduced
from polyveil.modalities.video.reader import Frame, Video
from polyveil.modalities.video.scene import Scene, Sighting
from polyveil.modalities.video.things import ThingWatch
from polyveil.modalities.video.track import Rules, fill, link
from polyveil.modalities.video.watch import FaceWatch
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Fingerprint
from polyveil.schema.locations import Track
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the first pass found: findings in order of their first frame, fingerprint, frames, scenes, sample luma."""

    findings: tuple[Finding, ...]
    fingerprint: Fingerprint
    frames: int
    scenes: int
    looks: int
    reads: int
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
            progress(min(0.99, count / max(1, video.count)), Frames("inspect", count, video.count))
    scanner.finish()
    hasher.update(f"{video.width}x{video.height}x{count}".encode())
    progress(1.0, Frames("inspect", count, count))
    return Scanned(
        findings=tuple(scanner.findings),
        fingerprint=scanner.sequencer.fingerprint(hasher.digest()),
        frames=count,
        scenes=scanner.scenes,
        looks=scanner.looks,
        reads=scanner.reads,
        seconds=seconds + float(1 / video.rate),
        samples=tuple(scanner.samples),
    )


def _prepared(video: Video, hasher: Any) -> Iterator[tuple[Frame, Grey]]:
    """Runs on the decoding thread: what every frame needs."""
    for frame in video.frames():
        luma = frame.luma()
        hasher.update(np.ascontiguousarray(luma).view(np.uint8).data)
        yield frame, reduced(luma, video.depth)


class _Scanner:
    """Follows the camera, shows each frame to what looks at it, and closes scenes at cuts."""

    def __init__(self, video: Video, policy: Policy, known: Sequence[Known]) -> None:
        self.video = video
        self.findings: list[Finding] = []
        self.sequencer = Sequencer()
        self.samples: list[npt.NDArray[np.uint8]] = []
        self.scenes = 0
        self._motion = Motion()
        self._scene: Scene | None = None
        self._last: tuple[Frame, Grey] | None = None
        self._faces = FaceWatch(video, policy, self._motion) if policy.wants("FACE") else None
        self._writing = WritingWatch(video, policy, known) if writing.wanted(policy) else None
        things = ThingWatch(video, policy)
        self._things = things if things.wanted else None

    @property
    def looks(self) -> int:
        return self._faces.looks if self._faces else 0

    @property
    def reads(self) -> int:
        return self._writing.reads if self._writing else 0

    def next(self, frame: Frame, small: Grey) -> None:
        step = self._motion.step(small)
        scene = self._scene
        if step.cut or scene is None:
            self._close()
            scene = self._scene = Scene(frame.index, self.video.width, self.video.height)
            for watch in (self._faces, self._writing, self._things):
                if watch is not None:
                    watch.begin()
        scene.advance(step.matrix, max(self.video.width, self.video.height) / max(small.shape))
        self._last = (frame, small)
        self.sequencer.see(frame.time_s, small)
        if frame.index % 250 == 0 and len(self.samples) < 8:
            self.samples.append(_sample(frame, self.video.depth))
        self._see(scene, frame, small)

    def _see(self, scene: Scene, frame: Frame, small: Grey, *, last: bool = False) -> None:
        for watch in (self._faces, self._writing, self._things):
            if watch is not None:
                watch.see(scene, frame, small, last=last)

    def finish(self) -> None:
        self._close()
        self.findings.sort(key=lambda one: one.location.boxes[0] if isinstance(one.location, Track) else (0,))

    def _close(self) -> None:
        """The last frame of a scene is looked at as well, so that every gap has two sides."""
        scene, self._scene = self._scene, None
        if scene is None or self._last is None:
            return
        self.scenes += 1
        self._see(scene, *self._last, last=True)
        if self._faces is not None:
            self.findings += findings(scene, scene.faces, scene.looked, self._faces.rules)
        self.findings += findings(scene, scene.writing, scene.read, _writing_rules(scene))
        if self._things is not None:
            for entity in self._things.thresholds:
                seen = {index: [one for one in found if one.entity == entity] for index, found in scene.things.items()}
                self.findings += findings(scene, seen, scene.glanced, self._things.rules(entity))


def findings(scene: Scene, seen: dict[int, list[Sighting]], looked: Sequence[int], rules: Rules) -> Iterator[Finding]:
    """One finding for each thing seen in a scene."""
    for thread in link(scene, looked, seen, rules):
        boxes = []
        for frame, (x, y, w, h) in fill(scene, thread, rules):
            left, top = max(0, math.floor(x)), max(0, math.floor(y))
            right, bottom = min(scene.width, math.ceil(x + w)), min(scene.height, math.ceil(y + h))
            if right > left and bottom > top:
                boxes.append((frame, left, top, right - left, bottom - top))
        best = max(thread.points, key=lambda one: one.score)
        score = max(best.score, thread.score()) if rules.threshold else best.score
        if boxes and score >= rules.threshold:
            yield Finding(best.entity, Track(tuple(boxes)), min(1.0, score), best.detector, value=best.value)


def _writing_rules(scene: Scene) -> Rules:
    """Text that is not read at the next key frame may stand there until just before it."""
    stops = [scene.first, *scene.read, scene.end]
    longest = max((b - a for a, b in pairwise(stops)), default=1)
    lead = max(1, longest)
    return Rules(start=0.0, keep=0.0, gap=3 * lead, lead=lead, weak=lead, margin=1.03, both=True)


def _sample(frame: Frame, depth: int) -> npt.NDArray[np.uint8]:
    luma = frame.luma()
    return np.ascontiguousarray(luma >> (depth - 8)).astype(np.uint8)
