"""Which places the channels of a sound have, by FFmpeg's names, and which of them files can keep."""

from __future__ import annotations

_FRONT = ("mono", "stereo", "2.1", "3.0", "3.1")
_ROUND = ("quad", "quad(side)", "4.0", "5.0", "5.0(side)", "5.1", "5.1(side)", "6.1", "7.1")
_NAMED = frozenset((*_FRONT, *_ROUND))
"""What FLAC keeps."""

_UNNAMED = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""What a number of channels stands for where nothing is said (RFC 9639, 9.1.3)."""

_OPUS = {one: one for one in ("mono", "stereo", "3.0", "quad", "5.1", "7.1")} | {
    "5.1(side)": "5.1",
    "quad(side)": "quad",
}
"""What Opus calls a layout (RFC 7845, 5.1.1.2). With 5.0 and 6.1, FFmpeg's encoder exchanges channels."""


def carried(name: str, channels: int) -> str:
    """The layout in which a sound is worked on: its own, or stereo, into which any other is mixed."""
    if name in _NAMED:
        return name
    unnamed = name in {"", f"{channels} channels"}
    return _UNNAMED.get(channels, "stereo") if unnamed else "mono" if channels == 1 else "stereo"


def in_opus(name: str) -> str | None:
    """The layout as Opus has it, channel by channel; None if it has it not."""
    return _OPUS.get(name)
