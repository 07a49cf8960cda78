"""Transcripts: plain text, SubRip (SRT) and WebVTT (W3C, https://www.w3.org/TR/webvtt1/) to cues."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")
_SKIPPED = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words and when they are spoken, in seconds; `end_s` is None for a transcript without times."""

    text: str = field(repr=False)
    start_s: float = 0.0
    end_s: float | None = None


def parse(transcript: str) -> list[Cue]:
    """The cues of a transcript in time order; one cue for plain text; none if there are no words."""
    text = transcript.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not any(_TIMING.match(line) for line in text.split("\n")):
        return [Cue(text)] if text.strip() else []
    cues: list[Cue] = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.split("\n")
        place = next((index for index, line in enumerate(lines) if _TIMING.match(line)), None)
        if place is None or lines[0].startswith(_SKIPPED):
            continue
        timing = _TIMING.match(lines[place])
        assert timing is not None
        start, end = _seconds(timing.groups()[:4]), _seconds(timing.groups()[4:])
        words = html.unescape(_TAG.sub("", "\n".join(lines[place + 1 :]))).strip()
        if words and end > start:
            cues.append(Cue(words, start, end))
    return sorted(cues, key=lambda cue: cue.start_s)


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000
