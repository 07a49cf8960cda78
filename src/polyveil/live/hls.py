"""The masked stream as HLS (RFC 8216): fragments of MP4, in memory, encoded while somebody asks for them.

MJPEG shows at once and costs bandwidth; HLS comes some seconds late, with a tenth of it, and is what players and
recorders of others take. Only frames that were masked come here.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from polyveil.live.web import Answer
from polyveil.modalities.video.reader import Planes, import_av, view
from polyveil.modalities.video.writer import ended, options

SEGMENT_S = 2.0
PLAYLIST = "index.m3u8"
_KEPT = 6  # segments in a playlist; one more is held for those who read an older one
_PATIENCE_S = 20.0  # without a request; the encoder is stopped then
_FIRST_S = 15.0  # that a first request waits
_TICKS = 90_000
_TYPES = {"av1": "libsvtav1", "h264": "libx264"}


@dataclass(slots=True)
class _Sink:
    """Takes a fragmented MP4 in and gives its top-level boxes (ISO/IEC 14496-12, section 4.2)."""

    _waiting: bytearray = field(default_factory=bytearray, repr=False)

    def write(self, data: bytes) -> int:
        self._waiting += data
        return len(data)

    def boxes(self) -> Iterator[tuple[bytes, bytes]]:
        """(type, bytes) of the boxes that are whole."""
        while len(self._waiting) >= 8:
            size = int.from_bytes(self._waiting[:4], "big")
            if size < 8 or len(self._waiting) < size:
                return
            box = bytes(self._waiting[:size])
            del self._waiting[:size]
            yield box[4:8], box


@dataclass(slots=True)
class _Coder:
    """An encoder with its container: one for each size of picture."""

    size: tuple[int, int]
    container: Any = field(repr=False)
    stream: Any = field(repr=False)
    sink: _Sink = field(repr=False)
    began: float
    key: float = -math.inf
    last: int = -1

    def add(self, planes: Planes, time_s: float) -> None:
        av = import_av()
        picture = av.VideoFrame(*self.size, "yuv420p")
        for index, plane in enumerate(planes):
            view(picture, index)[...] = plane
        ticks = max(self.last + 1, round((time_s - self.began) * _TICKS))
        picture.pts, picture.time_base, self.last = ticks, Fraction(1, _TICKS), ticks
        if time_s - self.key >= SEGMENT_S:  # a fragment begins with a key frame
            picture.pict_type, self.key = av.video.frame.PictureType.I, time_s
        self.container.mux(self.stream.encode(picture))

    def close(self) -> None:
        self.container.mux(self.stream.encode(None))
        self.container.close()


class Hls:
    """The newest segments. `show` is called from one thread, `route` from any.

    codec: 'av1', or 'h264' for players that do not know AV1; others of the policy become AV1.
    """

    def __init__(self, codec: str = "av1", quality: int = 60) -> None:
        self._codec = codec if codec in _TYPES else "av1"
        self._quality = quality
        self._news = threading.Condition()
        self._head = b""
        self._parts: deque[tuple[int, float, bytes]] = deque(maxlen=_KEPT + 1)
        self._number = 0
        self._asked = -math.inf
        self._over = False
        self._coder: _Coder | None = None
        self._fragment = b""
        self._since = 0.0

    # -- in -------------------------------------------------------------------------------------------------------

    def show(self, planes: Planes, time_s: float) -> None:
        """A masked frame; encoded only while somebody asks."""
        if time.monotonic() - self._asked > _PATIENCE_S:
            self._end()
            return
        y = planes[0]
        size = (y.shape[1], y.shape[0])
        if self._coder is not None and self._coder.size != size:
            self._end()
        if self._coder is None:
            self._coder = self._begin(size, time_s)
        try:
            self._coder.add(planes, time_s)
        except BaseException:
            ended(self._coder.stream)
            self._coder = None  # half a picture is in it: the next one begins anew
            self._forget()
            raise
        self._collect(time_s)

    def close(self) -> None:
        self._end()
        with self._news:
            self._over = True
            self._news.notify_all()

    def _begin(self, size: tuple[int, int], time_s: float) -> _Coder:
        av = import_av()
        os.environ.setdefault("SVT_LOG", "1")  # errors only
        sink = _Sink()
        moves = {"movflags": "empty_moov+default_base_moof+frag_keyframe", "fflags": "+bitexact"}
        container = av.open(sink, "w", format="mp4", options=moves)
        container.metadata.clear()
        coding = options(self._codec, self._quality, size[0] * size[1])
        if self._codec == "av1":  # no reordering and no look-ahead: a segment is there when it was seen
            coding["svtav1-params"] = "lp=1:pred-struct=1:lookahead=0:rtc=1"
        else:
            coding |= {"tune": "zerolatency", "forced-idr": "1"}
        stream: Any = container.add_stream(_TYPES[self._codec], rate=15, options=coding)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS)
        stream.codec_context.gop_size = 10_000  # key frames come when they are asked for
        self._fragment, self._since = b"", time_s
        return _Coder(size, container, stream, sink, time_s)

    def _end(self) -> None:
        coder, self._coder = self._coder, None
        self._forget()
        if coder is not None:
            coder.close()

    def _forget(self) -> None:
        """Keep nothing for whoever asks later: it would be old."""
        with self._news:
            self._head = b""
            self._parts.clear()

    def _collect(self, time_s: float) -> None:
        assert self._coder is not None
        for kind, box in self._coder.sink.boxes():
            with self._news:
                if kind in {b"ftyp", b"moov"}:
                    self._head += box
                elif kind == b"moof":
                    self._fragment = box
                elif kind == b"mdat":
                    self._parts.append((self._number, max(0.1, time_s - self._since), self._fragment + box))
                    self._number, self._since = self._number + 1, time_s
                    self._news.notify_all()

    # -- out ------------------------------------------------------------------------------------------------------

    def route(self, rest: str) -> Answer | None:
        """`index.m3u8`, `init.mp4`, `<number>.m4s`."""
        self._asked = time.monotonic()
        with self._news:
            if rest == PLAYLIST:
                self._news.wait_for(lambda: self._over or len(self._parts) > 0, timeout=_FIRST_S)
                return None if self._over or not self._parts else Answer("application/vnd.apple.mpegurl", self._list())
            if rest == "init.mp4":
                return Answer("video/mp4", self._head) if self._head else None
            number = rest.removesuffix(".m4s")
            if number.isdecimal() and len(number) < 10:
                found = next((data for at, _, data in self._parts if at == int(number)), None)
                return Answer("video/iso.segment", found) if found else None
        return None

    def _list(self) -> bytes:
        shown = list(self._parts)[-_KEPT:]
        longest = max(seconds for _, seconds, _ in shown)
        lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{math.ceil(longest)}",
                 f"#EXT-X-MEDIA-SEQUENCE:{shown[0][0]}", '#EXT-X-MAP:URI="init.mp4"']  # fmt: skip
        for number, seconds, _ in shown:
            lines += [f"#EXTINF:{seconds:.3f},", f"{number}.m4s"]
        return ("\n".join(lines) + "\n").encode()
