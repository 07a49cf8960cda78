"""Tracks: sightings of one thing joined over a scene, with a box for every frame in which it can be seen.

Two thresholds as in ByteTrack (Zhang et al., ECCV 2022): a sure sighting starts a track, a doubtful one only continues
it. Since the whole scene is known, a track is continued backwards in time as well. Between sightings boxes follow the
camera's motion from both sides; before the first and after the last they are held for a while.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from math import prod

import numpy as np

from polyveil.modalities.video.points import Points
from polyveil.modalities.video.scene import (
    Box,
    Scene,
    Sighting,
    blend,
    distance,
    distances,
    envelope,
    grown,
    overlaps,
)

MARGIN = 1.12
"""Growth of a face's box over what the detector gives: its boxes tremble by some pixels from frame to frame."""

_NEAR = 0.9  # greatest distance of centres, relative to the side
_SIZES = 2.2  # greatest ratio of sides
_NEAR_FIRST, _SIZES_FIRST = 2.5, 1.4  # the same for the second sighting of a thing
_LEAST_OVERLAP = 0.1
_REMEMBERED = 64  # looks whose sightings, which are kept packed, stay unpacked
_SURE = 3  # sightings of a track that count for its score
_VELOCITY = 0.6  # weight of the newest displacement
_GOING = 0.7  # of its side, the furthest that a thing is taken to go on unseen
_STATIC = 0.5  # a thing that moves against the camera's motion is taken for an overlay below this part of its error


Claimed = dict[int, int]
"""By frame, which of its sightings belong to a track: a bit for each."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How sightings become tracks; counts in frames.

    start, keep: least score that starts and that continues a track; threshold: least score of a whole track.
    gap: longest miss that a track survives. lead: how long boxes are held before the first and after the last sighting;
    weak: the same for a track of a single doubtful sighting. margin, pad: growth of every box, as a factor and in
    pixels on every side. both: hold boxes at rest and moving with the camera alike.
    """

    start: float
    keep: float
    gap: int
    lead: int
    weak: int
    margin: float = MARGIN
    pad: float = 0.0
    both: bool = False
    threshold: float = 0.0


@dataclass(slots=True)
class Thread:
    """Sightings of one thing, frames ascending."""

    points: Points
    velocity: tuple[float, float] = (0.0, 0.0)  # pixels a frame, beside the camera's motion

    def score(self) -> float:
        """That of a thing seen several times: the chance that not all of the surest sightings are wrong."""
        surest = nlargest(_SURE, (one.score for one in self.points))
        return 1.0 - prod(1.0 - min(1.0, one) for one in surest)

    def expected(self, scene: Scene, frame: int, *, backwards: bool = False) -> Box:
        point = self.points.first if backwards else self.points.last
        x, y, w, h = scene.carried(point.box, point.frame, frame)
        ticks = max(-6, min(6, frame - point.frame))  # a velocity says little about long misses
        return x + self.velocity[0] * ticks, y + self.velocity[1] * ticks, w, h

    def extend(self, scene: Scene, sighting: Sighting) -> None:
        last = self.points.last
        x, y, w, h = scene.carried(last.box, last.frame, sighting.frame)
        ticks = sighting.frame - last.frame
        away = (
            (sighting.box[0] + sighting.box[2] / 2 - x - w / 2) / ticks,
            (sighting.box[1] + sighting.box[3] / 2 - y - h / 2) / ticks,
        )
        first = len(self.points) == 1
        share = 1.0 if first else _VELOCITY
        self.velocity = (
            share * away[0] + (1 - share) * self.velocity[0],
            share * away[1] + (1 - share) * self.velocity[1],
        )
        self.points.append(sighting)


def link(scene: Scene, looked: Sequence[int], seen: Mapping[int, Sequence[Sighting]], rules: Rules) -> list[Thread]:
    """Join the sightings of a scene, forwards and then backwards in time."""
    threads: list[Thread] = []
    live: list[Thread] = []
    claimed: Claimed = {}

    @lru_cache(_REMEMBERED)
    def at(frame: int) -> Sequence[Sighting]:
        return seen.get(frame, ())

    for frame in looked:
        sightings = at(frame)
        live = [thread for thread in live if frame - thread.points.last.frame <= rules.gap]
        sure = [one for one in sightings if one.score >= rules.start]
        doubtful = [one for one in sightings if rules.keep <= one.score < rules.start]
        expected = {id(thread): thread.expected(scene, frame) for thread in live}
        left, bits, taken = live, _bits(sightings), 0
        for group in (sure, doubtful):
            for thread, sighting in _pairs(left, group, expected):
                thread.extend(scene, sighting)
                taken |= bits[sighting]
            left = [thread for thread in left if thread.points.last.frame != frame]
        fresh = [Thread(Points([one])) for one in sure if not taken & bits[one]]
        for one in sure:
            taken |= bits[one]
        if taken:
            claimed[frame] = taken
        threads += fresh
        live += fresh
    for thread in sorted(threads, key=lambda one: one.points[0].frame):
        first = bisect_left(looked, thread.points.first.frame)
        earlier = ((looked[place], at(looked[place])) for place in range(first - 1, -1, -1))
        _backwards(scene, earlier, rules, thread, claimed)
    return threads


