"""Masks the frames of a live camera: every frame that leaves was searched for faces itself.

Where the machine is too slow, frames are left out before they come here; what fails is masked whole. A face that was
seen is masked for a while after it was missed, and, since frames leave with a short delay, in the frames before it:
in a region that is the wider the longer ago the look before was, since it may have gone further.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from polyveil.modalities.image import zones
from polyveil.modalities.image.operators import Steady, steady_noise
from polyveil.modalities.video import masks
from polyveil.modalities.video.detectors import face, writing
from polyveil.modalities.video.motion import Motion, reduced
from polyveil.modalities.video.reader import Frame, Planes, Video, import_av
from polyveil.modalities.video.rotation import UPRIGHT
from polyveil.modalities.video.scene import Box, Sighting, distances, grown, overlaps
from polyveil.modalities.video.track import MARGIN
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track
from polyveil.schema.policy import Policy

DELAY = 3  # frames
_LEAST = 0.15  # score of a face; a false box costs some pixels, a missed one a face
_HOLD_S, _HOLD_LOOKS, _READ_S = 1.0, 3, 2.0
_GROWN = 1.25  # of the boxes that are held, since what they cover may move
_SLOW_S = 0.25  # between two looks; from there on, boxes that are held become regions
_WIDENING = 4.0  # times a box's size in a second
_BLACK = (16, 128, 128)
_DRAWN, _PAPER = (720, 1280), 235  # pixels and grey level of the frame that `prepare` draws
_WORDS = ("Contact: Maria Keller", "maria.keller@example.com", "tel. 030 5550 1234")


def prepare(policy: Policy) -> None:
    """Load what a masker of this policy runs, by a drawn frame with a line of text.

    Otherwise it is loaded at a camera's first frames, and those that come meanwhile are left out.
    """
    import cv2

    rgb = np.full((*_DRAWN, 3), _PAPER, np.uint8)
    for place, words in enumerate(_WORDS):
        cv2.putText(rgb, words, (80, 200 + 200 * place), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 4)
    picture = import_av().VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
    masker = Masker(described(picture), policy)
    for _ in masker.see(Frame(0, 0, 0.0, picture, UPRIGHT), 0.0):
        pass
    for one in masker.finish():
        masker.draw(one)


def described(picture: Any) -> Video:
    """What a camera's frames are. They are shown when they come: times are those of their arrival."""
    return Video(
        width=picture.width,
        height=picture.height,
        depth=8,
        time_base=Fraction(1, 90_000),
        rate=Fraction(15),
        count=0,
        aspect=Fraction(1),
        colour=(1, 2, 2, 2),
        turned=UPRIGHT,
        container=None,
        stream=None,
        limits=Limits(),
    )


@dataclass(slots=True)
class Masked:
    """A frame on its way out, not yet masked.

    whole: nothing of it may be shown. regions: it hides more than faces, since looks are rare.
    """

    frame: Frame
    arrived: float
    boxes: list[Sighting] = field(default_factory=list, repr=False)
    whole: bool = False
    regions: bool = False


@dataclass(slots=True)
class _Held:
    """A face that was seen. missed: looks since then."""

    since: float
    seen: Sighting = field(repr=False)
    missed: int = 0


