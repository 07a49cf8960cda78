"""What is taken of every frame of a film as it passes: digest, marks for duplicates, noise, length.

It is taken of each span by itself, so that nobody has to pass all frames, and put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from polyveil.modalities.image.denoise import noise_sigma
from polyveil.modalities.video.fingerprint import Sequencer
from polyveil.modalities.video.motion import Grey
from polyveil.modalities.video.reader import Frame, Video
from polyveil.schema.inspection import Fingerprint

_NOISE_EVERY = 250  # frames between estimates of the noise
NOISES = 8
"""Estimates of the noise that are kept."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What passing a span told.

    digest: BLAKE3 of the luma of its frames; alone: the same with the film's size, if it has no other span.
    frames: number of the film's frames up to its end, 0 if it has none. seconds: when its last frame is shown.
    noise: standard deviations in grey levels (0 to 255), of the luma of a few frames.
    """

    digest: bytes = field(repr=False)
    alone: bytes = field(repr=False)
    marks: Sequencer = field(repr=False)
    noise: tuple[float, ...]
    frames: int
    seconds: float


class Passing:
    """Collects it, on the decoding thread."""

    def __init__(self, video: Video) -> None:
        self._video = video
        self._hasher: Any = blake3()
        self._marks = Sequencer()
        self._noise: list[float] = []
        self._frames, self._seconds = 0, 0.0

    def next(self, frame: Frame, luma: npt.NDArray[Any], small: Grey) -> None:
        """The span's next frame, its luma in full, and reduced."""
        self._hasher.update(np.ascontiguousarray(luma).view(np.uint8).data)
        self._marks.see(frame.time_s, small)
        if frame.index % _NOISE_EVERY == 0 and len(self._noise) < NOISES:
            self._noise.append(noise_sigma((luma >> (self._video.depth - 8)).astype(np.uint8)))
        self._frames, self._seconds = frame.index + 1, frame.time_s

    def passed(self) -> Passed:
        """As far as the frames came."""
        digest = self._hasher.digest()
        self._hasher.update(_size(self._video, self._frames))
        return Passed(digest, self._hasher.digest(), self._marks, tuple(self._noise), self._frames, self._seconds)


def marked(video: Video, passed: Sequence[Passed], frames: int) -> Fingerprint:
    """The film's marks, of those of its spans in order."""
    marks = Sequencer()
    for one in passed:
        marks.go_on(one.marks)
    if len(passed) == 1:
        return marks.fingerprint(passed[0].alone)
    return marks.fingerprint(blake3(b"".join(one.digest for one in passed) + _size(video, frames)).digest())


def _size(video: Video, frames: int) -> bytes:
    return f"{video.width}x{video.height}x{frames}".encode()
