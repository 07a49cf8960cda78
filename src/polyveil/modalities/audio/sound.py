"""Decoded sound, in memory or, when it is long, in a file that is read block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Shape (n, channels), full scale at -1 and 1."""

BLOCK_S = 20.0
"""Seconds worked on at a time: long enough for every filter here, 8 MB of stereo at 48 kHz."""

_IN_MEMORY = 32 * 1024**2


@dataclass(frozen=True, slots=True)
class Sound:
    """PCM at its own rate.

    rate: samples a second. channels: 1 to 8. length: samples of one channel.
    data: array of shape (length, channels), or a file with the same in C order; int16, or float32 if `wide`.
    wide: more than 16 bits a sample. named: the places of the channels (`layout.carried`), '' for mono and stereo.
    """

    rate: int
    channels: int
    length: int
    data: npt.NDArray[np.int16] | npt.NDArray[np.float32] | Path = field(repr=False)
    wide: bool = False
    named: str = ""

    @property
    def layout(self) -> str:
        return self.named or ("mono" if self.channels == 1 else "stereo")

    @property
    def seconds(self) -> float:
        return self.length / self.rate

    def read(self, start: int, stop: int) -> Samples:
        """Samples [start, stop), cut to the sound: (n, channels) float32."""
        start, stop = max(0, start), min(self.length, stop)
        if stop <= start:
            return np.zeros((0, self.channels), np.float32)
        return as_float(self.raw(start, stop))

    def raw(self, start: int, stop: int) -> npt.NDArray[np.int16] | npt.NDArray[np.float32]:
        """As `read`, in the stored type."""
        if not isinstance(self.data, Path):
            return self.data[start:stop]
        kind = np.dtype(np.float32 if self.wide else np.int16)
        size = kind.itemsize * self.channels
        flat = np.fromfile(self.data, kind, (stop - start) * self.channels, offset=start * size)
        stored: npt.NDArray[np.int16] | npt.NDArray[np.float32] = flat.reshape(-1, self.channels)
        return stored

    def cut(self, start_s: float, end_s: float) -> Sound:
        """The stretch [start_s, end_s), in memory."""
        start, stop = max(0, round(start_s * self.rate)), min(self.length, round(end_s * self.rate))
        data = self.raw(start, max(start, stop))
        return Sound(self.rate, self.channels, len(data), data, self.wide, self.named)

    def blocks(self, seconds: float = BLOCK_S) -> Iterator[tuple[int, Samples]]:
        """(first sample, samples) of consecutive blocks."""
        step = max(1, int(seconds * self.rate))
        for start in range(0, self.length, step):
            yield start, self.read(start, start + step)


def as_float(stored: npt.NDArray[np.int16] | npt.NDArray[np.float32]) -> Samples:
    """Full scale at -1 and 1."""
    if stored.dtype == np.int16:
        return stored.astype(np.float32) / np.float32(32768)
    return stored.astype(np.float32, copy=False)


def as_int16(samples: Samples) -> npt.NDArray[np.int16]:
    """Rounded and clipped; what came from int16 returns to itself."""
    rounded: npt.NDArray[np.int16] = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767).astype(np.int16)
    return rounded


class Recorder:
    """Collects samples into a `Sound`; moves to a file in `workdir` (private, removed by its owner) when it grows."""

    def __init__(self, rate: int, channels: int, workdir: Path, *, wide: bool, named: str = "") -> None:
        self.rate, self.channels, self.wide, self.named = rate, channels, wide, named
        self._workdir, self._path = workdir, Path()
        self._file: BinaryIO | None = None
        self._parts: list[npt.NDArray[np.int16] | npt.NDArray[np.float32]] = []
        self.length = 0

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.length * self.channels * (4 if self.wide else 2)

    def write(self, samples: Samples) -> None:
        """Append (n, channels) float32."""
        part = np.ascontiguousarray(samples, np.float32) if self.wide else as_int16(samples)
        self.length += len(part)
        if self._file is None and self.size > _IN_MEMORY:
            with NamedTemporaryFile(dir=self._workdir, prefix="sound", delete=False) as made:
                self._path = Path(made.name)
            self._file = self._path.open("wb")
            for earlier in self._parts:
                self._file.write(earlier.tobytes())
            self._parts.clear()
        if self._file is None:
            self._parts.append(part)
        else:
            self._file.write(part.tobytes())

    def done(self) -> Sound:
        """The sound. Nothing can be written afterwards."""
        if self._file is not None:
            self._file.close()
            return Sound(self.rate, self.channels, self.length, self._path, self.wide, self.named)
        empty = np.zeros((0, self.channels), np.float32 if self.wide else np.int16)
        whole = np.concatenate([empty, *self._parts])
        return Sound(self.rate, self.channels, self.length, whole, self.wide, self.named)