@dataclass(slots=True)
class Masker:
    """One for each connection to a camera; `video` describes its frames."""

    video: Video
    policy: Policy
    _motion: Motion = field(default_factory=Motion, repr=False)
    _steady: Steady = field(default_factory=Steady, repr=False)
    _held: list[_Held] = field(default_factory=list, repr=False)
    _looked_at: float | None = None
    _written: list[Sighting] = field(default_factory=list, repr=False)
    _read_at: float = -1e9
    _waiting: deque[Masked] = field(default_factory=deque, repr=False)

    def see(self, frame: Frame, arrived: float, *, intact: bool = True) -> Iterator[Masked]:
        """Look at a frame. Gives those that have waited long enough. intact: what is not is masked as a whole."""
        one = Masked(frame, arrived, whole=not intact)
        try:
            self._look(one)
        except Exception:  # noqa: BLE001 - whatever fails, nothing of this frame may be shown
            one.whole = True
        self._waiting.append(one)
        while len(self._waiting) > DELAY:
            yield self._waiting.popleft()

    def finish(self) -> Iterator[Masked]:
        """Those that still wait."""
        while self._waiting:
            yield self._waiting.popleft()

    def draw(self, one: Masked) -> Planes:
        """The masked planes of a frame. Whatever fails, they are black."""
        planes = one.frame.planes()
        if not one.whole:
            try:
                plan = masks.plan(self._findings(one), self.policy)
                with steady_noise(self._steady):
                    boxes = [box for found in plan.boxes.values() for box in found]
                    masks.draw(planes, boxes, plan.answers, self.video)
            except Exception:  # noqa: BLE001 - as above
                one.whole = True
        if one.whole:
            for plane, level in zip(planes, _BLACK, strict=True):
                plane[...] = level
        return planes

    def _findings(self, one: Masked) -> list[Finding]:
        """What was seen, without the policy's exempt zones, and its zones."""
        road, size = self.policy.roads.video, (self.video.width, self.video.height)
        found = list(zones.kept([self._finding(box) for box in one.boxes], road.exempt, *size))
        for zone in road.zones:
            place = zones.region(zone, *size)
            track = Track(((one.frame.index, place.x, place.y, place.w, place.h),))
            found.append(Finding(zones.ZONE, track, 1.0, "policy"))
        return found

    def _finding(self, seen: Sighting) -> Finding:
        x, y, w, h = grown(seen.box, MARGIN) if seen.entity == "FACE" else seen.box
        left, top = max(0, int(x)), max(0, int(y))
        right, bottom = min(self.video.width, int(x + w) + 1), min(self.video.height, int(y + h) + 1)
        place = (seen.frame, left, top, max(1, right - left), max(1, bottom - top))
        return Finding(seen.entity, Track((place,)), seen.score, seen.detector)

    def _look(self, one: Masked) -> None:
        frame, now = one.frame, one.arrived
        size = (self.video.width, self.video.height)
        cut = self._motion.step(reduced(frame.luma(), self.video.depth)).cut
        if cut:
            self._held.clear()
        if writing.wanted(self.policy) and (cut or now - self._read_at > _READ_S):
            whole = (0.0, 0.0, float(size[0]), float(size[1]))
            read = writing.lines(frame, size, [whole], [], "fast") if writing.reads(self.policy) else []
            self._written = writing.sightings(frame, size, self.policy, [], read)
            self._read_at = now
        if self.policy.wants("FACE"):
            one.boxes += self._faces(one, size)
        one.boxes += self._written

    def _faces(self, one: Masked, size: tuple[int, int]) -> list[Sighting]:
        """Those seen now and those held; a new one is put into the frames that wait."""
        now = one.arrived
        apart = now - self._looked_at if self._looked_at is not None else 0.0
        self._looked_at = now
        times = _GROWN + _WIDENING * max(0.0, apart - _SLOW_S)
        seen = face.sightings(one.frame, size, _LEAST)
        fresh = [this for this in seen if not any(_same(this.box, old.seen.box) for old in self._held)]
        for before in self._waiting:
            before.boxes += [_moved(this, grown(this.box, times)) for this in fresh]
        missed = [
            _Held(old.since, old.seen, old.missed + 1)
            for old in self._held
            if (now - old.since < _HOLD_S or old.missed < _HOLD_LOOKS)
            and not any(_same(this.box, old.seen.box) for this in seen)
        ]
        self._held = [_Held(now, this) for this in seen] + missed
        one.regions = apart > _SLOW_S and bool(missed)
        return seen + [_moved(old.seen, grown(old.seen.box, times)) for old in missed]


def _same(a: Box, b: Box) -> bool:
    one, other = np.asarray(a), np.asarray(b)
    return bool(overlaps(one, other) > 0.3 or distances(one, other) < 0.5)


def _moved(one: Sighting, box: Box) -> Sighting:
    return Sighting(one.frame, box, one.score, one.entity, one.detector)
