from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from polyveil.errors import AssetError, PolicyError
from polyveil.modalities import audio
from polyveil.modalities.audio import codec
from polyveil.modalities.audio.detectors.speech import Intervals, merged, without
from polyveil.modalities.audio.sound import Sound
from polyveil.modalities.interface import Context
from polyveil.sample import sounds
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection
from polyveil.schema.locations import Field, Interval
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known, Part
from polyveil.schema.policy import Operator

ENGLISH = ("front_desk_en", "delivery_en", "lost_card_en")
QUIET = 10 ** (-50 / 20)


def recording(name: str, transcript: str | None = None, snr_db: float | None = None, **more: Any) -> Part:
    samples = sounds.clip(name).samples
    if snr_db is not None:
        samples = sounds.noisy(samples, 3, snr_db)
    return Part("", Modality.AUDIO, "audio/wav", sounds.wav(samples), Hints(transcript=transcript, **more))


def with_road(ctx: Context, **changes: Any) -> Context:
    roads = ctx.policy.roads
    road = roads.audio.model_copy(update=changes)
    return replace(ctx, policy=ctx.policy.model_copy(update={"roads": roads.model_copy(update={"audio": road})}))


def intervals(found: Inspection) -> Intervals:
    places = [one.location for one in found.findings]
    return merged([(place.start_s, place.end_s) for place in places if isinstance(place, Interval)], 1e6)


def pieces(name: str, *, planted: bool) -> Intervals:
    return [(one.start_s, one.end_s) for one in sounds.clip(name).pieces if one.entity or not planted]


def loudest(part: Part, where: Intervals, ctx: Context) -> float:
    sound = codec.decode(part, ctx)
    cut = [sound.cut(start, end) for start, end in where]
    return max(float(np.abs(piece.read(0, piece.length)).max()) for piece in cut)


@pytest.mark.parametrize("snr_db", [None, 8.0, 0.0])
@pytest.mark.parametrize("name", ENGLISH)
def test_planted_words_are_covered_and_silenced(name: str, snr_db: float | None, ctx: Context) -> None:
    part = recording(name, sounds.clip(name).transcript, snr_db)
    found = audio.inspect(part, ctx)
    planted = pieces(name, planted=True)
    assert without(planted, intervals(found)) == []
    done = audio.transform(part, found.findings, ctx)
    assert loudest(done.part, planted, ctx) < QUIET
    assert codec.decode(done.part, ctx).length == codec.decode(part, ctx).length


@pytest.mark.parametrize("name", ENGLISH)
def test_other_words_stay(name: str, ctx: Context) -> None:
    part = recording(name, sounds.clip(name).transcript)
    found = audio.inspect(part, ctx)
    spoken = pieces(name, planted=False)
    total = sum(end - start for start, end in spoken)
    planted = sum(end - start for start, end in pieces(name, planted=True))
    kept = sum(end - start for start, end in without(spoken, intervals(found)))
    assert kept > 0.6 * (total - planted)
    numbers = [one for one in found.findings if one.entity == "PHONE_NUMBER"]
    assert len(numbers) == sum(one.entity == "PHONE_NUMBER" for one in sounds.clip(name).pieces)
    before, after = codec.decode(part, ctx), codec.decode(audio.transform(part, found.findings, ctx).part, ctx)
    start, end = max(without(spoken, intervals(found)), key=lambda piece: piece[1] - piece[0])
    first, last = int((start + 0.01) * before.rate), int((end - 0.01) * before.rate)
    assert np.array_equal(before.raw(first, last), after.raw(first, last))


@pytest.mark.parametrize("name", [*ENGLISH, "greeting_zh"])
@pytest.mark.parametrize("snr_db", [None, 8.0])
def test_without_a_transcript_no_speech_is_left(name: str, snr_db: float | None, ctx: Context) -> None:
    part = recording(name, None, snr_db)
    found = audio.inspect(part, ctx)
    assert without(pieces(name, planted=False), intervals(found)) == []
    done = audio.transform(part, found.findings, ctx)
    inner = [(start + 0.05, end - 0.05) for start, end in intervals(found)]
    assert loudest(done.part, inner, ctx) < QUIET
    assert [one.entity for one in done.applied] == ["VOICE"]


