"""From a transcript to intervals: what is personal is located word by word, what cannot be located is covered whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from polyveil.modalities.audio.codec import mono_at
from polyveil.modalities.audio.detectors.readout import find_spoken
from polyveil.modalities.audio.detectors.speech import RATE, Intervals, merged, without
from polyveil.modalities.audio.detectors.transcript import Cue, parse
from polyveil.modalities.audio.detectors.words import Word, align
from polyveil.modalities.audio.sound import Sound
from polyveil.modalities.text import language
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Interval, Span
from polyveil.schema.part import Hints
from polyveil.schema.policy import Policy

_BLOCK_S = 600.0
"""Longest stretch that is aligned in one piece; a longer one without times counts as not located."""

_JOIN_S = 20.0  # cues are aligned together up to this length, so that sloppy cue times do not cut words
_MARGIN_S = 0.6  # how far a word may lie outside its cue
_LEAST_TRUSTED = 0.6  # share of words of a stretch
_REACH_S = 0.30  # a located word accounts for speech this far around it: the detector's pads and a lingering voice
_SLIVER_S = 0.08


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Cues that are aligned together; `offset` is where their text starts in the joined transcript."""

    text: str
    offset: int
    start_s: float
    end_s: float
    timed: bool


def locate(
    sound: Sound, speech: Intervals, hints: Hints, policy: Policy, workdir: Path
) -> tuple[list[Finding], Intervals]:
    """Findings in speech by a transcript.

    Returns:
        Intervals of what is personal, padded; and the speech that the transcript does not account for.
    """
    cues = parse(hints.transcript or "")
    pad = policy.roads.audio.pad_ms / 1000
    findings: list[Finding] = []
    inspected: Intervals = []
    text, stretches = _stretches(cues, sound.seconds)
    personal = [one for one in find_spoken(text, policy, hints.known) if isinstance(one.location, Span)]
    for stretch in stretches:
        inside = [one for one in personal if _overlaps(one, stretch.offset, stretch.offset + len(stretch.text))]
        words = None
        if language(stretch.text) == "en" and stretch.end_s - stretch.start_s <= _BLOCK_S:
            words = align(mono_at(sound.cut(stretch.start_s, stretch.end_s), RATE), stretch.text, workdir)
        if words and sum(word.trusted for word in words) >= _LEAST_TRUSTED * len(words):
            moved = [_moved(word, stretch) for word in words]
            found, holes = _by_words(moved, inside, pad, sound.seconds)
            findings += found
            reach = [(word.start_s - _REACH_S, word.end_s + _REACH_S) for word in moved if word.trusted]
            inspected += without(merged(reach, sound.seconds), holes)
        elif not stretch.timed:
            if speech:  # somewhere in it; all of it is left over, and hidden
                findings += [_finding(one, speech[0][0], speech[-1][1], sound.seconds) for one in inside]
        else:
            found = [_finding(one, stretch.start_s - pad, stretch.end_s + pad, sound.seconds) for one in inside]
            findings += found
            if not found and language(stretch.text) == "zh":  # times alone show where harmless words are
                inspected.append((stretch.start_s, stretch.end_s))
    best = {(one.entity, one.location): one for one in sorted(findings, key=lambda one: one.score)}
    findings = list(best.values())
    located = [(one.location.start_s, one.location.end_s) for one in findings if isinstance(one.location, Interval)]
    left = without(speech, merged(inspected, sound.seconds))
    left = without(left, merged(located, sound.seconds))
    return findings, [(start, end) for start, end in left if end - start > _SLIVER_S]


def _stretches(cues: Sequence[Cue], seconds: float) -> tuple[str, list[_Stretch]]:
    """The whole text, in which values that cross cues are found, and the stretches to align."""
    text, out = "", []
    for cue in cues:
        words = cue.text if cue.end_s is None else " ".join(cue.text.split())
        if cue.end_s is None:
            out.append(_Stretch(words, len(text), 0.0, seconds, timed=False))
        else:
            start, end = max(0.0, cue.start_s - _MARGIN_S), min(seconds, cue.end_s + _MARGIN_S)
            last = out[-1] if out else None
            english = language(words) == "en"
            if (
                last
                and english
                and language(last.text) == "en"
                and start <= last.end_s
                and end - last.start_s <= _JOIN_S
            ):
                out[-1] = _Stretch(f"{last.text} {words}", last.offset, last.start_s, max(end, last.end_s), timed=True)
            elif end > start:
                out.append(_Stretch(words, len(text), start, end, timed=True))
        text += words + " "
    return text, out


def _overlaps(finding: Finding, start: int, end: int) -> bool:
    span = finding.location
    return isinstance(span, Span) and span.start < end and start < span.end


def _moved(word: Word, stretch: _Stretch) -> Word:
    return Word(
        word.start + stretch.offset,
        word.end + stretch.offset,
        word.start_s + stretch.start_s,
        word.end_s + stretch.start_s,
        word.trusted,
    )


def _by_words(
    words: Sequence[Word], personal: Sequence[Finding], pad: float, seconds: float
) -> tuple[list[Finding], Intervals]:
    """Findings as intervals; and stretches between trusted words in which the order of words is all that is known."""
    wide = [_widened(words, index) for index in range(len(words))]
    findings = []
    for one in personal:
        hit = [wide[index] for index, word in enumerate(words) if _overlaps(one, word.start, word.end)]
        if hit:
            findings.append(_finding(one, min(hit)[0] - pad, max(end for _, end in hit) + pad, seconds))
    doubtful = [wide[index] for index, word in enumerate(words) if not word.trusted]
    return findings, merged(doubtful, seconds)


def _widened(words: Sequence[Word], index: int) -> tuple[float, float]:
    """A trusted word as it is; a doubtful one from the trusted word before it to the one after it."""
    word = words[index]
    if word.trusted:
        return word.start_s, word.end_s
    before = next((other.end_s for other in reversed(words[:index]) if other.trusted), 0.0)
    after = next((other.start_s for other in words[index + 1 :] if other.trusted), words[-1].end_s)
    return min(before, word.start_s), max(after, word.end_s)


def _finding(one: Finding, start: float, end: float, seconds: float) -> Finding:
    where = Interval(round(max(0.0, start), 3), round(min(seconds, end), 3))
    return Finding(one.entity, where, one.score, f"words:{one.detector}", one.value)
