"""Another voice for the same words: WORLD analysis, the speaker made neutral, then disguised at random, synthesis.

WORLD: Morise, Yokomori, Ozawa, IEICE Transactions E99-D (2016). The speaker's cepstral means and variances and F0
statistics are replaced by those of an average of many speakers, the frequency axis is bent by a power function, and a
random equaliser moves the means again. Signal processing of this kind makes linking recordings harder; it does not
reach neural systems, and a trained attacker still links many (docs/evaluation/sample.md).
"""

from __future__ import annotations

import json
import random
import secrets
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import MissingExtraError
from polyveil.modalities.audio.codec import at_rate, mono_at
from polyveil.modalities.audio.sound import Recorder, Samples, Sound
from polyveil.modalities.interface import Context

RATE = 16_000
DIMENSIONS = 30
FLOAT = npt.NDArray[np.float64]

_BLOCK_S, _CONTEXT_S = 10.0, 0.5
_STATISTICS_S = 90.0  # speech from which a speaker's means are taken
_EQ_SD = 0.25  # of a cepstral coefficient's own deviation
_LIFTER = 12  # coefficients that the equaliser moves: higher ones are texture


@dataclass(frozen=True, slots=True)
class Disguise:
    """How a voice is changed. alpha: exponent of the frequency warp. hertz: mean F0. offset: in standard deviations."""

    alpha: float
    hertz: float
    offset: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Neutral:
    """Mean and deviation of coded spectral envelopes, and the deviation of ln F0, over many speakers."""

    mean: FLOAT
    deviation: FLOAT
    pitch_deviation: float


def draw(chance: random.Random) -> Disguise:
    """A disguise; alpha keeps clear of 1, where nothing would change."""
    alpha = chance.uniform(0.84, 0.93) if chance.random() < 0.5 else chance.uniform(1.07, 1.17)
    return Disguise(alpha, chance.uniform(90.0, 230.0), tuple(chance.gauss(0, _EQ_SD) for _ in range(DIMENSIONS)))


def change_voice(sound: Sound, ctx: Context, subject: str | None = None, *, keyed: bool = False) -> Sound:
    """The sound in another voice, as long, at the same rate; what lies above 8 kHz and the stereo image are lost.

    The disguise comes from the system's random source and is kept nowhere. With `keyed` it follows from the identity
    key and `subject`: one speaker keeps one pseudonymous voice, which whoever has the key can link.
    """
    seed = ctx.identity.digest("voice", subject or "")
    chance = random.Random(seed) if keyed and subject else secrets.SystemRandom()  # noqa: S311 - seeded with a MAC
    disguise = draw(chance)
    statistics = _statistics(sound)
    recorder = Recorder(RATE, 1, ctx.workdir, wide=False)
    for block in _changed(sound, disguise, statistics):
        recorder.write(block[:, None])
    return _back(recorder.done(), sound, ctx)


def _back(changed: Sound, like: Sound, ctx: Context) -> Sound:
    """The changed sound at the rate, length and number of channels of `like`."""
    out = Recorder(like.rate, like.channels, ctx.workdir, wide=like.wide, named=like.named)
    for piece in at_rate(changed, like.rate):
        room = like.length - out.length
        out.write(np.repeat(piece[:room, None], like.channels, axis=1))
    if out.length < like.length:
        out.write(np.zeros((like.length - out.length, like.channels), np.float32))
    return out.done()


