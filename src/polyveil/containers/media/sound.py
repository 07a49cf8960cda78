"""A sound track as FLAC of 16 bits: its own sample rate and channels, gaps filled so that it stays in step."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from polyveil.errors import AssetError
from polyveil.modalities.audio.layout import carried
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import import_av, open_container
from polyveil.schema.outcome import QuarantineCode

_GAP_S = 0.008  # a hole in the time stamps from which on it is filled with silence
_HIGHEST_RATE = 192_000


@dataclass(frozen=True, slots=True)
class Sound:
    """A decoded track. `data` is None for a track without a single sample, or of a codec that nobody here decodes.

    start: seconds on the film's clock. channels: of the source. downmixed: they were mixed down to stereo.
    """

    start: float
    channels: int
    downmixed: bool
    data: bytes | Path | None = field(repr=False)


def extract(data: bytes | Path, index: int, ctx: Context) -> Sound:
    """The track `index` of the sound tracks. Raises AssetError(CORRUPT) if it does not decode."""
    av = import_av()
    handle, name = tempfile.mkstemp(suffix=".flac", dir=ctx.workdir)
    os.close(handle)
    path = Path(name)
    with open_container(data) as container:
        stream = container.streams.audio[index]
        if stream.codec_context is None:  # the spatial sound of some telephones, beside a plain track
            path.unlink()
            return Sound(0.0, 0, downmixed=False, data=None)
        channels, rate = max(1, stream.codec_context.channels), stream.codec_context.sample_rate
        layout = carried(stream.codec_context.layout.name, channels)
        kept = int(av.AudioLayout(layout).nb_channels)
        if not 0 < rate <= _HIGHEST_RATE:
            raise AssetError(QuarantineCode.CORRUPT, "a sound track without a sensible sample rate")
        start: float | None = None
        try:
            with av.open(name, "w", format="flac", options={"fflags": "+bitexact"}) as target:
                flac = _Flac(target, rate, layout, kept, ctx.limits.max_duration_s)
                for time_s, samples in _samples(container, stream, layout, rate):
                    start = time_s if start is None else start
                    flac.add(time_s - start, samples)
                flac.close()
        except (av.FFmpegError, OSError, ValueError) as error:
            detail = f"a sound track does not decode ({type(error).__name__})"
            raise AssetError(QuarantineCode.CORRUPT, detail) from None
    if start is None:
        path.unlink()
        return Sound(0.0, channels, kept < channels, None)
    small = path.stat().st_size <= ctx.limits.max_memory_bytes
    content: bytes | Path = path.read_bytes() if small else path
    if small:
        path.unlink()
    return Sound(start, channels, kept < channels, content)


class _Flac:
    """A FLAC file that is written sample by sample."""

    def __init__(self, target: Any, rate: int, layout: str, channels: int, longest: float) -> None:
        self._target, self._rate, self._channels, self._longest = target, rate, channels, longest
        self._layout = layout
        self._out = target.add_stream("flac", rate=rate, layout=layout, format="s16")
        self._written = 0

    def add(self, time_s: float, samples: Any) -> None:
        """Samples (1, n x channels) that begin `time_s` after the first ones: holes become silence, overlaps go."""
        hole = round(time_s * self._rate) - self._written
        if hole > _GAP_S * self._rate:
            if time_s > self._longest:
                raise AssetError(QuarantineCode.TOO_LARGE, f"longer than {self._longest:.0f} s")
            while hole > 0:
                block = min(hole, self._rate)
                self._write(np.zeros((1, block * self._channels), np.int16))
                hole -= block
        elif hole < -_GAP_S * self._rate:
            samples = samples[:, -hole * self._channels :]
        self._write(samples)

    def close(self) -> None:
        self._target.mux(self._out.encode(None))

    def _write(self, samples: Any) -> None:
        av = import_av()
        if samples.shape[1] == 0:
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="s16", layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = self._rate, self._written, Fraction(1, self._rate)
        self._target.mux(self._out.encode(frame))
        self._written += int(frame.samples)


def _samples(container: Any, stream: Any, layout: str, rate: int) -> Iterator[tuple[float, Any]]:
    """(seconds, samples (1, n x channels) int16 interleaved) of every frame that decodes."""
    av = import_av()
    resamplers: dict[tuple[str, str, int], Any] = {}  # broadcasts go from stereo to 5.1 and back
    base = Fraction(stream.time_base)
    position: float | None = None
    wrong = good = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            frames = packet.decode()
        except (StopIteration, av.EOFError):
            return
        except (av.FFmpegError, OSError):
            wrong += 1
            if wrong > 5 + 0.02 * good:
                raise
            continue
        for frame in frames:
            if frame.pts is not None:
                position = float(frame.pts * (frame.time_base or base))
            time_s = position or 0.0
            frame.pts = None
            kind = (frame.format.name, frame.layout.name, frame.sample_rate)
            if kind not in resamplers:
                resamplers = {kind: av.AudioResampler(format="s16", layout=layout, rate=rate)}
            resampler = resamplers[kind]
            for piece in resampler.resample(frame):
                good += 1
                yield time_s, piece.to_ndarray()
            position = time_s + frame.samples / frame.sample_rate
