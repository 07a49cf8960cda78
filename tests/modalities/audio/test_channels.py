"""Sound of more than two channels: each stays in its place, and what is hidden is hidden in every one."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from polyveil.modalities.audio import codec, inspect, transform
from polyveil.modalities.audio.detectors.speech import merged, without
from polyveil.modalities.audio.layout import carried
from polyveil.modalities.audio.sound import Sound
from polyveil.modalities.interface import Context
from polyveil.sample import sounds
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Interval
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import Operator

RATE, SECONDS = 48_000, 1.5
_BLEEP = 10 ** (-26 / 20) / 2**0.5


def written(kind: str, name: str, layout: str) -> bytes:
    """A tone, in each channel as loud as its place says: the last one is the loudest."""
    import av

    channels = av.AudioLayout(layout).nb_channels
    tone = np.sin(2 * np.pi * 100 * np.arange(round(SECONDS * RATE)) / RATE)  # deep enough for the bass channel
    samples = (tone[:, None] * 16_000 * np.arange(1, channels + 1) / channels).astype(np.int16)
    sink = io.BytesIO()
    with av.open(sink, "w", format=kind) as target:
        stream = target.add_stream(name, rate=RATE, layout=layout)
        assert isinstance(stream, av.AudioStream)
        size = stream.codec_context.frame_size or 1024
        for start in range(0, len(samples), size):
            block = np.ascontiguousarray(samples[start : start + size].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return sink.getvalue()


@pytest.mark.parametrize("out", ["flac", "opus"])
@pytest.mark.parametrize("op", ["silence", "bleep"])
@pytest.mark.parametrize(
    "written_as",
    [
        ("wav", "pcm_s16le", "5.1"),
        ("au", "pcm_s16be", "5.1"),  # which does not say where its channels are
        ("flac", "flac", "5.1"),
        ("flac", "flac", "5.1(side)"),
        ("flac", "flac", "5.0"),
        ("flac", "flac", "6.1"),
        ("flac", "flac", "7.1"),
        ("flac", "flac", "quad"),
        ("ac3", "ac3", "5.1(side)"),
    ],
)
def test_every_channel_is_kept_and_hidden(written_as: tuple[str, str, str], op: str, out: str, ctx: Context) -> None:
    kind, name, layout = written_as
    rule = ctx.policy.entities["PERSON"].model_copy(update={"audio": Operator(op=op)})
    road = ctx.policy.roads.audio.model_copy(update={"format": out, "denoise": "off"})
    roads = ctx.policy.roads.model_copy(update={"audio": road})
    ctx = replace(ctx, policy=ctx.policy.model_copy(update={"entities": {"PERSON": rule}, "roads": roads}))
    part = Part("sound", Modality.AUDIO, f"audio/{kind}", written(kind, name, layout))
    done = transform(part, [Finding("PERSON", Interval(0.5, 1.0), 1.0, "by hand")], ctx)
    sound = codec.decode(done.part, ctx)
    channels = int(layout[0]) + int(layout[2]) if layout[0].isdigit() else 4
    assert sound.channels == channels
    levels = np.sqrt(np.square(sound.read(round(0.1 * RATE), round(0.4 * RATE))).mean(axis=0))
    assert levels == pytest.approx(16_000 / 32_768 / 2**0.5 * np.arange(1, channels + 1) / channels, rel=0.1)
    hidden = np.sqrt(np.square(sound.read(round(0.55 * RATE), round(0.95 * RATE))).mean(axis=0))
    assert hidden == pytest.approx(_BLEEP if op == "bleep" else 0.0, abs=0.004)


@pytest.mark.parametrize("place", [2, 5])
def test_words_on_one_of_six_channels_are_located(place: int, ctx: Context) -> None:
    clip = sounds.clip("lost_card_en")
    noise = np.random.default_rng(5).normal(0, 0.001, (len(clip.samples), 6))
    noise[:, place] += clip.samples
    stored = (np.clip(noise, -1, 1) * 32_767).astype(np.int16)
    data, _ = codec.encode(Sound(16_000, 6, len(stored), stored, named="5.1"), ctx, "flac")
    part = Part("", Modality.AUDIO, "audio/flac", data, Hints(transcript=clip.transcript))
    found = [one.location for one in inspect(part, ctx).findings if isinstance(one.location, Interval)]
    covered = merged([(one.start_s, one.end_s) for one in found], len(stored) / 16_000)
    planted = [(one.start_s, one.end_s) for one in clip.pieces if one.entity]
    assert without(planted, covered) == []
    assert sum(end - start for start, end in covered) < 0.8 * len(stored) / 16_000  # located, not covered as a whole


@pytest.mark.parametrize(
    ("name", "channels", "expected"),
    [
        ("mono", 1, "mono"),
        ("5.1(side)", 6, "5.1(side)"),
        ("6 channels", 6, "5.1"),
        ("2 channels", 2, "stereo"),
        ("1 channels", 1, "mono"),
        ("16 channels", 16, "stereo"),
        ("ambisonic 1", 4, "stereo"),
        ("downmix", 2, "stereo"),
    ],
)
def test_layouts_that_are_carried(name: str, channels: int, expected: str) -> None:
    assert carried(name, channels) == expected
