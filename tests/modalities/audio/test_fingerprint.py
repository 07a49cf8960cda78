from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from polyveil.modalities.audio import codec
from polyveil.modalities.audio.fingerprint import bit_error_rate, fingerprint, similar
from polyveil.modalities.audio.sound import Sound, as_int16
from polyveil.modalities.interface import Context
from polyveil.sample import sounds
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

CLIPS = ("front_desk_en", "delivery_en", "lost_card_en", "greeting_zh")
Array = npt.NDArray[np.float32]


def sound(samples: Array, rate: int = 16_000) -> Sound:
    return Sound(rate, 1, len(samples), as_int16(samples)[:, None])


def _opus(samples: Array, ctx: Context) -> Sound:
    data, _ = codec.encode(sound(samples), ctx, "opus", 24_000)
    return codec.decode(Part("", Modality.AUDIO, "audio/ogg", data), ctx)


def _noise(samples: Array, _ctx: Context) -> Sound:
    level = np.sqrt(np.square(samples).mean()) * 10 ** (-15 / 20)
    return sound(samples + np.random.default_rng(4).normal(0, level, len(samples)).astype(np.float32))


CHANGES: dict[str, Callable[[Array, Context], Sound]] = {
    "opus": _opus,
    "noise": _noise,
    "gain": lambda samples, _: sound(samples * np.float32(0.4)),
    "trim": lambda samples, _: sound(samples[12_345:]),
    "lead": lambda samples, _: sound(np.concatenate([np.zeros(7_777, np.float32), samples])),
    "rate": lambda samples, _: sound(codec.mono_at(sound(samples), 8000), 8000),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("name", CLIPS)
def test_changed_copies_are_found(name: str, change: str, ctx: Context) -> None:
    samples = sounds.clip(name).samples
    one, two = fingerprint(sound(samples)), fingerprint(CHANGES[change](samples, ctx))
    assert one.exact != two.exact
    assert set(one.bands) & set(two.bands)
    assert similar(one, two)
    assert similar(two, one)


def test_other_recordings_are_not(ctx: Context) -> None:
    marks = [fingerprint(sound(sounds.clip(name).samples)) for name in CLIPS]
    for index, one in enumerate(marks):
        assert similar(one, one)
        for two in marks[index + 1 :]:
            assert not similar(one, two)
            assert bit_error_rate(one.near, two.near) > 0.36


def test_the_exact_mark_is_of_samples_not_of_the_file(ctx: Context) -> None:
    samples = sounds.clip("delivery_en").samples
    files = (
        ("audio/wav", sounds.wav(samples)),
        ("audio/flac", sounds.encode(samples, "flac")),
        ("audio/flac", sounds.encode(samples, "flac", artist="Somebody")),
    )
    marks = [fingerprint(codec.decode(Part("", Modality.AUDIO, kind, data), ctx)).exact for kind, data in files]
    assert len(set(marks)) == 1
    louder = fingerprint(sound(samples * np.float32(0.99)))
    assert louder.exact not in marks


@pytest.mark.parametrize("samples", [np.zeros(80_000, np.float32), sounds.clip("delivery_en").samples[:40_000]])
def test_silence_and_snippets_have_an_exact_mark_only(samples: Array) -> None:
    mark = fingerprint(sound(samples))
    assert len(mark.exact) == 32
    assert mark.near == b""
    assert mark.bands == ()
