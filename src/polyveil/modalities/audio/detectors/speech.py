"""Where somebody speaks: Silero VAD, with hysteresis and pads on the generous side, for what is missed is leaked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from polyveil import inference
from polyveil.modalities.audio.codec import at_rate
from polyveil.modalities.audio.sound import Samples, Sound

RATE = 16_000
FRAME_S = 512 / RATE
"""The model scores frames of 512 samples, each seen with the 64 before it."""

_MODEL = "silero_vad_16k_sequence"
_CONTEXT = 64
_FRAMES = 512  # a call
_ENTER, _LEAVE = 0.30, 0.12  # the model's authors advise 0.5 and 0.35; here a missed word costs more than a cough
_BRIDGE_S = 0.40  # pauses within a sentence
_LOUD, _MOST_GAIN = 0.3, 30.0  # quiet passages are also heard amplified, by at most 30 dB

Intervals = list[tuple[float, float]]
"""Half-open ranges of seconds, ascending, disjoint."""


def speech(sound: Sound, pad_s: float = 0.2) -> Intervals:
    """Intervals with speech on any channel, each widened by `pad_s` and cut to the sound."""
    scores = probabilities(sound)
    regions = [(start * FRAME_S - pad_s, end * FRAME_S + pad_s) for start, end in _runs(scores)]
    return merged(regions, sound.seconds, _BRIDGE_S)


def probabilities(sound: Sound) -> npt.NDArray[np.float32]:
    """The likelihood of speech, in [0, 1], a frame: the highest of all channels, heard as they are and amplified."""
    best = np.zeros(0, np.float32)
    for channel in range(sound.channels):
        for level in (False, True):
            best = _highest(best, np.concatenate([np.zeros(0, np.float32), *_scores(sound, channel, level=level)]))
    return best


def merged(regions: Iterable[tuple[float, float]], seconds: float, bridge_s: float = 0.0) -> Intervals:
    """Sorted, cut to [0, seconds], and united where they touch or lie less than `bridge_s` apart."""
    out: Intervals = []
    for start, end in sorted(regions):
        left, right = max(0.0, start), min(seconds, end)
        if right <= left:
            continue
        if out and left - out[-1][1] <= bridge_s:
            out[-1] = (out[-1][0], max(out[-1][1], right))
        else:
            out.append((left, right))
    return out


def without(regions: Intervals, holes: Intervals) -> Intervals:
    """What of `regions` lies in none of `holes`."""
    out: Intervals = []
    for start, end in regions:
        left = start
        for hole_start, hole_end in holes:
            if hole_end <= left or hole_start >= end:
                continue
            if hole_start > left:
                out.append((left, hole_start))
            left = max(left, hole_end)
        if left < end:
            out.append((left, end))
    return out


def _highest(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    if len(a) < len(b):
        a, b = b, a
    out = a.copy()
    out[: len(b)] = np.maximum(out[: len(b)], b)
    return out


def _scores(sound: Sound, channel: int, *, level: bool) -> Iterator[npt.NDArray[np.float32]]:
    session = inference.load(_MODEL)
    hidden = cell = np.zeros((1, 1, 128), np.float32)
    context = np.zeros(_CONTEXT, np.float32)
    for block in _rows(at_rate(sound, RATE, channel)):
        heard = block * _gain(block) if level else block
        before = np.vstack([context[None, :], heard[:-1, -_CONTEXT:]])
        values, hidden, cell = session.run({"input": np.hstack([before, heard]), "h": hidden, "c": cell})
        context = heard[-1, -_CONTEXT:]
        yield values.reshape(-1)


def _gain(block: Samples) -> np.float32:
    high = float(np.percentile(np.abs(block), 98))
    return np.float32(min(10 ** (_MOST_GAIN / 20), max(1.0, _LOUD / max(high, 1e-6))))


def _rows(pieces: Iterable[Samples]) -> Iterator[Samples]:
    """Blocks of shape (frames, 512); the last frame is filled up with zeros."""
    size = 512
    held = np.zeros(0, np.float32)
    for piece in pieces:
        held = np.concatenate([held, piece])
        whole = len(held) // (size * _FRAMES) * size * _FRAMES
        for start in range(0, whole, size * _FRAMES):
            yield held[start : start + size * _FRAMES].reshape(-1, size)
        held = held[whole:]
    if len(held):
        yield np.pad(held, (0, -len(held) % size)).reshape(-1, size)


def _runs(scores: npt.NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """Frame ranges that rise to `_ENTER`, from where they leave `_LEAVE` to where they fall below it again."""
    above = np.flatnonzero(np.diff(np.concatenate([[0], (scores >= _LEAVE).astype(np.int8), [0]])))
    for start, end in zip(above[::2].tolist(), above[1::2].tolist(), strict=True):
        if scores[start:end].max() >= _ENTER:
            yield start, end
