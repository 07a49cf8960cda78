"""Where a film can be entered beside its start, so that the number of every frame is still known.

All packets are read once, which costs little: nothing is decoded. In order of their presentation times they are the
film's frames, if it is as films should be. Whether it is shows while it is decoded: who enters at a key frame compares
the time of every frame that comes out with the list, and whoever starts at the beginning does so as well. Between them
they see every frame. Where one is missing, one too many or out of place, as with frames that do not decode or packets
that show nothing, `InexactError` ends it, and the film is decoded from its start.

Frames that come out before the key frame's time refer to frames before it (open groups of pictures); they are dropped.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from polyveil.errors import AssetError
from polyveil.modalities.video.reader import Frame, Video, import_av, main_stream, open_container
from polyveil.schema.outcome import QuarantineCode

_MOST = 20_000_000  # packets


class InexactError(AssetError):
    """What decodes is not what the packets announce: numbers of frames are only certain from the start."""

    def __init__(
        self, code: QuarantineCode = QuarantineCode.CORRUPT, detail: str = "frames are not as announced"
    ) -> None:
        super().__init__(code, detail)


@dataclass(frozen=True, slots=True)
class Entries:
    """Presentation times, in ticks of the stream, of a film's frames and of its key frames; ascending."""

    shown: Sequence[int] = field(repr=False)
    keys: Sequence[int] = field(repr=False)

    def before(self, number: int) -> int:
        """The time of the last key frame that is not after the frame `number`."""
        return self.keys[bisect_right(self.keys, self.shown[min(number, len(self.shown) - 1)]) - 1]

    def since_start(self, number: int) -> list[int]:
        """Times of the frames before the frame `number`, since the first one."""
        return [one - self.shown[0] for one in self.shown[:number]]


def entries(path: Path) -> Entries | None:
    """The list of a film's packets; None if it has frames without a time of their own, or cannot be read through."""
    av = import_av()
    shown: list[int] = []
    keys: list[int] = []
    try:
        with open_container(path) as container:
            stream = main_stream(container)
            if stream is None:
                return None
            for packet in container.demux(stream):
                if not packet.size or packet.is_discard:
                    continue
                if packet.pts is None or packet.is_corrupt or len(shown) >= _MOST:
                    return None
                shown.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
    except (av.FFmpegError, OSError, ValueError, AssetError):
        return None
    shown.sort()
    keys.sort()
    if not keys or keys[0] != shown[0] or any(a == b for a, b in pairwise(shown)):
        return None
    return Entries(tuple(shown), tuple(keys))


def frames_from(video: Video, first: int, known: Entries | None) -> Iterator[Frame]:
    """The frames of a film from some frame at or before `first` on, with the numbers that they have from its start.

    Raises:
        InexactError: they are not those that `known` lists.
        AssetError: as `Video.frames` does.
    """
    if known is None:
        yield from video.frames()
        return
    key = known.before(first)
    if key == known.shown[0]:
        yield from _compared(video.frames(), known)
        return
    av = import_av()
    try:
        video.container.seek(key, stream=video.stream, backward=True)
    except (av.FFmpegError, OSError, ValueError):
        raise InexactError from None
    yield from _compared(_entered(video, key, known), known, first)


def _entered(video: Video, key: int, known: Entries) -> Iterator[Frame]:
    """Frames from a key frame on, numbered by their times."""
    for picture, failed in video.pictures():
        if failed or picture is None or picture.pts is None:
            raise InexactError
        if picture.pts >= key:
            since = picture.pts - known.shown[0]
            number = bisect_left(known.shown, picture.pts)
            yield video.frame(number, since, picture)


def _compared(frames: Iterator[Frame], known: Entries, first: int = 0) -> Iterator[Frame]:
    """The frames as they come, if they begin by `first`, follow on each other as listed, and come to the list's end."""
    expected: int | None = None
    for frame in frames:
        listed = frame.index < len(known.shown) and known.shown[frame.index] - known.shown[0] == frame.pts
        if not listed or (frame.index > first if expected is None else frame.index != expected):
            raise InexactError
        expected = frame.index + 1
        yield frame
    if expected != len(known.shown):
        raise InexactError
