"""Subtitle tracks as SubRip text, and SubRip text as cues."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from polyveil.modalities.video.reader import import_av, open_container

_ASS_FIELDS = 8  # commas before the text of an event as FFmpeg hands it out
_OVERRIDE = re.compile(r"\{[^}]*\}")
_TIMES = re.compile(r"(\d{1,3}):(\d{2}):(\d{2})[,.](\d{3})\s*-->\s*(\d{1,3}):(\d{2}):(\d{2})[,.](\d{3})")
_MOST = 50_000
_TICK = Fraction(1, 1000)
_ENCODERS = {"mp4": "mov_text", "mkv": "subrip"}
_HEADER = (
    b"[Script Info]\r\nScriptType: v4.00+\r\n\r\n[V4+ Styles]\r\n"
    b"Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
    b"Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
    b"MarginR, MarginV, Encoding\r\n"
    b"Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1\r\n\r\n"
    b"[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)
"""Styles of Advanced SubStation Alpha, which FFmpeg's subtitle encoders ask for before they open."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A line of subtitles, in seconds on the film's clock."""

    start: float
    end: float
    text: str = field(repr=False)


def read_subtitles(data: bytes | Path, index: int) -> str:
    """Subtitle track `index` as SubRip text; '' if it holds pictures instead of text, or does not decode."""
    av = import_av()
    try:
        with open_container(data) as container:
            stream = container.streams.subtitles[index]
            return write_srt(_cues(container, stream))
    except (av.FFmpegError, OSError, ValueError, IndexError, AttributeError):
        return ""


def _cues(container: Any, stream: Any) -> Iterator[Cue]:
    base = Fraction(stream.time_base)
    for number, packet in enumerate(container.demux(stream)):
        if packet.pts is None or number > _MOST:
            continue
        start = float(packet.pts * base)
        end = start + (float(packet.duration * base) if packet.duration else 2.0)
        lines = [text for part in stream.codec_context.decode2(packet) or () if (text := _text(part))]
        if lines:
            yield Cue(start, end, "\n".join(lines))


def _text(part: Any) -> str:
    if part.type in {b"ass", "ass"}:
        raw = part.ass
        fields = (raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw).split(",", _ASS_FIELDS)
        return _OVERRIDE.sub("", fields[-1]).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ").strip()
    if part.type in {b"text", "text"}:
        raw = part.text
        return str(raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw).strip()
    return ""


def write_srt(cues: Iterable[Cue]) -> str:
    """SubRip text of cues."""
    blocks = [
        f"{number}\n{_clock(cue.start)} --> {_clock(cue.end)}\n{cue.text}\n" for number, cue in enumerate(cues, 1)
    ]
    return "\n".join(blocks)


def read_srt(text: str) -> list[Cue]:
    """Cues of SubRip text; what is no cue is left out."""
    cues = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        match = _TIMES.search(block)
        if match is None:
            continue
        numbers = [int(group) for group in match.groups()]
        start, end = (h * 3600 + m * 60 + s + ms / 1000 for h, m, s, ms in (numbers[:4], numbers[4:]))
        words = block[match.end() :].strip()
        if words and end > start:
            cues.append(Cue(start, end, words))
    return cues


def _clock(seconds: float) -> str:
    ticks = max(0, round(seconds * 1000))
    hours, rest = divmod(ticks, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02},{rest % 1000:03}"


def add_track(target: Any, container: str) -> Any | None:
    """A new subtitle stream in a file that is written; None where the container holds no such text (WebM)."""
    if container not in _ENCODERS:
        return None
    out = target.add_stream(_ENCODERS[container])
    out.codec_context.subtitle_header = _HEADER
    out.codec_context.time_base = out.time_base = _TICK
    return out


def packets_of(cues: Iterable[Cue], shift: float, out: Any, container: str) -> Iterator[tuple[float, Any]]:
    """(seconds, packet) of each cue, moved by `shift` seconds, as the container stores text."""
    av = import_av()
    for cue in sorted(cues, key=lambda one: one.start):
        words = cue.text.encode()
        if container == "mp4":  # 3GPP TS 26.245: the length comes first
            words = words[:65_535]
            words = len(words).to_bytes(2, "big") + words
        packet = av.Packet(words)
        start = max(0, round((cue.start + shift) / _TICK))
        packet.pts = packet.dts = start
        packet.duration = max(1, round((cue.end + shift) / _TICK) - start)
        packet.time_base, packet.stream = _TICK, out
        yield float(start * _TICK), packet