def test_a_transcript_of_something_else_silences_everything(ctx: Context) -> None:
    part = recording("front_desk_en", "Call me Ishmael. Some years ago, never mind how long precisely, I went to sea.")
    assert without(pieces("front_desk_en", planted=False), intervals(audio.inspect(part, ctx))) == []


def test_speech_that_the_transcript_lacks_is_silenced(ctx: Context) -> None:
    one, two = sounds.clip("delivery_en"), sounds.clip("lost_card_en")
    both = np.concatenate([one.samples, np.zeros(16_000, np.float32), two.samples])
    part = Part("", Modality.AUDIO, "audio/wav", sounds.wav(both), Hints(transcript=one.transcript))
    shift = len(one.samples) / sounds.RATE + 1.0
    hidden = [(piece.start_s + shift, piece.end_s + shift) for piece in two.pieces if piece.entity]
    assert without(hidden, intervals(audio.inspect(part, ctx))) == []


def test_mandarin_with_times_hides_the_cue_and_what_no_cue_holds(ctx: Context) -> None:
    cues = (
        "1\n00:00:00,200 --> 00:00:02,250\n您好\n\n2\n00:00:02,250 --> 00:00:10,400\n覃望舒,我的手机号是19900005678。\n"
    )
    found = audio.inspect(recording("greeting_zh", cues), ctx)
    covered = intervals(found)
    assert without([(2.3, 10.35)], covered) == []
    assert without([(10.9, 14.0)], covered) == []  # spoken after the last cue
    assert without([(0.3, 1.2)], covered) == [(0.3, 1.2)]


def test_mandarin_without_times_hides_all_speech(ctx: Context) -> None:
    found = audio.inspect(recording("greeting_zh", sounds.clip("greeting_zh").transcript), ctx)
    assert without(pieces("greeting_zh", planted=False), intervals(found)) == []
    assert "CN_PHONE_NUMBER" in {one.entity for one in found.findings}


def test_english_with_times(ctx: Context) -> None:
    clip = sounds.clip("front_desk_en")
    cues = (
        "WEBVTT\n\n00:00.300 --> 00:05.000\nGood morning, this is the front desk. My name is Adelaide Winterbourne,\n\n"
        "00:04.900 --> 00:10.700\nand my phone number is 415-555-0190.\n\n"
        "00:10.700 --> 00:12.600\nPlease call me back tomorrow.\n"
    )
    found = audio.inspect(recording("front_desk_en", cues), ctx)
    assert without([(one.start_s, one.end_s) for one in clip.pieces if one.entity], intervals(found)) == []
    assert sum(end - start for start, end in intervals(found)) < 8.0


def test_a_name_known_from_elsewhere_is_found(ctx: Context) -> None:
    part = recording("delivery_en", sounds.clip("delivery_en").transcript, known=(Known("DEVICE_ID", "parcel"),))
    assert "DEVICE_ID" in {one.entity for one in audio.inspect(part, ctx).findings}


def test_silence_and_machines_hold_no_findings(ctx: Context) -> None:
    hum = Part("", Modality.AUDIO, "audio/wav", sounds.wav(sounds.hum(1)))
    still = Part("", Modality.AUDIO, "audio/wav", sounds.wav(np.zeros(32_000, np.float32)))
    for part in (hum, still):
        found = audio.inspect(part, ctx)
        assert found.findings == ()
        done = audio.transform(part, (), ctx)
        assert np.array_equal(codec.decode(done.part, ctx).raw(0, 10**6), codec.decode(part, ctx).raw(0, 10**6))


def test_quiet_speech_on_one_channel_is_heard(ctx: Context) -> None:
    clip = sounds.clip("lost_card_en")
    loud = np.random.default_rng(5).normal(0, 0.02, len(clip.samples))
    stereo = np.stack([loud, clip.samples * 0.05], axis=1)
    sound = Sound(16_000, 2, len(stereo), (stereo * 32767).astype(np.int16))
    data, _ = codec.encode(sound, ctx, "flac")
    found = audio.inspect(Part("", Modality.AUDIO, "audio/flac", data), ctx)
    assert without(pieces("lost_card_en", planted=False), intervals(found)) == []


