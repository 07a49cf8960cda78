"""Takes a film apart: every stream of pictures as it is, every sound track as FLAC, subtitles as SubRip text.

Chapters, attachments, cover pictures, timecode, position and other data tracks, and all metadata are left behind.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from polyveil.containers.interface import Member, Split
from polyveil.containers.media.pictures import VIDEO, further, pictures
from polyveil.containers.media.sound import extract
from polyveil.containers.media.subtitles import read_subtitles
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import main_stream, open_container, transparent
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints

_MOST_TRACKS = 32


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members: 'video', 'video/1' … for further pictures, 'audio/0' …, 'subtitle/0' ….

    The subtitles also serve as transcript of the sound.

    Raises:
        AssetError: CORRUPT if the file does not open or holds neither pictures nor sound; TOO_LARGE above the limits.
    """
    with open_container(data) as container:
        _check(container, ctx)
        video = main_stream(container)
        sounds = len(container.streams.audio)
        written = len(container.streams.subtitles)
        chapters = _chapters(container)
        clear = video is not None and video.format is not None and transparent(video, video.format)
        more = further(container, data)
        others = len(container.streams) - sounds - written - (video is not None)
    if video is None and not sounds:
        raise AssetError(QuarantineCode.CORRUPT, "holds neither pictures nor sound")
    subtitles = [text for index in range(min(written, _MOST_TRACKS)) if (text := read_subtitles(data, index))]
    inner = Hints(transcript=hints.transcript or next(iter(subtitles), None), known=hints.known, subject=hints.subject)
    members: list[Member] = []
    start: float | None = None
    if video is not None:
        start, shown = pictures(data, ctx)
        members.append(Member(VIDEO, shown, Modality.VIDEO, "video/mp4", replace(inner, transcript=None)))
    beside: list[dict[str, object]] = []
    for index in more[: _MOST_TRACKS - 1]:
        start_s, copied = pictures(data, ctx, index)
        if copied is not None:
            key = f"{VIDEO}/{len(beside) + 1}"
            beside.append({"key": key, "start": start_s})
            members.append(Member(key, copied, Modality.VIDEO, "video/mp4", replace(inner, transcript=None)))
    tracks: list[dict[str, object]] = []
    unread = max(0, sounds - _MOST_TRACKS)
    for index in range(min(sounds, _MOST_TRACKS)):
        key = f"audio/{index}"
        sound = extract(data, index, ctx)
        tracks.append({"key": key, "start": sound.start, "channels": sound.channels, "downmixed": sound.downmixed})
        unread += sound.channels == 0
        if sound.data is not None:
            inside = replace(inner, in_film=video is not None)
            members.append(Member(key, sound.data, Modality.AUDIO, "audio/flac", inside))
    if video is None and unread == sounds:
        raise AssetError(QuarantineCode.CORRUPT, "no sound track is of a known codec")
    for index, text in enumerate(subtitles):
        key = f"subtitle/{index}"
        members.append(
            Member(key, text.encode(), Modality.TEXT, "application/x-subrip", replace(inner, transcript=None))
        )
    skeleton: dict[str, object] = {
        "video_start": start,
        "pictures": beside,
        "audio": tracks,
        "subtitles": len(subtitles),
        "left_out": {
            "streams": others - len(beside),
            "chapters": chapters,
            "unreadable_sound": unread,
            "unreadable_subtitles": written - len(subtitles),
            "transparency": clear,
        },
    }
    return Split(members, skeleton)


def _check(container: Any, ctx: Context) -> None:
    seconds = (container.duration or 0) / 1_000_000
    if seconds > ctx.limits.max_duration_s:
        raise AssetError(QuarantineCode.TOO_LARGE, f"longer than {ctx.limits.max_duration_s:.0f} s")


def _chapters(container: Any) -> int:
    return len(container.chapters()) if hasattr(container, "chapters") else 0
