"""The sightings of one track, packed: of twenty faces in a film of hours there are a million and a half."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from polyveil.modalities.video.scene import Sighting

_COLUMNS = 7  # of a packed sighting
_TOGETHER = 512  # sightings that are unpacked at a time


class Points(Sequence[Sighting]):
    """Sightings of one thing, at least one, frames ascending."""

    first: Sighting
    last: Sighting

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        self._later = array("d")  # frame, x, y, w, h, score and the place among the kinds, of each
        self._earlier = array("d")  # those that were put before the first, the earliest last
        self._kinds: dict[tuple[str, str, str | None], int] = {}
        for one in sightings:
            self.append(one)

    def append(self, sighting: Sighting) -> None:
        """One that is later than all."""
        if not self:
            self.first = sighting
        self.last = sighting
        self._later.extend(self._row(sighting))

    def put_first(self, sighting: Sighting) -> None:
        """One that is earlier than all."""
        self.first = sighting
        self._earlier.extend(self._row(sighting))

    def __len__(self) -> int:
        return (len(self._later) + len(self._earlier)) // _COLUMNS

    @overload
    def __getitem__(self, place: int) -> Sighting: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Sighting]: ...
    def __getitem__(self, place: int | slice) -> Sighting | Sequence[Sighting]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        before = len(self._earlier) // _COLUMNS
        rows, at = (self._earlier, before - 1 - number) if number < before else (self._later, number - before)
        return next(self._made(rows[at * _COLUMNS : (at + 1) * _COLUMNS]))

    def __iter__(self) -> Iterator[Sighting]:
        step = _TOGETHER * _COLUMNS
        for start in range(0, len(self._later), step):
            if not start:
                yield from reversed(list(self._made(self._earlier)))
            yield from self._made(self._later[start : start + step])

    def _made(self, rows: array[float]) -> Iterator[Sighting]:
        kinds = list(self._kinds)
        for frame, x, y, w, h, score, kind in zip(*[iter(rows)] * _COLUMNS, strict=True):
            yield Sighting(int(frame), (x, y, w, h), score, *kinds[int(kind)])

    def _row(self, one: Sighting) -> tuple[float, ...]:
        kind = self._kinds.setdefault((one.entity, one.detector, one.value), len(self._kinds))
        return one.frame, *one.box, one.score, kind
