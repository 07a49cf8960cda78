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
from polyveil.modalities.video.scene import Scene, Sighting, distances, overlaps
from polyveil.modalities.video.track import Thread

_NEAR, _OVERLAP = 0.9, 0.1  # as for tracks: what lies so close by is one
_HEIGHTS = 1.5  # greatest ratio of the heights of the same words
_ALIKE = 0.8  # of letters, in their order: a reading may miss one
_FEWEST = 2  # letters that say the same


def passages(scene: Scene) -> Iterator[Thread]:
    """Pairs of sightings of the same words in neighbouring readings. Plates are followed by themselves."""
    for a, b in pairwise(scene.read):
        before, after = _free(scene, a, b), _free(scene, b, a)
        for one in before:
            same = [other for other in after if _same(one, other)]
            if same:
                other = min(same, key=lambda seen: abs(seen.box[0] - one.box[0]) + abs(seen.box[1] - one.box[1]))
                after.remove(other)
                yield Thread(Points([one, other]))


def _free(scene: Scene, frame: int, beside: int) -> list[Sighting]:
    """What was read in a frame and of which nothing is close by in the other, which may be the same track."""
    seen = [one for one in scene.writing.get(frame, ()) if one.value and one.entity not in PLATES]
    others = scene.writing.get(beside, ())
    return [one for one in seen if not _met(scene, one, beside, others)]


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
