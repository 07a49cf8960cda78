"""The audio room against reference data: alignment, leakage, noise, duplicates, speed.

    python benchmarks/audio.py FOLDER [alignment|boundaries|noise|duplicates|voice|speed]...

FOLDER holds librivox/ (recordings with word alignments) and librispeech_one_each/ (one FLAC a speaker).
"""

from __future__ import annotations

import io
import json
import resource
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from polyveil.identity import Identity
from polyveil.modalities import audio
from polyveil.modalities.audio import codec
from polyveil.modalities.audio.denoise import Suppressor, signal_to_noise
from polyveil.modalities.audio.detectors.speech import speech, without
from polyveil.modalities.audio.detectors.words import align
from polyveil.modalities.audio.fingerprint import bit_error_rate, fingerprint, similar
from polyveil.modalities.audio.sound import Sound, as_int16
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part


def sound_of(path: Path, ctx: Context) -> Sound:
    return codec.decode(Part("", Modality.AUDIO, "audio/x", path), ctx)


def alignment(folder: Path, ctx: Context) -> None:
    starts, ends, leaks, words, trusted, spent, heard = [], [], {0.0: 0, 0.1: 0, 0.2: 0}, 0, 0, 0.0, 0.0
    for path in sorted((folder / "librivox").glob("*0*.wav")):
        gold = [word for word in json.loads(path.with_suffix(".json").read_text())["w"] if word["t"][0] != "<"]
        samples = codec.mono_at(sound_of(path, ctx), 16_000)
        began = time.perf_counter()
        found = align(samples, path.with_suffix(".txt").read_text(), ctx.workdir) or []
        spent, heard = spent + time.perf_counter() - began, heard + len(samples) / 16_000
        assert len(found) == len(gold)
        for one, word in zip(found, gold, strict=True):
            start, end = word["b"], word["b"] + word["d"]
            starts.append(abs(one.start_s - start))
            ends.append(abs(one.end_s - end))
            words, trusted = words + 1, trusted + one.trusted
            for pad in leaks:
                left = without([(start, end)], [(one.start_s - pad, one.end_s + pad)])
                pieces = [samples[int(a * 16_000) : int(b * 16_000)] for a, b in left]
                inside = samples[int(start * 16_000) : int(end * 16_000)]
                leaked = sum(float(np.square(piece).sum()) for piece in pieces)
                leaks[pad] += leaked > 0.01 * float(np.square(inside).sum())
    print(f"alignment: {words} words, {trusted / words:.1%} trusted, RTF {spent / heard:.3f}")
    print(f"  median error start {np.median(starts) * 1000:.0f} ms, end {np.median(ends) * 1000:.0f} ms")
    for pad, count in leaks.items():
        print(f"  pad {pad * 1000:3.0f} ms: more than 1 % of the energy outside for {count / words:.1%} of words")


def boundaries(_folder: Path, ctx: Context) -> None:
    """The sample's clips were spoken piece by piece, so the first word of a piece starts at a known time.

    (The alignments of librivox/ were made with the same acoustic model: they show that times are read out rightly, no
    more.)
    """
    from polyveil.sample import sounds

    starts, ends = [], []
    for name in ("front_desk_en", "delivery_en", "lost_card_en"):
        clip = sounds.clip(name)
        words = align(clip.samples, clip.transcript, ctx.workdir) or []
        for piece in clip.pieces:
            starts.append(min(abs(word.start_s - piece.start_s) for word in words))
            ends.append(min(abs(word.end_s - piece.end_s) for word in words))
    for name, errors in (("start", starts), ("end", ends)):
        print(f"boundaries: {name} median {np.median(errors) * 1000:.0f} ms, worst {max(errors) * 1000:.0f} ms")


def si_sdr(clean: Any, other: Any) -> float:
    scale = np.dot(clean, other) / np.dot(clean, clean)
    return float(10 * np.log10(np.sum((scale * clean) ** 2) / np.sum((other - scale * clean) ** 2)))


def noise(folder: Path, ctx: Context) -> None:
    chance = np.random.default_rng(1)
    for kind in ("white", "pink", "babble"):
        for level in (0, 5, 10, 20):
            rows = []
            files = sorted((folder / "librispeech_one_each").glob("*.flac"))
            for index, path in enumerate(files[:12]):
                clean = sound_of(path, ctx).read(0, 10**9)[:, 0].astype(np.float64)
                added = chance.normal(0, 1, len(clean))
                if kind == "pink":
                    spectrum = np.fft.rfft(added)
                    added = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 20)), len(added))
                if kind == "babble":
                    others = [sound_of(files[20 + (index * 6 + k) % 100], ctx).read(0, 10**9)[:, 0] for k in range(6)]
                    added = sum(np.resize(other, len(clean)) for other in others).astype(np.float64)
                added *= np.sqrt(np.square(clean).mean() / np.square(added).mean()) / 10 ** (level / 20)
                noisy = clean + added
                mono = Sound(16_000, 1, len(noisy), noisy.astype(np.float32)[:, None], wide=True)
                estimate = signal_to_noise(mono, speech(mono))
                one = Suppressor(16_000)
                out = np.concatenate([one.push(noisy.astype(np.float32)), one.finish()])[: len(noisy)]
                rows.append((si_sdr(clean, noisy), si_sdr(clean, out), estimate))
            before, after, estimate = np.mean(rows, axis=0)
            print(f"noise: {kind:6} {level:2} dB: SI-SDR {before:5.1f} -> {after:5.1f}, estimated SNR {estimate:5.1f}")


