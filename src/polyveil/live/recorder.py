"""Records a live camera: masked segments into `video`, what the camera sent into `originals` if the policy says so.

Both lie in memory until they are sealed.
"""

from __future__ import annotations

import io
import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from polyveil.live.session import Session
from polyveil.modalities.video.reader import Planes, Video, import_av
from polyveil.modalities.video.writer import MEDIA_TYPES, Writer, open_writer, suited
from polyveil.pipeline import road, work
from polyveil.pipeline.job import Inspected, PartInspected
from polyveil.pipeline.tree import Leaf
from polyveil.schema.inspection import Transformed
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

_TICKS = 90_000
_MOST_ORIGINAL = 256 * 1024**2  # bytes of packets that a segment may hold


@dataclass(slots=True)
class Originals:
    """Packets as the camera sent them, from a key frame on. They are held in memory and nowhere else."""

    stream: Any = field(repr=False)
    _packets: list[Any] = field(default_factory=list, repr=False)
    _size: int = 0

    def add(self, packet: Any) -> None:
        if packet.dts is not None and (self._packets or packet.is_keyframe) and self._size < _MOST_ORIGINAL:
            self._packets.append(packet)
            self._size += packet.size

    def take(self) -> bytes:
        """A Matroska file of what was added; the next begins with the same last key frame."""
        packets = list(self._packets)
        last = max((at for at, one in enumerate(packets) if one.is_keyframe), default=0)
        self._packets = self._packets[last:]
        self._size = sum(one.size for one in self._packets)
        if not packets:
            return b""
        av = import_av()
        target = io.BytesIO()
        with av.open(target, "w", format="matroska") as container:
            track = container.add_stream_from_template(self.stream)
            for one in packets:
                copy = av.Packet(bytes(one))
                copy.pts, copy.dts, copy.time_base = one.pts, one.dts, one.time_base
                copy.is_keyframe, copy.stream = one.is_keyframe, track
                container.mux(copy)
        return target.getvalue()


@dataclass(slots=True)
class Recorder:
    """Segments of a connection. Use it from one thread."""

    session: Session
    video: Video
    seconds: float = 10.0
    originals: Originals | None = None
    _open: ExitStack | None = field(default=None, repr=False)
    _written: ExitStack | None = field(default=None, repr=False)
    _writer: Writer | None = field(default=None, repr=False)
    _memory: int = -1  # a file without a name or a place on a disk (memfd_create(2))
    _container: str = ""
    _began: float = 0.0
    _frames: int = 0
    _whole: int = 0

    def add(self, planes: Planes, time_s: float, *, whole: bool) -> None:
        """One masked frame at a time in seconds. Raises AssetError, VaultError."""
        if self._writer is not None and time_s - self._began >= self.seconds:
            self.close()
        if self._writer is None:
            how = self.session.station.policy.roads.video
            self._container, _ = suited(how)
            self._open = ExitStack()
            self._memory = os.memfd_create("polyveil-segment")
            self._open.callback(os.close, self._memory)
            writing = open_writer(Path(f"/proc/self/fd/{self._memory}"), self.video, how)
            self._written = self._open.enter_context(ExitStack())
            self._writer = self._written.enter_context(writing)
            self._began, self._frames, self._whole = time_s, 0, 0
        self._writer.add(planes, round((time_s - self._began) * _TICKS))
        self._frames += 1
        self._whole += whole

    def close(self) -> None:
        """Seal the open segment and commit it. Raises AssetError, VaultError."""
        if self._open is None or self._written is None:
            return
        with self._open:
            self._written.close()
            data = os.pread(self._memory, os.fstat(self._memory).st_size, 0)
        self._open = self._written = self._writer = None
        self.session.keep([self._seal(data, MEDIA_TYPES[self._container])])
        self.session.status.count("segments")

    def _seal(self, data: bytes, media_type: str) -> work.Finished:
        station = self.session.station
        sealed = station.policy.storage.originals == "seal"
        original = self.originals.take() if sealed and self.originals is not None else b""
        if sealed and not original:
            station = replace(station, policy=_without_originals(station.policy))
        name = f"camera/{self.session.status.name}/{secrets.token_hex(8)}"
        seen = PartInspected("", Modality.VIDEO, media_type, len(original))
        part = Part("", Modality.VIDEO, media_type, data)
        metrics: dict[str, float | str] = {
            "width": float(self.video.width),
            "height": float(self.video.height),
            "frames": float(self._frames),
            "masked_whole": float(self._whole),
        }
        done = road.Done(Leaf(part), (road.PartDone(seen, Transformed(part, (), metrics)),), original)
        suffix = Path(f"x.{media_type.rpartition('/')[2]}").suffix.replace("x-", "")
        ctx = station.context(station.scratch)
        asset = ctx.identity.keyed_id("asset", name, 32)
        inspected = Inspected(asset, "", f"{name}{suffix}", "video/x-matroska", len(original), (seen,))
        return work.seal(station, inspected, done, {}, ctx)


def _without_originals(policy: Any) -> Any:
    """Nothing of the camera is at hand (no key frame yet): there is no original to seal."""
    return policy.model_copy(update={"storage": policy.storage.model_copy(update={"originals": "discard"})})
