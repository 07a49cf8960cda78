"""Answer findings in a sound: denoise, silence or cover them, change voices, encode without tags, and check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from polyveil import plugins
from polyveil.errors import AssetError, PolicyError
from polyveil.modalities.audio.codec import decode, encode
from polyveil.modalities.audio.denoise import denoised
from polyveil.modalities.audio.detectors.speech import merged
from polyveil.modalities.audio.operators.interface import Stretch
from polyveil.modalities.audio.operators.voice import change_voice
from polyveil.modalities.audio.sound import BLOCK_S, Recorder, Sound
from polyveil.modalities.interface import Context
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Transformed
from polyveil.schema.locations import Field, Interval
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import Operator, Policy

_INSET_S = 0.05  # fades, and what a lossy codec smears over an edge
_REMAINS = 10 ** (-50 / 20)  # of full scale, after a lossy codec
_VOICE_CHANGE = "voice_change"

Cut = tuple[float, float, Operator]


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The de-identified sound, as long as the input.

    Raises:
        AssetError: as `decode`; VERIFY_FAILED if sound is left where it was to be silenced.
        PolicyError: the policy names an audio operator that does not exist.
    """
    road = ctx.policy.roads.audio
    cuts, counts = _cuts(findings, ctx.policy)
    sound = decode(part, ctx)
    spoken = [(one.location.start_s, one.location.end_s) for one in findings if isinstance(one.location, Interval)]
    cleaned, reduced = denoised(sound, spoken, ctx) if road.denoise == "auto" else (sound, False)
    changed = road.change_voice or any(operator.op == _VOICE_CHANGE for *_, operator in cuts)
    cuts = [cut for cut in cuts if cut[2].op != _VOICE_CHANGE]
    out = _applied(cleaned, cuts, ctx)
    if changed:
        voice = ctx.policy.operator("VOICE", Modality.AUDIO)
        keyed = voice.op == _VOICE_CHANGE and bool(voice.params.get("keyed"))
        out = _applied(change_voice(out, ctx, part.hints.subject, keyed=keyed), cuts, ctx)
    kind: Literal["flac", "opus"] = "opus" if part.hints.in_film else "flac"
    kind = kind if road.format == "auto" else road.format
    data, media_type = encode(out, ctx, kind, road.bitrate * out.channels)
    done = replace(part, data=data, media_type=media_type, hints=Hints())
    hidden = merged([(start, end) for start, end, _ in cuts], sound.seconds)
    _verify(done, sound, cuts, ctx)
    metrics: dict[str, float | str] = {
        "seconds": round(sound.seconds, 3),
        "seconds_silenced": round(sum(end - start for start, end in hidden), 3),
        "denoised": float(reduced),
        "voice_changed": float(changed),
    }
    return Transformed(done, counts, metrics)


def _cuts(findings: Sequence[Finding], policy: Policy) -> tuple[list[Cut], tuple[Applied, ...]]:
    """What is done where. Speech that inspect wants hidden is hidden even if the policy does not list VOICE."""
    road = policy.roads.audio
    cuts: list[Cut] = []
    counts: Counter[tuple[str, str]] = Counter()
    for one in findings:
        if not isinstance(one.location, Interval):
            continue
        operator = policy.operator(one.entity, Modality.AUDIO)
        if one.entity == "VOICE" and road.speech == "voice-change":
            operator = operator if operator.op == _VOICE_CHANGE else Operator(op=_VOICE_CHANGE)
        elif one.entity == "VOICE" and not policy.wants("VOICE"):
            operator = road.default
        counts[one.entity, operator.op] += 1
        if operator.op != "keep":
            cuts.append((one.location.start_s, one.location.end_s, operator))
    for *_, operator in cuts:
        if operator.op != _VOICE_CHANGE and operator.op not in plugins.available("operators.audio"):
            known = ", ".join(sorted(plugins.available("operators.audio")))
            raise PolicyError(f"no audio operator '{operator.op}'. Known are: {known}.")
    counts.update((one.entity, "remove") for one in findings if isinstance(one.location, Field))  # no tag is written
    return cuts, tuple(Applied(entity, name, number) for (entity, name), number in sorted(counts.items()))


def _applied(sound: Sound, cuts: Sequence[Cut], ctx: Context) -> Sound:
    """The sound with every cut answered; pieces of one operator that touch are answered as one."""
    if not cuts:
        return sound
    regions = []
    for operator in {repr(cut[2]): cut[2] for cut in cuts}.values():
        own = [(start, end) for start, end, other in cuts if other == operator]
        regions += [(round(s * sound.rate), round(e * sound.rate), operator) for s, e in merged(own, sound.seconds)]
    recorder = Recorder(sound.rate, sound.channels, ctx.workdir, wide=sound.wide, named=sound.named)
    for start, block in sound.blocks(BLOCK_S):
        out = block.copy()
        for first, last, operator in regions:
            if first < start + len(block) and last > start:
                left, right = max(first, start), min(last, start + len(block))
                answer = plugins.load("operators.audio", operator.op)
                stretch = Stretch(sound.rate, left - first, last - first)
                out[left - start : right - start] = answer(out[left - start : right - start], stretch, operator.params)
        recorder.write(out)
    return recorder.done()


def _verify(part: Part, before: Sound, cuts: Sequence[Cut], ctx: Context) -> None:
    """Decode what was written: as long as before, and no energy where there has to be silence."""
    after = decode(part, ctx)
    if abs(after.seconds - before.seconds) > 0.03:
        raise AssetError(QuarantineCode.VERIFY_FAILED, "the sound changed its length")
    for start, end in merged([cut[:2] for cut in cuts if cut[2].op == "silence"], before.seconds):
        first, last = int((start + _INSET_S) * after.rate), int((end - _INSET_S) * after.rate)
        for at in range(first, last, after.rate * 20):
            piece = after.read(at, min(last, at + after.rate * 20))
            if len(piece) and float(np.abs(piece).max()) > _REMAINS:
                raise AssetError(QuarantineCode.VERIFY_FAILED, "sound is left where it was silenced")
