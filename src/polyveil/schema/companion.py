"""Companions: a transcript that lies beside a recording is used with it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TypeVar

_P = TypeVar("_P", bound=PurePath)
_RECORDINGS = {".wav", ".flac", ".mp3", ".opus", ".ogg", ".m4a", ".aac", ".mp4", ".mkv", ".mov", ".webm", ".m4v"}
_TRANSCRIPTS = (".srt", ".vtt", ".txt")


def companion_of(path: _P) -> tuple[_P, ...]:
    """Where a recording's transcript would lie: beside it under the same stem, the best first."""
    return tuple(path.with_suffix(one) for one in _TRANSCRIPTS) if path.suffix.lower() in _RECORDINGS else ()
