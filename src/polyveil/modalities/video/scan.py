"""The first pass over a video: cuts, camera motion, what the watches see, fingerprint.

A long video is looked through in spans, each on its own (`spans.py`): what was seen in a scene that reaches over the
border of two spans is put together before it is linked, so its tracks are whole.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, pairwise

from polyveil import inference
from polyveil.modalities.interface import Frames, Progress
from polyveil.modalities.video.ahead import Behind, ahead, depth_for
from polyveil.modalities.video.detectors import writing
from polyveil.modalities.video.entry import Entries, frames_from
from polyveil.modalities.video.legible import Later, WritingWatch
from polyveil.modalities.video.motion import Grey, Matrix, Motion, reduced
from polyveil.modalities.video.passages import passages
from polyveil.modalities.video.passed import NOISES, Passed, Passing, marked
from polyveil.modalities.video.reader import Frame, Video
from polyveil.modalities.video.scene import Box, Scene, Sighting, scaled
from polyveil.modalities.video.spans import WARM, Span, divided
from polyveil.modalities.video.things import ThingWatch
from polyveil.modalities.video.track import Rules, Thread, fill, link
from polyveil.modalities.video.watch import FaceWatch
from polyveil.schema.boxes import Box as WholeBox
from polyveil.schema.boxes import packed
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Fingerprint
from polyveil.schema.locations import Track
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_WAITING = 6  # frames that may wait to be read, fewer large ones
_PASSAGE = Rules(start=0.0, keep=0.0, gap=0, lead=0, weak=0, margin=1.1)
_RELEASED = 125  # large frames between two times that memory is given back, beside those after each reading


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the first pass found: findings in order of their first frame, fingerprint, frames, scenes.

    noise: standard deviations in grey levels (0 to 255), of the luma of a few frames.
    """

    findings: tuple[Finding, ...]
    fingerprint: Fingerprint
    frames: int
    scenes: int
    looks: int
    reads: int
    seconds: float
    noise: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen in a span: findings of the scenes that lie inside it, and the scenes at its borders.

    torn: the first scene if it goes on from the span before, and the last one. step: the camera's motion into the
    first frame in displayed pixels, None at a cut. passed: what passing its frames told.
    """

    findings: tuple[Finding, ...]
    torn: tuple[Scene, ...] = field(repr=False)
    step: Matrix | None
    scenes: int
    looks: int
    reads: int
    passed: Passed


def scan(video: Video, policy: Policy, known: Sequence[Known], progress: Progress) -> Scanned:
    """Look through the whole video. Raises AssetError as `Video.frames` does."""

    def told(done: int) -> None:
        progress(min(0.99, done / max(1, video.count)), Frames("inspect", done, video.count))

    looked = look(video, policy, known, divided(video.count), told)
    if video.large:
        inference.release()  # linking the tracks of hours takes memory too
    scanned = join(video, policy, [looked])
    progress(1.0, Frames("inspect", scanned.frames, scanned.frames))
    return scanned


def look(
    video: Video,
    policy: Policy,
    known: Sequence[Known],
    spans: Sequence[Span],
    told: Callable[[int], None],
    *,
    entries: Entries | None = None,
) -> tuple[Looked, ...]:
    """Look through neighbouring spans of the video. Raises AssetError as `frames_from` does.

    told: called now and then with the number of the film's frames that have been passed.
    entries: where the video can be entered; without them it is decoded from its start.
    """
    frame_bytes = video.width * video.height * 3 * video.depth // 16
    reader = Behind[Callable[[], None]](lambda work: work(), depth_for(frame_bytes, most=_WAITING))
    # Where memory is spared, the search for faces waits for the reading: the networks' buffers are not held together.
    later: Later = _at_once if video.large else reader.put
    scanners = deque(_Scanner(video, policy, known, span, later) for span in spans)
    done: list[Looked] = []
    passing = [Passing(video) for _span in spans]

    def finished(scanner: _Scanner) -> Looked:
        scanner.close()
        reader.drain()
        return scanner.looked(passing[len(done)].passed())

    try:
        for frame, small in ahead(_prepared(video, spans, passing, entries), depth_for(frame_bytes)):
            if frame.index == scanners[0].span.end:
                done.append(finished(scanners.popleft()))
            for scanner in islice(scanners, 2):  # the next one follows the camera before its own frames come
                scanner.next(frame, small)
            if frame.index % 25 == 24:
                told(frame.index + 1)
            if frame.index % _RELEASED == _RELEASED - 1 and video.large:
                inference.release()
        while scanners:
            done.append(finished(scanners.popleft()))
    finally:
        reader.close()
    return tuple(done)


def _at_once(work: Callable[[], None]) -> None:
    work()


def join(video: Video, policy: Policy, shares: Sequence[Sequence[Looked]]) -> Scanned:
    """One result of all spans in order."""
    scanner = _Scanner(video, policy, (), Span(), lambda work: work())
    spans = [span for share in shares for span in share]
    scene: Scene | None = None
    for span in spans:
        for number, torn in enumerate(span.torn):
            if number == 0 and span.step is not None and scene is not None:
                scene.join(torn, span.step)
            else:
                scanner.settle(scene)
                scene = torn
    scanner.settle(scene)
    findings = [*scanner.findings, *(one for span in spans for one in span.findings)]
    findings.sort(key=lambda one: one.location.boxes[0] if isinstance(one.location, Track) else (0,))
    passed = [span.passed for span in spans]
    frames, seconds = max(one.frames for one in passed), max(one.seconds for one in passed)
    return Scanned(
        findings=tuple(findings),
        fingerprint=marked(video, passed, frames),
        frames=frames,
        scenes=scanner.scenes + sum(span.scenes for span in spans),
        looks=sum(span.looks for span in spans),
        reads=sum(span.reads for span in spans),
        seconds=seconds + float(1 / video.rate),
        noise=tuple(sigma for one in passed for sigma in one.noise)[:NOISES],
    )


def _prepared(
    video: Video, spans: Sequence[Span], passing: Sequence[Passing], known: Entries | None
) -> Iterator[tuple[Frame, Grey]]:
    """Runs on the decoding thread: the frames of the spans and those shortly before."""
    end = spans[-1].end
    first = max(0, spans[0].first - WARM)
    place = 0
    for frame in frames_from(video, first, known):
        if end is not None and frame.index >= end:
            return
        if frame.index < first:
            continue
        luma = frame.luma()
        small = reduced(luma, video.depth)
        if frame.index == spans[place].end:
            place += 1
        if frame.index >= spans[0].first:
            passing[place].next(frame, luma, small)
        yield frame, small


class _Scanner:
    """Follows the camera, shows each frame of a span to what looks at it, and closes scenes at cuts.

    later: does the reading, and settles what was read; `looked` counts when it is done.
    """

    def __init__(self, video: Video, policy: Policy, known: Sequence[Known], span: Span, later: Later) -> None:
        self.video = video
        self.span = span
        self._later = later
        self.findings: list[Finding] = []
        self.scenes = 0
        self._torn: list[Scene] = []
        self._step: Matrix | None = None
        self._motion = Motion()
        self._scene: Scene | None = None
        self._last: tuple[Frame, Grey] | None = None
        self._faces = FaceWatch(video, policy, self._motion) if policy.wants("FACE") else None
        self._writing = WritingWatch(video, policy, known, later) if writing.wanted(policy) else None
        things = ThingWatch(video, policy)
        self._things = things if things.wanted else None

    def next(self, frame: Frame, small: Grey) -> None:
        """The film's next frame, before the span's end."""
        if frame.index < self.span.first - WARM:
            return
        step = self._motion.step(small)
        if frame.index < self.span.first:
            return
        scene = self._scene
        scale = max(self.video.width, self.video.height) / max(small.shape)
        if frame.index == self.span.first and not step.cut:
            self._step = scaled(step.matrix, scale)
        if step.cut or scene is None:
            self._close()
            scene = self._scene = Scene(frame.index, self.video.width, self.video.height)
            for watch in (self._faces, self._writing, self._things):
                if watch is not None:
                    watch.begin()
        scene.advance(step.matrix, scale)
        self._last = (frame, small)
        self._see(scene, frame, small)

    def _see(self, scene: Scene, frame: Frame, small: Grey, *, last: bool = False) -> None:
        for watch in (self._faces, self._writing, self._things):
            if watch is not None:
                watch.see(scene, frame, small, last=last)

    def close(self) -> None:
        """The span is at its end."""
        self._close(end=True)

    def looked(self, passed: Passed) -> Looked:
        """What was seen in the span, once it is closed and read."""
        looks = self._faces.looks if self._faces else 0
        reads = self._writing.reads if self._writing else 0
        return Looked(tuple(self.findings), tuple(self._torn), self._step, self.scenes, looks, reads, passed)

    def _close(self, *, end: bool = False) -> None:
        """The last frame of a scene is looked at as well, so that every gap has two sides."""
        scene, self._scene = self._scene, None
        if scene is None or self._last is None:
            return
        self._see(scene, *self._last, last=True)
        if end or (self._step is not None and scene.first == self.span.first):
            self._torn.append(scene)
        else:
            self._later(partial(self.settle, scene))

    def settle(self, scene: Scene | None) -> None:
        """A scene is whole: find what went through it."""
        if scene is None:
            return
        self.scenes += 1
        if self._faces is not None:
            threads = link(scene, scene.looked, scene.faces, self._faces.rules)
            scene.faces.clear()  # the threads have them, and there may be a million
            self.findings += _whole(scene, threads, self._faces.rules)
        written = {
            index: [*scene.writing.get(index, ()), *scene.followed.get(index, ())]
            for index in sorted({*scene.writing, *scene.followed})
        }
        self.findings += findings(scene, written, list(written), _writing_rules(scene))
        self.findings += _whole(scene, list(passages(scene)), _PASSAGE)
        if self._things is not None:
            for entity in self._things.thresholds:
                seen = {index: [one for one in found if one.entity == entity] for index, found in scene.things.items()}
                self.findings += findings(scene, seen, scene.glanced, self._things.rules(entity))


def findings(
    scene: Scene, seen: Mapping[int, Sequence[Sighting]], looked: Sequence[int], rules: Rules
) -> Iterator[Finding]:
    """One finding for each thing seen in a scene."""
    return _whole(scene, link(scene, looked, seen, rules), rules)


def _whole(scene: Scene, threads: list[Thread], rules: Rules) -> Iterator[Finding]:
    """The findings of threads, which are taken out of the list one by one."""
    threads.reverse()
    while threads:
        thread = threads.pop()
        boxes = packed(_cut(scene, fill(scene, thread, rules)))
        best = max(thread.points, key=lambda one: one.score)
        score = max(best.score, thread.score()) if rules.threshold else best.score
        if boxes and score >= rules.threshold:
            yield Finding(best.entity, Track(boxes), min(1.0, score), best.detector, value=best.value)


def _cut(scene: Scene, boxes: Iterable[tuple[int, Box]]) -> Iterator[WholeBox]:
    """Boxes in whole pixels, rounded outwards and cut to the picture."""
    for frame, (x, y, w, h) in boxes:
        left, top = max(0, math.floor(x)), max(0, math.floor(y))
        right, bottom = min(scene.width, math.ceil(x + w)), min(scene.height, math.ceil(y + h))
        if right > left and bottom > top:
            yield frame, left, top, right - left, bottom - top


def _writing_rules(scene: Scene) -> Rules:
    """Text that is not read at the next key frame may stand there until just before it."""
    stops = [scene.first, *scene.read, scene.end]
    longest = max((b - a for a, b in pairwise(stops)), default=1)
    lead = max(1, longest)
    return Rules(start=0.0, keep=0.0, gap=3 * lead, lead=lead, weak=lead, margin=1.03, both=True)
