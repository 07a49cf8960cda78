"""Broadband noise: how strong it is, and, where it is strong, less of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polyveil.modalities.audio.detectors.speech import Intervals
from polyveil.modalities.audio.sound import Recorder, Samples, Sound
from polyveil.modalities.interface import Context

CLEAN_DB = 15.0
"""From this signal-to-noise ratio on sound is left alone: filters cost more than they give."""

_FRAME_S = 0.032


def signal_to_noise(sound: Sound, spoken: Intervals) -> float:
    """Estimated ratio in dB of speech to what sounds in the pauses; 60 at most, 60 if nobody speaks.

    The noise floor is the 10th percentile of frame energies, the level of speech their mean within `spoken`.
    """
    levels = np.concatenate([np.zeros(0), *(_levels(block, sound.rate) for _, block in sound.blocks())])
    if not len(levels) or not spoken:
        return 60.0
    times = (np.arange(len(levels)) + 0.5) * _FRAME_S
    within = np.zeros(len(levels), bool)
    for start, end in spoken:
        within |= (times >= start) & (times < end)
    heard = levels[levels > 1e-12]
    if not len(heard) or not within.any():
        return 60.0
    floor = float(np.percentile(levels, 10))
    signal = max(float(levels[within].mean()) - floor, 1e-12)
    return float(np.clip(10 * np.log10(signal / max(floor, 1e-12)), -10.0, 60.0))


def _levels(block: Samples, rate: int) -> npt.NDArray[np.float64]:
    size = int(_FRAME_S * rate)
    whole = len(block) // size * size
    mean = block[:whole].mean(axis=1).astype(np.float64)
    energies: npt.NDArray[np.float64] = (mean.reshape(-1, size) ** 2).mean(axis=1)
    return energies


def denoised(sound: Sound, spoken: Intervals, ctx: Context) -> tuple[Sound, bool]:
    """The sound with less noise and True, or, if it is clean already or nobody speaks, itself and False."""
    if not spoken or signal_to_noise(sound, spoken) >= CLEAN_DB:
        return sound, False
    recorder = Recorder(sound.rate, sound.channels, ctx.workdir, wide=sound.wide, named=sound.named)
    filters = [Suppressor(sound.rate) for _ in range(sound.channels)]
    for _, block in sound.blocks():
        recorder.write(np.stack([one.push(block[:, index]) for index, one in enumerate(filters)], axis=1))
    tail = np.stack([one.finish() for one in filters], axis=1)
    recorder.write(tail[: max(0, sound.length - recorder.length)])
    return recorder.done(), True


class Suppressor:
    """Spectral noise suppression of one channel, as a stream.

    Noise: the unbiased estimate by speech presence probability of Gerkmann and Hendriks (IEEE TASLP 20, 2012), with the
    constants of the paper. Gain: Wiener's, on the decision-directed a-priori SNR of Ephraim and Malah (IEEE TASSP 32,
    1984), not below `FLOOR`. Frames of 32 ms, half overlapping, square-root Hann windows.
    """

    FLOOR = 0.1
    _PRESENT = 10**1.5  # a-priori SNR where speech is present, 15 dB
    _MEMORY = 0.97  # of the decision-directed estimate

    def __init__(self, rate: int) -> None:
        self._hop = max(16, int(rate * _FRAME_S / 2))
        size = 2 * self._hop
        self._window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size))
        self._held = np.zeros(self._hop)  # the first half frame overlaps with nothing
        self._over = np.zeros(self._hop)
        self._noise: npt.NDArray[np.float64] | None = None
        self._present = np.zeros(self._hop + 1)
        self._before = np.zeros(self._hop + 1)  # the last frame's power after suppression
        self._first = True

    def push(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """1-D samples in; what is finished comes out, in all as much as went in (see `finish`)."""
        held = np.concatenate([self._held, samples.astype(np.float64)])
        count = max(0, len(held) // self._hop - 1)
        self._held = held[count * self._hop :]
        if not count:
            return np.zeros(0, np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(held, 2 * self._hop)[
            : (count - 1) * self._hop + 1 : self._hop
        ]
        spectra = np.fft.rfft(frames * self._window, axis=1)
        out = np.fft.irfft(spectra * self._gains(np.abs(spectra) ** 2), 2 * self._hop, axis=1) * self._window
        joined = out[:, : self._hop].copy()
        joined[1:] += out[:-1, self._hop :]
        joined[0] += self._over
        self._over = out[-1, self._hop :]
        flat = joined.reshape(-1)
        if self._first:
            self._first, flat = False, flat[self._hop :]
        return flat.astype(np.float32)

    def finish(self) -> npt.NDArray[np.float32]:
        """What is still held, and some zeros."""
        return self.push(np.zeros(3 * self._hop, np.float32))

    def _gains(self, power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        noise = np.percentile(power[:125], 20, axis=0) * 3 + 1e-12 if self._noise is None else self._noise
        gains = np.empty_like(power)
        ratio = self._PRESENT / (1 + self._PRESENT)
        for index, now in enumerate(power):
            likely = 1 / (1 + (1 + self._PRESENT) * np.exp(-np.minimum(now / noise * ratio, 200)))
            self._present = 0.9 * self._present + 0.1 * likely
            likely = np.where(self._present > 0.99, np.minimum(likely, 0.99), likely)
            noise = 0.8 * noise + 0.2 * (likely * noise + (1 - likely) * now) + 1e-15
            prior = self._MEMORY * self._before / noise + (1 - self._MEMORY) * np.maximum(now / noise - 1, 0)
            gains[index] = np.maximum(prior / (1 + prior), self.FLOOR)
            self._before = gains[index] ** 2 * now
        self._noise = noise
        return gains