def _mp3(sound: Sound) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp3") as container:
        stream: Any = container.add_stream("libmp3lame", rate=sound.rate, layout="mono")
        stream.bit_rate = 64_000
        resampler = av.AudioResampler(format=stream.codec_context.format or "s16", layout="mono", rate=sound.rate)
        pcm = as_int16(sound.read(0, sound.length).mean(axis=1, keepdims=True)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate = sound.rate
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()


def duplicates(folder: Path, ctx: Context) -> None:
    files = sorted(folder.rglob("*.flac")) + sorted(folder.rglob("*.wav"))
    marks = [fingerprint(sound_of(path, ctx)) for path in files]
    shared = false = 0
    for a, b in combinations(marks, 2):
        if set(a.bands) & set(b.bands):
            shared += 1
            false += similar(a, b)
    print(f"duplicates: {len(files)} recordings, {shared} pairs share a band, {false} false pairs")
    chance = np.random.default_rng(2)
    for name in ("mp3 64k", "opus 24k", "gain -6 dB", "trim 1.3 s", "noise 15 dB", "8 kHz", "first half"):
        hits, kept, worst = 0, 0, 0.0
        chosen = [(path, mark) for path, mark in zip(files, marks, strict=True) if mark.near][:40]
        for path, mark in chosen:
            sound = sound_of(path, ctx)
            samples = sound.read(0, sound.length)
            if name.startswith(("mp3", "opus")):
                data = _mp3(sound) if name.startswith("mp3") else codec.encode(sound, ctx, "opus", 24_000)[0]
                other = codec.decode(Part("", Modality.AUDIO, "audio/x", data), ctx)
            elif name == "8 kHz":
                low = codec.mono_at(sound, 8000)
                other = Sound(8000, 1, len(low), as_int16(low)[:, None])
            else:
                if name.startswith("gain"):
                    samples = samples * np.float32(0.5)
                if name.startswith("trim"):
                    samples = samples[int(1.3 * sound.rate) :]
                if name.startswith("first"):
                    samples = samples[: len(samples) * 6 // 10]
                if name.startswith("noise"):
                    level = np.sqrt(np.square(samples).mean()) * 10 ** (-15 / 20)
                    samples = samples + chance.normal(0, level, samples.shape).astype(np.float32)
                other = Sound(sound.rate, sound.channels, len(samples), as_int16(samples))
            copy = fingerprint(other)
            if not copy.near:
                continue
            kept += 1
            shares = bool(set(mark.bands) & set(copy.bands))
            hits += shares and similar(mark, copy)
            worst = max(worst, bit_error_rate(mark.near, copy.near))
        print(f"  {name:12} recall {hits}/{kept}, worst bit error rate {worst:.2f}")


def voice(folder: Path, ctx: Context) -> None:
    from polyveil.modalities.audio.operators.voice import change_voice

    spent = heard = 0.0
    for path in sorted((folder / "librispeech_one_each").glob("*.flac"))[:5]:
        sound = sound_of(path, ctx)
        began = time.perf_counter()
        changed = change_voice(sound, ctx)
        spent, heard = spent + time.perf_counter() - began, heard + sound.seconds
        assert changed.length == sound.length
    print(f"voice: RTF {spent / heard:.3f}")


def speed(folder: Path, ctx: Context) -> None:
    """An hour of speech: time and peak memory."""
    pieces = [
        sound_of(path, ctx).read(0, 10**9)[:, 0] for path in sorted((folder / "librispeech_one_each").glob("*.flac"))
    ]
    one = np.concatenate(pieces)
    hour = as_int16(np.resize(one, 3600 * 16_000))[:, None]
    data, _ = codec.encode(Sound(16_000, 1, len(hour), hour), ctx, "flac")
    del hour, one, pieces
    part = Part("", Modality.AUDIO, "audio/flac", data)
    for name in ("inspect", "transform"):
        began = time.perf_counter()
        if name == "inspect":
            found = audio.inspect(part, ctx)
        else:
            audio.transform(part, found.findings, ctx)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"speed: {name} of an hour {time.perf_counter() - began:.1f} s, peak memory {peak:.0f} MB")


def main(folder: Path, chosen: list[str]) -> None:
    parts = {
        "alignment": alignment,
        "boundaries": boundaries,
        "noise": noise,
        "duplicates": duplicates,
        "voice": voice,
        "speed": speed,
    }
    with tempfile.TemporaryDirectory() as workdir:
        ctx = Context(load("default"), Identity(bytes(32)), Path(workdir))
        for name in chosen or parts:
            parts[name](folder, ctx)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
