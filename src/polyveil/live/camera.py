"""A camera: RTSP, a file played as if live, or a device; masked as it comes, shown as MJPEG on loopback, recorded."""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from polyveil.errors import AssetError, UsageError, VaultError
from polyveil.inference import thread_count
from polyveil.live.hls import Hls
from polyveil.live.intact import Intact
from polyveil.live.masker import Masked, Masker, described, prepare
from polyveil.live.recorder import Originals, Recorder
from polyveil.live.session import Session
from polyveil.live.web import Answer
from polyveil.modalities.video.reader import Frame, Planes, import_av
from polyveil.modalities.video.rotation import UPRIGHT

_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_WAITING = 2  # frames; older ones are dropped
_EDGE = b"polyveilframe"
_NETWORK = ("rtsp", "rtsps", "rtmp", "http", "https", "udp", "srt")


@dataclass(frozen=True, slots=True)
class Options:
    """What a camera session does.

    url: rtsp://…, a file, or a device such as /dev/video0. reader: options of FFmpeg's reader, such as video_size.
    """

    url: str = field(repr=False)
    segment_s: float = 10.0
    record: bool = True
    reader: Mapping[str, str] = field(default_factory=dict, repr=False)


class Stream:
    """The newest masked frame as JPEG, for any number of viewers."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._jpeg = b""
        self._number = 0
        self._over = False
        self.viewers = 0

    def show(self, planes: Planes) -> None:
        """A masked frame; encoded only while somebody looks."""
        if not self.viewers:
            return
        import cv2

        y, u, v = planes
        half = (y.shape[1], y.shape[0])
        wide = [cv2.resize(one, half, interpolation=cv2.INTER_LINEAR) for one in (u, v)]
        bgr = cv2.cvtColor(np.ascontiguousarray(np.dstack([y, wide[1], wide[0]])), cv2.COLOR_YCrCb2BGR)
        _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 80])
        with self._news:
            self._jpeg, self._number = jpeg.tobytes(), self._number + 1
            self._news.notify_all()

    def close(self) -> None:
        with self._news:
            self._over = True
            self._news.notify_all()

    def route(self, _rest: str) -> Answer:
        """multipart/x-mixed-replace, as browsers show it in an <img>."""
        return Answer(f"multipart/x-mixed-replace; boundary={_EDGE.decode()}", self._parts())

    def _parts(self) -> Iterator[bytes]:
        self.viewers += 1
        try:
            seen = self._number
            while True:
                with self._news:
                    self._news.wait_for(lambda: self._over or self._number != seen, timeout=30)  # noqa: B023 - at once
                    if self._over:
                        return
                    seen, jpeg = self._number, self._jpeg
                if jpeg:
                    head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (_EDGE, len(jpeg))
                    yield head + jpeg + b"\r\n"
        finally:
            self.viewers -= 1


class Camera:
    """A session with a camera. `run` returns after the session's stop event, or at the end of a file."""

    def __init__(self, session: Session, options: Options, stream: Stream, hls: Hls) -> None:
        self.session, self.options, self.status = session, options, session.status
        self.stream, self.hls = stream, hls
        scheme = options.url.partition("://")[0]
        self.live = "://" in options.url
        if self.live and scheme not in _NETWORK:
            raise UsageError(f"{scheme}://: no camera is read so. Use {', '.join(_NETWORK)}, a file or /dev/videoN.")
        if not self.live and not Path(options.url).exists():
            raise UsageError(f"{options.url}: no such file or device")
        if options.record and not hasattr(os, "memfd_create"):
            raise UsageError("recordings are written in memory alone, which needs Linux: use --no-record here")
        self._device = bool(re.fullmatch(r"/dev/video\d+", options.url))
        self._frames: queue.Queue[tuple[float, Any, bool] | None] = queue.Queue(_WAITING)
        self._originals: Originals | None = None
        self._latencies: list[float] = []

    def run(self) -> None:
        """Load the models, connect, and connect again with back-off, until the stop event."""
        tries = 0
        try:
            prepare(self.session.station.policy)
            while not self.session.stop.is_set():
                began = time.monotonic()
                self._connection()
                if self.session.stop.is_set() or (not self.live and not self._device):
                    break
                tries = 0 if time.monotonic() - began > 10 else tries + 1
                self.status.count("reconnects")
                self.status.turn("reconnecting")
                self.session.stop.wait(min(30.0, 0.5 * 2.0**tries))
        except VaultError as error:
            self.session.fail(error)
        except AssetError as error:
            self.session.fail(VaultError(f"the masked recording cannot be written: {error}"))
        finally:
            self.stream.close()
            self._hls(self.hls.close)

    def _connection(self) -> None:
        av = import_av()
        options = {"rtsp_transport": "tcp", "fflags": "nobuffer"} if self.options.url.startswith("rtsp") else {}
        device = {"format": "v4l2"} if self._device else {}
        try:
            with av.open(
                self.options.url, options={**options, **self.options.reader}, timeout=(10.0, 5.0), **device
            ) as container:
                if not container.streams.video:
                    self.status.count("no_video")
                    return
                video = container.streams.video[0]
                video.codec_context.thread_count = thread_count()
                video.codec_context.options = {"err_detect": "explode"}  # damage is to be told, not smoothed over
                self._originals = Originals(video)
                self._frames = queue.Queue(_WAITING)
                over = threading.Event()
                reading = threading.Thread(target=self._read, args=(container, video, over), name="polyveil-camera")
                reading.start()
                try:
                    self._mask_all()
                finally:
                    over.set()
                    reading.join()
        except (av.FFmpegError, OSError, ValueError):
            self.status.count("connection_errors")

    def _read(self, container: Any, video: Any, over: threading.Event) -> None:
        """Runs on a thread of its own; keeps the newest frames."""
        av = import_av()
        began: tuple[float, float] | None = None
        intact = Intact(paced=self.live)
        try:
            for packet in container.demux(video):
                if over.is_set() or self.session.stop.is_set():
                    break
                if self._originals is not None:
                    self._originals.add(packet)
                try:
                    pictures = packet.decode()
                except av.InvalidDataError:
                    self.status.count("damaged")
                    intact.damaged()
                    continue
                for picture in pictures:
                    if not self.live and not self._device and picture.time is not None:
                        now = time.monotonic()
                        began = began or (now, picture.time)
                        self.session.stop.wait(max(0.0, began[0] + picture.time - began[1] - now))
                    self._offer((time.monotonic(), picture, intact.whole(picture)))
        except (av.FFmpegError, OSError, ValueError):
            self.status.count("connection_errors")
        self._offer(None)

    def _offer(self, item: tuple[float, Any, bool] | None) -> None:
        while True:
            try:
                self._frames.put_nowait(item)
            except queue.Full:
                try:
                    self._frames.get_nowait()
                    self.status.count("dropped")
                except queue.Empty:
                    pass
                continue
            return

    def _mask_all(self) -> None:
        masker: Masker | None = None
        recorder: Recorder | None = None
        index = 0
        while (item := self._frames.get()) is not None:
            arrived, picture, intact = item
            if masker is None or (picture.width, picture.height) != (masker.video.width, masker.video.height):
                self._finish(masker, recorder)
                video = described(picture)
                masker = Masker(video, self.session.station.policy)
                recorder = (
                    Recorder(self.session, video, self.options.segment_s, self._originals)
                    if self.options.record
                    else None
                )
                self.status.turn("running")
            if picture.format.name != "yuv420p" or picture.color_range == _FULL_RANGE:
                full = picture.color_range == _FULL_RANGE or picture.format.name.startswith("yuvj")
                told = {"src_color_range": "JPEG"} if full else {}
                picture = picture.reformat(format="yuv420p", dst_color_range="MPEG", **told)
            frame = Frame(index, index, arrived, picture, UPRIGHT)
            index += 1
            for one in masker.see(frame, arrived, intact=intact):
                self._emit(masker, recorder, one)
        self._finish(masker, recorder)

    def _finish(self, masker: Masker | None, recorder: Recorder | None) -> None:
        if masker is not None:
            for one in masker.finish():
                self._emit(masker, recorder, one)
        if recorder is not None:
            recorder.close()

    def _emit(self, masker: Masker, recorder: Recorder | None, one: Masked) -> None:
        planes = masker.draw(one)
        self.stream.show(planes)
        self._hls(lambda: self.hls.show(planes, one.arrived))
        self._latencies = [*self._latencies[-299:], time.monotonic() - one.arrived]
        self.status.count("frames")
        if one.whole:
            self.status.count("masked_whole")
        elif one.regions:
            self.status.count("masked_regions")
        if self.status.counts["frames"] % 15 == 0:
            self.status.gauge("latency_p95_s", float(np.quantile(self._latencies, 0.95)))
        if recorder is not None:
            recorder.add(planes, one.arrived, whole=one.whole)

    def _hls(self, do: Callable[[], None]) -> None:
        """A stream that cannot be encoded must not stop the recording."""
        try:
            do()
        except (import_av().FFmpegError, ValueError):
            self.status.count("hls_errors")
