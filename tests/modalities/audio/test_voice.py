from __future__ import annotations

import random

import numpy as np
import pytest

from polyveil.modalities.audio.denoise import CLEAN_DB, Suppressor, denoised, signal_to_noise
from polyveil.modalities.audio.detectors.speech import speech
from polyveil.modalities.audio.operators import voice
from polyveil.modalities.audio.sound import Sound, as_int16
from polyveil.modalities.interface import Context
from polyveil.sample import sounds


def clip(name: str = "delivery_en", seconds: float = 4.0) -> Sound:
    samples = as_int16(sounds.clip(name).samples[: int(seconds * 16_000)])[:, None]
    return Sound(16_000, 1, len(samples), samples)


def test_a_keyed_voice_is_one_voice_and_a_free_one_never_the_same(ctx: Context) -> None:
    one, two = (voice.change_voice(clip(), ctx, "person-7", keyed=True) for _ in range(2))
    assert np.array_equal(one.raw(0, one.length), two.raw(0, two.length))
    other = voice.change_voice(clip(), ctx, "person-8", keyed=True)
    free = [voice.change_voice(clip(), ctx, "person-7") for _ in range(2)]
    for changed in (other, *free):
        assert changed.length == clip().length
        assert not np.array_equal(changed.raw(0, changed.length), one.raw(0, one.length))
    assert not np.array_equal(free[0].raw(0, 64_000), free[1].raw(0, 64_000))


def test_pitch_and_envelope_move_to_what_was_drawn(ctx: Context) -> None:
    sound = clip(seconds=6.0)
    samples = sound.read(0, sound.length)[:, 0]
    before = voice.moments(*voice.analyse(samples.astype(np.float64))[:2])
    disguise = voice.Disguise(0.88, 210.0, (0.0,) * voice.DIMENSIONS)
    changed = voice.disguised(samples, disguise, before)
    after = voice.moments(*voice.analyse(changed.astype(np.float64))[:2])
    assert np.exp(after[2]) == pytest.approx(210.0, rel=0.1)
    assert abs(np.exp(before[2]) - 210.0) > 50.0
    assert np.abs(after[0][1:8] - before[0][1:8]).max() > 0.2
    assert len(changed) == len(samples)


@pytest.mark.parametrize("seed", range(20))
def test_no_disguise_leaves_the_frequency_axis_alone(seed: int) -> None:
    drawn = voice.draw(random.Random(seed))
    assert 0.84 <= drawn.alpha <= 0.93 or 1.07 <= drawn.alpha <= 1.17
    assert 90.0 <= drawn.hertz <= 230.0


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (8_000, 1)])
def test_rate_length_and_channels_stay(rate: int, channels: int, ctx: Context) -> None:
    chance = np.random.default_rng(1).normal(0, 0.05, (rate + 77, channels)).astype(np.float32)
    changed = voice.change_voice(Sound(rate, channels, len(chance), as_int16(chance)), ctx)
    assert (changed.rate, changed.channels, changed.length) == (rate, channels, rate + 77)


def si_sdr(clean: np.ndarray, other: np.ndarray) -> float:
    scale = float(np.dot(clean, other) / np.dot(clean, clean))
    return float(10 * np.log10(np.sum((scale * clean) ** 2) / np.sum((other - scale * clean) ** 2)))


@pytest.mark.parametrize("snr_db", [0.0, 5.0, 10.0])
def test_noise_gets_less_and_speech_stays(snr_db: float, ctx: Context) -> None:
    clean = sounds.clip("delivery_en").samples
    power = np.square(clean).mean() / 10 ** (snr_db / 10)
    noisy = (clean + np.random.default_rng(2).normal(0, np.sqrt(power), len(clean))).astype(np.float32)
    one = Suppressor(16_000)
    pieces = [one.push(noisy[at : at + 5000]) for at in range(0, len(noisy), 5000)]
    out = np.concatenate([*pieces, one.finish()])[: len(noisy)]
    assert si_sdr(clean, out) > si_sdr(clean, noisy) + 2.0
    sound = Sound(16_000, 1, len(noisy), as_int16(noisy)[:, None])
    result, reduced = denoised(sound, speech(sound), ctx)
    assert reduced
    assert result.length == sound.length


def test_clean_sound_is_left_alone(ctx: Context) -> None:
    sound = clip()
    spoken = speech(sound)
    assert signal_to_noise(sound, spoken) > CLEAN_DB
    assert denoised(sound, spoken, ctx) == (sound, False)


def test_a_suppressor_gives_back_as_much_as_it_takes() -> None:
    one = Suppressor(16_000)
    taken = given = 0
    for size in (1, 100, 5000, 256, 255, 16_000):
        taken += size
        given += len(one.push(np.zeros(size, np.float32)))
    given += len(one.finish())
    assert given >= taken
