from __future__ import annotations

import io
import wave
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from polyveil.errors import AssetError
from polyveil.modalities.audio import codec
from polyveil.modalities.audio.sound import Recorder, Sound
from polyveil.modalities.interface import Context
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

RATE = 22_050


def part(data: bytes) -> Part:
    return Part("", Modality.AUDIO, "audio/x", data)


def chirp(seconds: float = 2.0, channels: int = 2, rate: int = RATE) -> npt.NDArray[np.int16]:
    time = np.arange(int(seconds * rate)) / rate
    tone = np.sin(2 * np.pi * (200 * time + 150 * time**2)) * 9000
    return np.stack([tone, tone * 0.5][:channels], axis=1).astype(np.int16)


def wav(samples: npt.NDArray[np.int16], rate: int = RATE) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        target.setnchannels(samples.shape[1])
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes(samples.tobytes())
    return out.getvalue()


def written(kind: str, name: str, rate: int = 48_000, **tags: str) -> bytes:
    out = io.BytesIO()
    samples = chirp(rate=rate)
    with av.open(out, "w", format=kind) as container:
        container.metadata.update(tags)
        stream: Any = container.add_stream(name, rate=rate, layout="stereo")
        resampler = av.AudioResampler(format=stream.codec_context.format or "s16", layout="stereo", rate=rate)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = rate
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("wav", "pcm_s16le"),
        ("wav", "pcm_s24le"),
        ("wav", "pcm_f32le"),
        ("aiff", "pcm_s16be"),
        ("flac", "flac"),
        ("mp3", "libmp3lame"),
        ("ogg", "libopus"),
        ("mp4", "aac"),
        ("adts", "aac"),
        ("matroska", "aac"),
        ("ipod", "alac"),
        ("caf", "pcm_s16be"),
    ],
)
def test_common_formats_decode_to_the_same_sound(kind: str, name: str, ctx: Context) -> None:
    sound = codec.decode(part(written(kind, name)), ctx)
    assert (sound.rate, sound.channels) == (48_000, 2)
    assert sound.seconds == pytest.approx(2.0, abs=0.07)
    level = float(np.sqrt(np.mean(sound.read(0, sound.length)[:, 0] ** 2)))
    assert level == pytest.approx(9000 / 32768 / np.sqrt(2), rel=0.06)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100])
def test_flac_keeps_every_sample(channels: int, rate: int, ctx: Context) -> None:
    samples = chirp(1.3, channels, rate)
    sound = codec.decode(part(wav(samples, rate)), ctx)
    data, media_type = codec.encode(sound, ctx, "flac")
    assert isinstance(data, bytes)
    assert media_type == "audio/flac"
    again = codec.decode(part(data), ctx)
    assert again.rate == rate
    assert np.array_equal(again.raw(0, again.length), samples)


def test_24_bits_survive(ctx: Context) -> None:
    fine = (np.random.default_rng(1).integers(-(2**22), 2**22, (5000, 1)) / 2**23).astype(np.float32)
    data, _ = codec.encode(Sound(48_000, 1, 5000, fine, wide=True), ctx, "flac")
    assert isinstance(data, bytes)
    again = codec.decode(part(data), ctx)
    assert again.wide
    assert np.array_equal(again.read(0, 5000), fine)


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_opus_keeps_the_duration_and_shrinks(rate: int, ctx: Context) -> None:
    sound = Sound(rate, 2, 2 * rate, chirp(rate=rate))
    data, media_type = codec.encode(sound, ctx, "opus")
    assert isinstance(data, bytes)
    assert media_type == "audio/ogg"
    assert len(data) < 2 * 2 * 2 * rate / 4
    assert codec.decode(part(data), ctx).seconds == pytest.approx(2.0, abs=0.01)
    assert codec.encode(sound, ctx, "opus")[0] == data


@pytest.mark.parametrize("kind", ["flac", "opus"])
def test_no_tag_is_written(kind: Any, ctx: Context) -> None:
    source = written("flac", "flac", artist="Cornelia Ravensworth", comment="call 212-555-0177")
    assert codec.tags(part(source))["artist"] == "Cornelia Ravensworth"
    data, _ = codec.encode(codec.decode(part(source), ctx), ctx, kind)
    assert isinstance(data, bytes)
    assert b"Ravensworth" not in data
    assert set(codec.tags(part(data))) <= {"encoder"}


def _broken() -> dict[str, tuple[bytes, QuarantineCode]]:
    good = wav(chirp())
    lying = bytearray(good)
    lying[40:44] = (len(good) * 50).to_bytes(4, "little")
    return {
        "nothing": (b"", QuarantineCode.EMPTY),
        "zeros": (bytes(5000), QuarantineCode.CORRUPT),
        "words": (b"this is no sound at all " * 100, QuarantineCode.CORRUPT),
        "a head alone": (good[:44], QuarantineCode.CORRUPT),
        "half a flac": (written("flac", "flac")[:20_000], QuarantineCode.CORRUPT),
        "a header that promises more": (bytes(lying), QuarantineCode.CORRUPT),
        "an unknown codec": (good[:20] + b"\x77\x77" + good[22:], QuarantineCode.CORRUPT),
        "half an m4a": (written("mp4", "aac")[:9000], QuarantineCode.CORRUPT),
        "a playlist": (b"#EXTM3U\n#EXTINF:3,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", QuarantineCode.CORRUPT),
        "a concatenation": (b"ffconcat version 1.0\nfile /etc/hostname\n", QuarantineCode.CORRUPT),
    }


@pytest.mark.parametrize("name", sorted(_broken()))
def test_broken_input_is_refused_with_a_code(name: str, ctx: Context) -> None:
    data, code = _broken()[name]
    with pytest.raises(AssetError) as caught:
        codec.decode(part(data), ctx)
    assert caught.value.code is code


@pytest.mark.parametrize(
    "limits", [Limits(max_duration_s=1.0), Limits(max_expanded_bytes=50_000)], ids=["duration", "bytes"]
)
@pytest.mark.parametrize("make", [lambda: wav(chirp()), lambda: written("mp3", "libmp3lame")], ids=["wav", "mp3"])
def test_limits_hold(limits: Limits, make: Callable[[], bytes], ctx: Context) -> None:
    with pytest.raises(AssetError) as caught:
        codec.decode(part(make()), replace(ctx, limits=limits))
    assert caught.value.code is QuarantineCode.TOO_LARGE


def test_long_sound_goes_to_a_file_in_the_workdir(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polyveil.modalities.audio.sound._IN_MEMORY", 10_000)
    samples = chirp()
    recorder = Recorder(RATE, 2, ctx.workdir, wide=False)
    for start in range(0, len(samples), 1000):
        recorder.write(samples[start : start + 1000].astype(np.float32) / np.float32(32768))
    sound = recorder.done()
    assert not isinstance(sound.data, np.ndarray)
    assert sound.data.parent == ctx.workdir
    assert np.array_equal(sound.raw(0, sound.length), samples)
    assert np.array_equal(sound.read(777, 1777), samples[777:1777].astype(np.float32) / 32768)
    data, _ = codec.encode(sound, ctx, "flac")
    assert isinstance(data, bytes)
    assert np.array_equal(codec.decode(part(data), ctx).raw(0, len(samples)), samples)