def _backwards(
    scene: Scene,
    earlier: Iterator[tuple[int, Sequence[Sighting]]],
    rules: Rules,
    thread: Thread,
    claimed: Claimed,
) -> None:
    """Continue a track towards the past (`earlier` descends) with sightings that no other track has."""
    for frame, sightings in earlier:
        if thread.points.first.frame - frame > rules.gap:
            return
        bits, taken = _bits(sightings), claimed.get(frame, 0)
        free = [one for one in sightings if not taken & bits[one] and one.score >= rules.keep]
        expected = {id(thread): thread.expected(scene, frame, backwards=True)}
        for _thread, sighting in _pairs([thread], free, expected):
            thread.points.put_first(sighting)
            claimed[frame] = taken | bits[sighting]


def _bits(sightings: Sequence[Sighting]) -> dict[Sighting, int]:
    """The places in their frame, as bits, of sightings that say the same."""
    bits: dict[Sighting, int] = {}
    for place, one in enumerate(sightings):
        bits[one] = bits.get(one, 0) | 1 << place
    return bits


def _pairs(
    threads: Sequence[Thread], sightings: Sequence[Sighting], expected: Mapping[int, Box]
) -> Iterator[tuple[Thread, Sighting]]:
    """The best pairs first; each thread and each sighting once."""
    if not threads or not sightings:
        return
    boxes = np.array([expected[id(thread)] for thread in threads])[:, None]
    seen = np.array([one.box for one in sightings])[None]
    near, shared = distances(boxes, seen), overlaps(boxes, seen)
    ratio = np.maximum(boxes[..., 3], 1e-6) / np.maximum(seen[..., 3], 1e-6)
    ratio = np.maximum(ratio, 1 / ratio)
    # How a thing moves that was seen once is not known; a small one may go further than its size.
    once = np.array([len(thread.points) == 1 for thread in threads])[:, None]
    reach = np.where(once & (ratio <= _SIZES_FIRST), _NEAR_FIRST, _NEAR)
    alike = np.array([[one.entity == thread.points.last.entity for one in sightings] for thread in threads])
    fits = ((shared >= _LEAST_OVERLAP) | (near <= reach)) & (ratio <= _SIZES) & alike
    rating = shared - 0.3 * near + 0.1 * np.array([one.score for one in sightings])
    rated = [(float(rating[row, column]), int(row), int(column)) for row, column in np.argwhere(fits)]
    rows: set[int] = set()
    columns: set[int] = set()
    for _rating, row, column in sorted(rated, reverse=True):
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            yield threads[row], sightings[column]


def fill(scene: Scene, thread: Thread, rules: Rules) -> Iterator[tuple[int, Box]]:
    """A box for every frame, in order, from the lead before the first sighting to the lead after the last."""
    points = thread.points
    first, last = points.first, points.last
    sure = len(points) > 1 or first.score >= 2 * rules.start
    lead = rules.lead if sure else rules.weak
    away = on = (0.0, 0.0)
    if len(points) > 1:
        away, on = _pace(scene, points[1], first), _pace(scene, points[-2], last)
    for frame in range(max(scene.first, first.frame - lead), first.frame):
        yield frame, _roomy(_held(scene, first, frame, rules, away), rules)
    for a, b in pairwise(points):
        rests = _rests(scene, a, b)
        for frame in range(a.frame, b.frame):
            yield frame, _roomy(_between(scene, a, b, frame, rests=rests), rules)
    for frame in range(last.frame, min(scene.end, last.frame + lead + 1)):
        yield frame, _roomy(_held(scene, last, frame, rules, on), rules)


def _roomy(box: Box, rules: Rules) -> Box:
    x, y, w, h = grown(box, rules.margin)
    return x - rules.pad, y - rules.pad, w + 2 * rules.pad, h + 2 * rules.pad


def _pace(scene: Scene, a: Sighting, b: Sighting) -> tuple[float, float]:
    """Pixels a frame by which a thing left where the camera's motion would have carried it, on its way from a to b."""
    x, y, w, h = scene.carried(a.box, a.frame, b.frame)
    ticks = abs(b.frame - a.frame)
    return (b.box[0] + b.box[2] / 2 - x - w / 2) / ticks, (b.box[1] + b.box[3] / 2 - y - h / 2) / ticks


def _held(scene: Scene, point: Sighting, frame: int, rules: Rules, pace: tuple[float, float]) -> Box:
    """Where a thing may be before its first or after its last sighting: where it was, and where it was going."""
    x, y, w, h = moved = scene.carried(point.box, point.frame, frame)
    if rules.both:
        return envelope(moved, point.box)
    ticks = abs(frame - point.frame)
    across, down = (
        max(-_GOING * side, min(_GOING * side, one * ticks)) for one, side in zip(pace, (w, h), strict=True)
    )
    return envelope(moved, (x + across, y + down, w, h))


def _rests(scene: Scene, a: Sighting, b: Sighting) -> bool:
    """Does a thing at rest on the screen explain two sightings better than one that the camera passes by?"""
    return distance(a.box, b.box) < _STATIC * distance(scene.carried(a.box, a.frame, b.frame), b.box)


def _between(scene: Scene, a: Sighting, b: Sighting, frame: int, *, rests: bool) -> Box:
    """Between two sightings: carried from both sides, or at rest on the screen."""
    share = (frame - a.frame) / (b.frame - a.frame)
    if frame == a.frame:
        return a.box
    if rests:
        return blend(a.box, b.box, share)
    return blend(scene.carried(a.box, a.frame, frame), scene.carried(b.box, b.frame, frame), share)
