"""The boxes that masks cover, by frame: unpacked for some frames at a time, from tracks that stay packed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from polyveil.schema.boxes import packed
from polyveil.schema.locations import Track

_BLOCK = 256  # frames that are unpacked together

DrawnBox = tuple[int, int, int, int, int, int]
"""(index of the answer, x, y, w, h, index of the track)."""


@dataclass(frozen=True, slots=True)
class Masked:
    """One track, the index of its answer and its own among all tracks."""

    answer: int
    number: int
    track: Track


class Boxes(Mapping[int, Sequence[DrawnBox]]):
    """By frame, the boxes in order of their tracks. Frames are best asked for in order."""

    def __init__(self, tracks: Sequence[Masked]) -> None:
        self._tracks = tuple(tracks)
        self._blocks: dict[int, list[Masked]] = defaultdict(list)
        for one in tracks:
            boxes = one.track.boxes
            if boxes:
                for block in range(boxes[0][0] // _BLOCK, boxes[-1][0] // _BLOCK + 1):
                    self._blocks[block].append(one)
        self._open: tuple[int, Mapping[int, Sequence[DrawnBox]]] = (-1, {})

    def __getitem__(self, frame: int) -> Sequence[DrawnBox]:
        return self._block(frame // _BLOCK)[frame]

    def __iter__(self) -> Iterator[int]:
        """Frames in order."""
        for block in sorted(self._blocks):
            yield from sorted(self._block(block))

    def __len__(self) -> int:
        return sum(1 for _frame in self)

    @property
    def last(self) -> int:
        """The last frame with a box, -1 if there is none."""
        return max((one.track.boxes[-1][0] for one in self._tracks if one.track.boxes), default=-1)

    def within(self, first: int, end: int | None) -> Boxes:
        """The boxes of frames [first, end) alone."""
        return Boxes([replace(one, track=Track(packed(one.track.between(first, end)))) for one in self._tracks])

    def _block(self, block: int) -> Mapping[int, Sequence[DrawnBox]]:
        number, rows = self._open
        if number != block:
            unpacked: dict[int, list[DrawnBox]] = defaultdict(list)
            for one in self._blocks.get(block, ()):
                for frame, x, y, w, h in one.track.between(block * _BLOCK, (block + 1) * _BLOCK):
                    unpacked[frame].append((one.answer, x, y, w, h, one.number))
            rows = dict(unpacked)
            self._open = (block, rows)
        return rows