def test_tags_are_found_and_dropped(ctx: Context) -> None:
    data = sounds.encode(sounds.clip("delivery_en").samples, "flac", artist="Theodora Quillfeather")
    part = Part("", Modality.AUDIO, "audio/flac", data)
    found = audio.inspect(part, ctx)
    tags = [one for one in found.findings if isinstance(one.location, Field)]
    assert [(one.entity, one.location) for one in tags] == [("PERSON", Field("tags/artist"))]
    assert b"Quillfeather" not in audio.transform(part, found.findings, ctx).part.read()


@pytest.mark.parametrize("kind", ["flac", "opus"])
def test_a_bleep_keeps_nothing_of_the_envelope(kind: str, ctx: Context) -> None:
    bleeping = with_road(ctx, default=Operator(op="bleep"), format=kind)
    part = recording("lost_card_en", sounds.clip("lost_card_en").transcript)
    done = audio.transform(part, audio.inspect(part, bleeping).findings, bleeping)
    assert "bleep" in {one.operator for one in done.applied}
    sound = codec.decode(done.part, bleeping)
    start, end = pieces("lost_card_en", planted=True)[-1]
    inside = sound.cut(start, end)
    size = inside.rate // 50
    samples = inside.read(0, inside.length // size * size).reshape(-1, size)
    levels = np.sqrt((samples**2).mean(axis=1))
    assert levels.min() > 0.02
    assert levels.std() < 0.05 * levels.mean()


@pytest.mark.parametrize(("speech", "inspected"), [("silence", "yes"), ("keep", "no"), ("voice-change", "no")])
def test_policies_of_speech(speech: str, inspected: str, ctx: Context) -> None:
    other = with_road(ctx, speech=speech)
    part = recording("delivery_en", sounds.clip("delivery_en").transcript)
    found = audio.inspect(part, other)
    assert found.metrics["content_inspected"] == inspected
    before, after = (codec.decode(one, other) for one in (part, audio.transform(part, found.findings, other).part))
    assert before.length == after.length
    same = np.array_equal(before.raw(0, before.length), after.raw(0, after.length))
    assert same is (speech == "keep")
    energy = float(np.square(after.read(0, after.length)).mean())
    assert (energy < 1e-6) is (speech == "silence")


def test_an_unknown_operator_names_the_known_ones(ctx: Context) -> None:
    wrong = with_road(ctx, default=Operator(op="whisper"))
    with pytest.raises(PolicyError, match="bleep, silence"):
        audio.transform(recording("delivery_en"), [Finding("VOICE", Interval(0.5, 1.0), 1.0, "test")], wrong)


def test_what_is_left_is_noticed(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[audio.transform.__module__]
    monkeypatch.setattr(module, "_applied", lambda sound, cuts, ctx: sound)
    with pytest.raises(AssetError) as caught:
        audio.transform(recording("delivery_en"), [Finding("VOICE", Interval(0.5, 2.0), 1.0, "test")], ctx)
    assert caught.value.code is QuarantineCode.VERIFY_FAILED


def test_nothing_is_printed_or_left_behind(ctx: Context, capfd: pytest.CaptureFixture[str]) -> None:
    part = recording("lost_card_en", sounds.clip("lost_card_en").transcript)
    audio.transform(part, audio.inspect(part, ctx).findings, ctx)
    out, err = capfd.readouterr()
    assert out == err == ""
    assert list(ctx.workdir.iterdir()) == []


def test_bytes_and_streams_agree(ctx: Context, tmp_path: Any) -> None:
    part = recording("delivery_en", sounds.clip("delivery_en").transcript)
    file = tmp_path / "x"
    file.write_bytes(part.read())
    assert audio.inspect(part, ctx).findings == audio.inspect(replace(part, data=file), ctx).findings
