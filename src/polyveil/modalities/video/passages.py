"""Words that went further from one reading to the next than a track reaches: a ticker, a caption that slides in.

They are read again elsewhere, so each place is held until the other reading, and between the two nothing covers them.
Where both readings say the same, the words are masked on the straight way from one to the other as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np

from polyveil.modalities.image.detectors.plate import PLATES
from polyveil.modalities.video.points import Points
from polyveil.modalities.video.scene import Scene, Sighting, distance, distances, overlaps
from polyveil.modalities.video.track import Thread

_NEAR, _OVERLAP = 0.9, 0.1  # as for tracks: what lies so close by is one
_HEIGHTS = 1.5  # greatest ratio of the heights of the same words
_ALIKE = 0.8  # of letters, in their order: a reading may miss one
_FEWEST = 2  # letters that say the same


def passages(scene: Scene) -> Iterator[Thread]:
    """Pairs of sightings of the same words in neighbouring readings. Plates are followed by themselves.

    Words that are in one of the two places anew, or no longer, are paired with the nearest same ones of the other
    reading, though something stands beside those as well: what is left of a line may be taken for it.
    """
    for a, b in pairwise(scene.read):
        before, after = _worded(scene, a), _worded(scene, b)
        gone = [one for one in before if not _met(scene, one, b, after)]
        come = [one for one in after if not _met(scene, one, a, before)]
        pairs = [(one, _nearest(one, after)) for one in gone] + [(_nearest(one, before), one) for one in come]
        for one, other in dict.fromkeys(pairs):
            if one is not None and other is not None:
                yield Thread(Points([one, other]))


def _worded(scene: Scene, frame: int) -> list[Sighting]:
    return [one for one in scene.writing.get(frame, ()) if one.value and one.entity not in PLATES]


def _nearest(one: Sighting, others: Sequence[Sighting]) -> Sighting | None:
    same = [other for other in others if _same(one, other)]
    return min(same, key=lambda seen: distance(seen.box, one.box)) if same else None


def _met(scene: Scene, one: Sighting, frame: int, others: Sequence[Sighting]) -> bool:
    boxes = np.array([other.box for other in others if other.entity == one.entity])
    if not len(boxes):
        return False
    box = np.array(scene.carried(one.box, one.frame, frame))
    return bool((overlaps(box, boxes) >= _OVERLAP).any() or (distances(box, boxes) <= _NEAR).any())


def _same(one: Sighting, other: Sighting) -> bool:
    said, again = ("".join(filter(str.isalnum, (seen.value or "").casefold())) for seen in (one, other))
    low, high = sorted((one.box[3], other.box[3]))
    if one.entity != other.entity or len(said) < _FEWEST or high > _HEIGHTS * max(low, 1.0):
        return False
    return said == again or SequenceMatcher(None, said, again, autojunk=False).ratio() >= _ALIKE
