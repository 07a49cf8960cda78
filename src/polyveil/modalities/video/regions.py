"""Restorable regions of videos: what lies under each track's masks, kept apart without loss, and put back one by one.

A region is a Matroska file of FFV1 (RFC 9043) with transparency: one picture a frame of the track, opaque where it may
be put back. After it come the places in JSON, and the length of that in eight bytes.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import AssetError
from polyveil.modalities.image.operators import Window
from polyveil.modalities.video.masks import Plan, covered, extent
from polyveil.modalities.video.reader import Planes, Video, import_av, open_container, view
from polyveil.schema.inspection import Kept
from polyveil.schema.outcome import QuarantineCode

_TAIL = 8  # bytes of the length at the end
_OPAQUE = 128
_ROOM = 6  # pixels: masks end on whole pixels, regions on even ones


@dataclass(slots=True)
class _Track:
    """A region that is being written. places: (frame, left, top, width, height), luma pixels, even."""

    path: Path
    container: Any
    stream: Any
    last: int
    places: list[tuple[int, int, int, int, int]] = field(default_factory=list)


class Keeper:
    """Collects the regions of one video, frame by frame, before anything is masked in it."""

    def __init__(self, plan: Plan, video: Video, workdir: Path) -> None:
        self._plan, self._video, self._workdir = plan, video, workdir
        self._spans = _spans(plan)
        self._open: dict[int, _Track] = {}
        self._done: dict[int, _Track] = {}

    def see(self, index: int, planes: Planes) -> None:
        """The planes of frame `index`, not yet masked."""
        shape = planes[0].shape
        found = [
            (track, region)
            for place, x, y, w, h, track in self._plan.boxes.get(index, ())
            if (region := covered(self._plan.answers[place], (x, y, w, h), shape)) is not None
        ]
        times = np.zeros(shape, np.uint8)
        for _track, (window, inside) in found:
            part = times[window.slices]
            part += inside & (part < 255)
        for number, (window, inside) in found:
            track = self._open.get(number) or self._begin(number)
            self._add(track, index, planes, window, inside & (times[window.slices] == 1))
        for number in [number for number, track in self._open.items() if track.last <= index]:
            self._end(number)

    def close(self) -> Iterator[Kept]:
        """The regions in order of their track. Raises AssetError(TRANSFORM_FAILED) if one could not be written."""
        for number in list(self._open):
            self._end(number)
        for number, track in sorted(self._done.items()):
            yield Kept(self._plan.tracks[number], track.places[0][0], track.places[-1][0], track.path)

    def _begin(self, number: int) -> _Track:
        av = import_av()
        handle, name = tempfile.mkstemp(suffix=".region", dir=self._workdir)
        os.close(handle)
        container = av.open(name, "w", format="matroska", options={"fflags": "+bitexact"})
        stream: Any = container.add_stream("ffv1", rate=25, options={"level": "3", "slices": "4"})
        last, wide, tall = self._spans[number]
        stream.width, stream.height = _even(wide), _even(tall)
        stream.pix_fmt = "yuva420p10le" if self._video.depth > 8 else "yuva420p"
        stream.codec_context.thread_count = 1
        track = self._open[number] = _Track(Path(name), container, stream, last)
        return track

    def _add(self, track: _Track, index: int, planes: Planes, window: Window, own: npt.NDArray[np.bool_]) -> None:
        av = import_av()
        left, top = window.left // 2 * 2, window.top // 2 * 2
        width = min(_even(window.right - left), track.stream.width)
        height = min(_even(window.bottom - top), track.stream.height)
        picture = av.VideoFrame(track.stream.width, track.stream.height, track.stream.pix_fmt)
        cover = np.zeros((track.stream.height, track.stream.width), bool)
        down, across = window.top - top, window.left - left
        cover[down : down + window.height, across : across + window.width] = own
        halved = _half(cover)
        for number, plane in enumerate((*planes, None)):
            target = view(picture, number)
            target[...] = 0
            if plane is None:
                target[cover] = (1 << self._video.depth) - 1
                continue
            step = 1 if number == 0 else 2
            cut = plane[top // step : (top + height) // step, left // step : (left + width) // step]
            mask = (cover if number == 0 else halved)[: cut.shape[0], : cut.shape[1]]
            target[: cut.shape[0], : cut.shape[1]] = cut * mask
        picture.pts = len(track.places)
        track.container.mux(track.stream.encode(picture))
        track.places.append((index, left, top, width, height))

    def _end(self, number: int) -> None:
        track = self._open.pop(number)
        track.container.mux(track.stream.encode(None))
        track.container.close()
        tail = json.dumps(track.places).encode()
        with track.path.open("ab") as sink:
            sink.write(tail + len(tail).to_bytes(_TAIL, "big"))
        self._done[number] = track


class Restorer:
    """Puts kept regions back into the planes of a masked video, frame by frame."""

    def __init__(self, kept: Sequence[bytes]) -> None:
        self._stack = ExitStack()
        self._flows = [_read(data, self._stack) for data in kept]
        self._heads = [next(flow, None) for flow in self._flows]

    def put(self, index: int, planes: Planes) -> None:
        """Restore what belongs to frame `index`, in place. Raises AssetError(CORRUPT) if it does not fit."""
        for number, flow in enumerate(self._flows):
            head = self._heads[number]
            while head is not None and head[0][0] == index:
                _paste(planes, head[0], head[1])
                head = self._heads[number] = next(flow, None)

    def close(self) -> None:
        self._stack.close()


_Head = tuple[tuple[int, int, int, int, int], Any]


def _read(data: bytes, stack: ExitStack) -> Iterator[_Head]:
    av = import_av()
    try:
        size = int.from_bytes(data[-_TAIL:], "big")
        places = json.loads(data[-_TAIL - size : -_TAIL])
        container = stack.enter_context(open_container(data[: -_TAIL - size]))
        frames = container.decode(video=0)
        for place in places:
            yield (*map(int, place),), next(frames)  # type: ignore[misc]  # five numbers
    except (ValueError, StopIteration, av.FFmpegError):
        raise AssetError(QuarantineCode.CORRUPT, "a kept region does not decode") from None


def _paste(planes: Planes, place: tuple[int, int, int, int, int], picture: Any) -> None:
    _index, left, top, width, height = place
    cover = view(picture, 3)[:height, :width] >= _OPAQUE
    for number, plane in enumerate(planes):
        step = 1 if number == 0 else 2
        target = plane[top // step : (top + height) // step, left // step : (left + width) // step]
        mask = (cover if number == 0 else _half(cover))[: target.shape[0], : target.shape[1]]
        source = view(picture, number)[: target.shape[0], : target.shape[1]]
        if source.shape != target.shape or mask.shape != target.shape:
            raise AssetError(QuarantineCode.CORRUPT, "a kept region does not fit the video")
        target[mask] = source[mask]


def _half(cover: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """At half size: only where all four pixels are covered."""
    rows, columns = cover.shape[0] // 2 * 2, cover.shape[1] // 2 * 2
    quads = cover[:rows, :columns].reshape(rows // 2, 2, columns // 2, 2)
    return np.asarray(quads.all(axis=(1, 3)), bool)


def _even(size: int) -> int:
    return size + size % 2


def _spans(plan: Plan) -> dict[int, tuple[int, int, int]]:
    """By track: its last frame, and the greatest width and height of its masks with a little room."""
    spans: dict[int, tuple[int, int, int]] = {}
    for index in sorted(plan.boxes):
        for place, _x, _y, w, h, track in plan.boxes[index]:
            wide, tall = (int(side) + _ROOM for side in extent(plan.answers[place], w, h))
            _last, widest, tallest = spans.get(track, (index, 0, 0))
            spans[track] = (index, max(widest, wide), max(tallest, tall))
    return spans