@cache
def world() -> Any:
    """The pyworld module."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks up its own version through a deprecated module
            import pyworld
    except ImportError as error:
        raise MissingExtraError("Changing voices", "audio") from error
    return pyworld


@cache
def neutral() -> Neutral:
    """Statistics made by training/voice/neutral.py."""
    text = resources.files("polyveil.modalities.audio.operators").joinpath("neutral.json").read_text("utf-8")
    data = json.loads(text)
    return Neutral(np.array(data["mean"]), np.array(data["deviation"]), float(data["pitch_deviation"]))


def analyse(samples: FLOAT) -> tuple[FLOAT, FLOAT, FLOAT]:
    """(F0, coded envelope, aperiodicity) in frames of 5 ms. `samples`: mono at `RATE`."""
    pw = world()
    rough, times = pw.dio(samples, RATE, f0_floor=65.0, f0_ceil=420.0)
    pitch = pw.stonemask(samples, rough, times, RATE)
    envelope = pw.cheaptrick(samples, pitch, times, RATE)
    return pitch, pw.code_spectral_envelope(envelope, RATE, DIMENSIONS), pw.d4c(samples, pitch, times, RATE)


def moments(pitch: FLOAT, coded: FLOAT) -> tuple[FLOAT, FLOAT, float, float]:
    """Mean and deviation of the envelope over voiced frames, and of ln F0."""
    voiced = pitch > 0
    if voiced.sum() < 20:
        return neutral().mean, neutral().deviation, float(np.log(140.0)), neutral().pitch_deviation
    logs = np.log(pitch[voiced])
    return coded[voiced].mean(axis=0), coded[voiced].std(axis=0) + 1e-6, float(logs.mean()), float(logs.std() + 1e-3)


def _statistics(sound: Sound) -> tuple[FLOAT, FLOAT, float, float]:
    """Moments of the loudest ten-second pieces, up to `_STATISTICS_S` in all."""
    step = 10 * sound.rate
    pieces = [(float(np.square(sound.read(at, at + step)).mean()), at) for at in range(0, max(1, sound.length), step)]
    chosen = sorted(at for _, at in sorted(pieces, reverse=True)[: int(_STATISTICS_S / 10)])
    pitches, envelopes = [], []
    for at in chosen:
        piece = mono_at(sound.cut(at / sound.rate, (at + step) / sound.rate), RATE)
        if len(piece) > RATE // 10:
            pitch, coded, _ = analyse(piece.astype(np.float64))
            pitches.append(pitch)
            envelopes.append(coded)
    if not pitches:
        return moments(np.zeros(1), np.zeros((1, DIMENSIONS)))
    return moments(np.concatenate(pitches), np.concatenate(envelopes))


def _changed(sound: Sound, disguise: Disguise, statistics: tuple[FLOAT, FLOAT, float, float]) -> Iterator[Samples]:
    """Changed pieces, mono at `RATE`; neighbours are computed with common context, which is cut off again."""
    size, context = int(_BLOCK_S * RATE), int(_CONTEXT_S * RATE)
    held = np.zeros(context, np.float32)
    for piece in at_rate(sound, RATE):
        held = np.concatenate([held, piece])
        while len(held) >= size + 2 * context:
            yield disguised(held[: size + 2 * context], disguise, statistics)[context : context + size]
            held = held[size:]
    rest = len(held) - context
    if rest > 0:
        last = np.concatenate([held, np.zeros(context, np.float32)])
        yield disguised(last, disguise, statistics)[context : context + rest]


def disguised(samples: Samples, disguise: Disguise, statistics: tuple[FLOAT, FLOAT, float, float]) -> Samples:
    """Mono at `RATE` in, as many samples out."""
    pw = world()
    pitch, coded, aperiodicity = analyse(samples.astype(np.float64))
    mean, deviation, pitch_mean, pitch_deviation = statistics
    like = neutral()
    offset = np.array(disguise.offset) * like.deviation
    offset[_LIFTER:] = 0
    offset[0] = 0  # the level stays
    target = like.mean + offset
    target[0], scale = mean[0], like.deviation / deviation
    scale[0] = 1.0
    new = (coded - mean) * scale + target
    bins = aperiodicity.shape[1]
    envelope = pw.decode_spectral_envelope(np.ascontiguousarray(new), RATE, (bins - 1) * 2)
    source = np.linspace(0, 1, bins) ** disguise.alpha * (bins - 1)
    low = np.minimum(source.astype(int), bins - 2)
    part = source - low
    logs = np.log(np.maximum(envelope, 1e-16))
    warped = np.exp(logs[:, low] * (1 - part) + logs[:, low + 1] * part)
    bent = aperiodicity[:, low] * (1 - part) + aperiodicity[:, low + 1] * part
    voiced = pitch > 0
    moved = np.zeros_like(pitch)
    normal = (np.log(pitch[voiced]) - pitch_mean) / pitch_deviation
    moved[voiced] = np.clip(np.exp(np.log(disguise.hertz) + normal * like.pitch_deviation), 55.0, 500.0)
    sound = pw.synthesize(moved, np.ascontiguousarray(warped), np.ascontiguousarray(bent), RATE)
    out = np.zeros(len(samples), np.float32)
    count = min(len(out), len(sound))
    out[:count] = np.clip(sound[:count], -1, 1)
    return out
