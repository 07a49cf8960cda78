"""Speech in English and Mandarin, spoken once by espeak-ng (media/speech), with noise mixed in on the spot."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.sample.gold import Draft, Gold, Item
from polyveil.sample.lettering import media
from polyveil.sample.people import Cast
from polyveil.schema.locations import Field, Interval
from polyveil.schema.modality import Modality

RATE = 16_000

Samples = npt.NDArray[np.float32]
"""Mono samples in [-1, 1] at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of speech; a planted value where `entity` is not ''."""

    start_s: float
    end_s: float
    entity: str
    value: str


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording with what is said in it."""

    samples: Samples
    transcript: str
    pieces: tuple[Piece, ...]

    def planted(self, part: str = "") -> tuple[Gold, ...]:
        """Labels where a transcript tells what is said: the planted values alone."""
        return tuple(
            Gold(part, Modality.AUDIO, one.entity, Interval(one.start_s, one.end_s), one.value)
            for one in self.pieces
            if one.entity
        )

    def voiced(self, part: str = "", until_s: float = float("inf")) -> tuple[Gold, ...]:
        """Labels where nothing tells what is said: all speech."""
        return tuple(
            Gold(part, Modality.AUDIO, "VOICE", Interval(one.start_s, min(one.end_s, until_s)))
            for one in self.pieces
            if one.start_s < until_s
        )

    def words(self) -> Draft:
        """The transcript as a text of its own, its planted values labelled."""
        draft, rest = Draft(), self.transcript
        for one in self.pieces:
            if one.entity:
                before, _, rest = rest.partition(one.value)
                draft.say(before).plant(one.entity, one.value)
        return draft.say(rest + "\n")


def items(people: Cast, seed: int) -> Iterator[Item]:
    """All recordings: with and without a transcript beside them, clean and noisy, and duplicates."""
    desk, delivery, card, greeting = (clip(n) for n in ("front_desk_en", "delivery_en", "lost_card_en", "greeting_zh"))
    yield Item("audio/front_desk.wav", wav(desk.samples), desk.planted())
    yield desk.words().item("audio/front_desk.txt")
    yield Item("audio/delivery.flac", encode(delivery.samples, "flac"), delivery.planted())
    yield delivery.words().item("audio/delivery.txt")
    yield Item("audio/greeting_zh.opus", encode(greeting.samples, "opus"), greeting.planted())
    yield greeting.words().item("audio/greeting_zh.txt")
    speaker = people.english[7].name
    tagged = Gold("", Modality.AUDIO, "PERSON", Field("tags/artist"), speaker)
    lost = encode(card.samples, "flac", artist=speaker)
    yield Item("audio/voicemail.flac", lost, (*card.voiced(), tagged))
    yield Item("audio/voicemail_copy.flac", lost, (*card.voiced(), tagged))
    yield Item("audio/voicemail_recompressed.opus", encode(card.samples, "opus"), card.voiced())
    yield Item("audio/voicemail_noisy.wav", wav(noisy(card.samples, seed, snr_db=8.0)), card.voiced())
    yield Item("audio/message_zh.flac", encode(greeting.samples, "flac"), greeting.voiced())
    yield Item("audio/machine_hum.flac", encode(hum(seed), "flac"))


@cache
def clip(name: str) -> Clip:
    """A clip of the package."""
    import av

    facts = json.loads(media("speech/gold.json"))[name]
    with av.open(io.BytesIO(media(f"speech/{name}.opus")), "r") as source:
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [out for frame in source.decode(audio=0) for out in resampler.resample(frame)]
        frames += resampler.resample(None)
    samples = np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float32)
    return Clip(samples, facts["transcript"], tuple(Piece(**one) for one in facts["pieces"]))


def noisy(samples: Samples, seed: int, snr_db: float) -> Samples:
    """White noise and a 50 Hz hum mixed in at a signal-to-noise ratio, loud parts of the signal counted."""
    chance = np.random.default_rng(seed)
    loud = samples[np.abs(samples) > 0.02]
    power = float(np.mean(loud**2)) / 10 ** (snr_db / 10)
    noise = chance.normal(0, np.sqrt(power * 0.8), len(samples))
    noise += np.sqrt(power * 0.4) * np.sin(2 * np.pi * 50 / RATE * np.arange(len(samples)))
    return np.asarray(np.clip(samples + noise, -1, 1)).astype(np.float32)


def hum(seed: int) -> Samples:
    """Four seconds of a machine: harmonics of 100 Hz and noise. No voice."""
    chance = np.random.default_rng(seed + 1)
    time = np.arange(4 * RATE) / RATE
    tones = sum((np.sin(2 * np.pi * 100 * order * time) / order for order in (1, 2, 3, 5)), np.zeros_like(time))
    return np.asarray(0.1 * tones + chance.normal(0, 0.01, len(time))).astype(np.float32)


def pcm(samples: Samples) -> npt.NDArray[np.int16]:
    """16-bit samples."""
    return np.asarray(np.clip(samples, -1, 1) * 32767).astype(np.int16)


def wav(samples: Samples) -> bytes:
    """A RIFF WAVE file, 16 bits, mono."""
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes(pcm(samples).tobytes())
    return out.getvalue()


def encode(samples: Samples, kind: str, **tags: str) -> bytes:
    """'flac', or 'opus' in Ogg at 24 kb/s."""
    import av

    codec, container = ("flac", "flac") if kind == "flac" else ("libopus", "ogg")
    out = io.BytesIO()
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as target:
        target.metadata.update(tags)
        stream: Any = target.add_stream(codec, rate=RATE, layout="mono")
        if kind == "opus":
            stream.bit_rate = 24_000
        add_sound(target, stream, samples)
    return out.getvalue()


def add_sound(target: Any, stream: Any, samples: Samples) -> None:
    """Encode and write samples to an open container."""
    import av

    frame = av.AudioFrame.from_ndarray(pcm(samples)[None], format="s16", layout="mono")
    frame.sample_rate = RATE
    frame.pts = 0
    resampler = av.AudioResampler(stream.codec_context.format, "mono", stream.codec_context.sample_rate)
    for ready in [*resampler.resample(frame), *resampler.resample(None)]:
        for packet in stream.encode(ready):
            target.mux(packet)
    for packet in stream.encode(None):
        target.mux(packet)
