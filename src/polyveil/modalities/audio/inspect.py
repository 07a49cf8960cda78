"""Read a sound: who speaks where, what of it is personal, and the marks for duplicates."""

from __future__ import annotations

from polyveil.modalities.audio.codec import decode, tags
from polyveil.modalities.audio.denoise import signal_to_noise
from polyveil.modalities.audio.detectors.speech import Intervals, speech
from polyveil.modalities.audio.detectors.transcript import parse
from polyveil.modalities.audio.fingerprint import fingerprint
from polyveil.modalities.audio.locate import locate
from polyveil.modalities.interface import Context
from polyveil.modalities.text import find
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection
from polyveil.schema.locations import Field, Interval, Span
from polyveil.schema.part import Part
from polyveil.schema.policy import Policy

_VOICE_SCORE, _TAG_SCORE = 0.9, 0.6
_NAMING = frozenset({"artist", "album_artist", "author", "composer", "performer", "conductor", "lyricist", "copyright"})


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings as intervals of seconds: personal words by their entity type, speech to hide or to change as VOICE.

    `metrics["content_inspected"]` is "yes" if all words that stay were checked against a transcript or no speech
    stays, "no" if speech stays unheard (the policy's `voice-change` and `keep`).

    Raises AssetError if the sound cannot be decoded or exceeds the limits.
    """
    sound = decode(part, ctx)
    ctx.progress(0.3)
    road = ctx.policy.roads.audio
    spoken = speech(sound, road.pad_ms / 1000)
    given = bool(part.hints.transcript and parse(part.hints.transcript))
    if given and not spoken:
        spoken = [(0.0, sound.seconds)]  # words are given but none is heard: the detector is not believed
    ctx.progress(0.5)
    findings: list[Finding] = _in_tags(part, ctx.policy)
    voice: Intervals = []
    if road.speech == "align" and given:
        findings, voice = locate(sound, spoken, part.hints, ctx.policy, ctx.workdir)
    elif road.speech != "keep":
        voice = spoken
    findings += [
        Finding("VOICE", Interval(round(start, 3), min(sound.seconds, round(end + 0.0005, 3))), _VOICE_SCORE, "speech")
        for start, end in voice
    ]
    findings.sort(key=_start)
    uninspected = road.speech in ("keep", "voice-change") and bool(spoken)
    metrics: dict[str, float | str] = {
        "seconds": round(sound.seconds, 3),
        "channels": float(sound.channels),
        "seconds_speech": round(_total(spoken), 3),
        "seconds_unlocated": round(_total(voice), 3),
        "snr_db": round(signal_to_noise(sound, spoken), 1),
        "content_inspected": "no" if uninspected else "yes",
    }
    return Inspection(tuple(findings), fingerprint(sound), metrics)


def _in_tags(part: Part, policy: Policy) -> list[Finding]:
    """Personal values in the file's tags (artist, title, comment …), none of which reaches the output."""
    found: list[Finding] = []
    for name, value in tags(part).items():
        inner = find(value, policy, known=part.hints.known, context=name)
        if not inner and name.lower() in _NAMING and policy.wants("PERSON"):
            inner = [Finding("PERSON", Span(0, len(value)), _TAG_SCORE, "tags", value)]
        place = Field(f"tags/{name}")
        found += [Finding(one.entity, place, one.score, f"tags:{one.detector}", one.value) for one in inner]
    return list(dict.fromkeys(found))


def _start(finding: Finding) -> tuple[float, float]:
    where = finding.location
    return (where.start_s, where.end_s) if isinstance(where, Interval) else (0.0, 0.0)


def _total(intervals: Intervals) -> float:
    return sum(end - start for start, end in intervals)
