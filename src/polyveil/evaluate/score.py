"""Scores of findings against gold labels: was everything found, and how much that is not gold?

A gold label counts as found when findings of any wanted entity type together cover enough of it: what is masked under
another name is masked all the same. The share that must be covered: every character of a span that is a letter or
digit, 90 % of a region's area, 90 % of the box in 99 % of a track's frames, 95 % of an interval, the same field. The
strict score also asks for the same entity type.

Metadata of pictures, sounds and videos (a field there: EXIF, tags) is never carried over, so no detector looks for it:
such labels are counted by themselves, and the leak scan tells whether they are gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from polyveil.evaluate.gold import Label
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field, Interval, Location, Region, Span, Track
from polyveil.schema.modality import Modality

BOX_SHARE = 0.9
FRAME_SHARE = 0.99
SOUND_SHARE = 0.95

_MEDIA = frozenset({Modality.IMAGE, Modality.AUDIO, Modality.VIDEO})

Found = Mapping[tuple[str, str], Sequence[Finding]]
"""Findings by (asset, part path)."""


@dataclass(frozen=True, slots=True)
class Score:
    """Gold labels of one entity type in one modality: how many there are, and how many were found."""

    modality: str
    entity: str
    gold: int
    covered: int
    same_entity: int
    frames: int = 0
    frames_covered: int = 0

    @property
    def recall(self) -> float:
        """Share of gold labels that findings cover, in [0, 1]."""
        return self.covered / self.gold if self.gold else 1.0


@dataclass(frozen=True, slots=True)
class Missed:
    """A gold label that no finding covers. Holds the place, not the value."""

    asset: str
    part: str
    modality: str
    entity: str
    location: Location


@dataclass(frozen=True, slots=True)
class Scores:
    """All scores, what was missed, and findings that touch no gold label by entity type.

    `extra` is an upper bound of false positives: labels need not list everything personal in a data set.
    `metadata`: labels in metadata of media, left to the leak scan.
    """

    rows: tuple[Score, ...]
    missed: tuple[Missed, ...]
    extra: Mapping[str, int]
    metadata: int = 0


def score(gold: Iterable[Label], found: Found) -> Scores:
    """Score findings against gold labels."""
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    missed = []
    touched: set[int] = set()
    metadata = 0
    for label in gold:
        if isinstance(label.finding.location, Field) and label.modality in _MEDIA:
            metadata += 1
            continue
        findings = found.get((label.asset, label.part), ())
        touching = [one for one in findings if _touches(label.finding.location, one.location)]
        touched.update(id(one) for one in touching)
        covered, frames = _covers(label.finding.location, touching, label.value)
        same, _ = _covers(
            label.finding.location, [one for one in touching if one.entity == label.finding.entity], label.value
        )
        row = totals[label.modality.value, label.finding.entity]
        for place, number in enumerate((1, covered, same, frames[0], frames[1])):
            row[place] += number
        if not covered:
            missed.append(
                Missed(label.asset, label.part, label.modality.value, label.finding.entity, label.finding.location)
            )
    extra: dict[str, int] = defaultdict(int)
    for findings in found.values():
        for one in findings:
            if id(one) not in touched:
                extra[one.entity] += 1
    rows = tuple(Score(modality, entity, *row) for (modality, entity), row in sorted(totals.items()))
    return Scores(rows, tuple(missed), dict(sorted(extra.items())), metadata)


def _touches(gold: Location, other: Location) -> bool:
    match gold, other:
        case Span(), Span():
            return other.start < gold.end and gold.start < other.end
        case Region(), Region():
            return _shared(_box(gold), _box(other)) > 0
        case Interval(), Interval():
            return other.start_s < gold.end_s and gold.start_s < other.end_s
        case Track(), Track():
            return True
        case Field(), Field():
            return _same_field(gold.path, other.path) and (
                gold.span is None or other.span is None or _touches(gold.span, other.span)
            )
    return False


def _covers(gold: Location, others: Sequence[Finding], value: str) -> tuple[bool, tuple[int, int]]:
    """Do the findings cover the gold location? Also (frames, covered frames) of a track."""
    places = [one.location for one in others]
    match gold:
        case Span():
            spans = [one for one in places if isinstance(one, Span)]
            return _span_covered(gold, spans, value), (0, 0)
        case Region():
            boxes = [_box(one) for one in places if isinstance(one, Region)]
            return _area_covered(_box(gold), boxes) >= BOX_SHARE, (0, 0)
        case Interval():
            length = max(gold.end_s - gold.start_s, 1e-9)
            pieces = sorted((one.start_s, one.end_s) for one in places if isinstance(one, Interval))
            return _length_covered(gold, pieces) / length >= SOUND_SHARE, (0, 0)
        case Field():
            whole = any(isinstance(one, Field) and one.span is None for one in places)
            spans = [one.span for one in places if isinstance(one, Field) and one.span]
            return whole or (_span_covered(gold.span, spans, value) if gold.span else bool(spans)), (0, 0)
        case Track():
            tracks = [one for one in places if isinstance(one, Track)]
            covered = _frames_covered(gold, tracks)
            return covered >= FRAME_SHARE * len(gold.boxes), (len(gold.boxes), covered)


def _span_covered(gold: Span, spans: Sequence[Span], value: str) -> bool:
    inside = {place for one in spans for place in range(max(one.start, gold.start), min(one.end, gold.end))}
    if len(value) != gold.end - gold.start:
        return len(inside) == gold.end - gold.start
    return all(gold.start + offset in inside for offset, character in enumerate(value) if character.isalnum())


def _same_field(gold: str, other: str) -> bool:
    if gold == other:
        return True
    row, _, column = other.partition("/")
    return row == "*" and gold.partition("/")[2] == column


_Box = tuple[int, int, int, int]


def _box(region: Region) -> _Box:
    return region.x, region.y, region.w, region.h


def _shared(a: _Box, b: _Box) -> int:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0, width) * max(0, height)


def _area_covered(gold: _Box, boxes: Sequence[_Box]) -> float:
    """Share of the gold box under the union of the others, by coordinate compression."""
    x0, y0, x1, y1 = gold[0], gold[1], gold[0] + gold[2], gold[1] + gold[3]
    clipped = [
        (max(x, x0), max(y, y0), min(x + w, x1), min(y + h, y1)) for x, y, w, h in boxes if _shared(gold, (x, y, w, h))
    ]
    xs = sorted({x for one in clipped for x in (one[0], one[2])})
    area = 0
    for left, right in pairwise(xs):
        pieces = sorted((one[1], one[3]) for one in clipped if one[0] <= left and one[2] >= right)
        reached = y0
        for top, bottom in pieces:
            area += max(0, bottom - max(top, reached)) * (right - left)
            reached = max(reached, bottom)
    return area / max(1, gold[2] * gold[3])


def _length_covered(gold: Interval, pieces: Sequence[tuple[float, float]]) -> float:
    total, reached = 0.0, gold.start_s
    for start, end in pieces:
        total += max(0.0, min(end, gold.end_s) - max(start, reached))
        reached = max(reached, min(end, gold.end_s))
    return total


def _frames_covered(gold: Track, tracks: Sequence[Track]) -> int:
    by_frame: dict[int, list[_Box]] = defaultdict(list)
    for track in tracks:
        for frame, x, y, w, h in track.boxes:
            by_frame[frame].append((x, y, w, h))
    return sum(_area_covered((x, y, w, h), by_frame.get(frame, [])) >= BOX_SHARE for frame, x, y, w, h in gold.boxes)
