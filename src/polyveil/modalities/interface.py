"""What every modality offers to the road: inspect, transform, similar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from polyveil import plugins
from polyveil.identity import Identity
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Fingerprint, Inspection, Transformed
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Policy


@dataclass(frozen=True, slots=True)
class Frames:
    """How far a pass over a film has come. doing: 'inspect' or 'mask'. of: frames in all, 0 where nobody knows."""

    doing: str
    done: int
    of: int


class Progress(Protocol):
    """Told how far work on a part has come: the fraction done, in [0, 1]; in a film the frames as well."""

    def __call__(self, fraction: float, frames: Frames | None = None, /) -> None: ...


def _silent(_fraction: float, _frames: Frames | None = None, /) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Context:
    """What a room may use while it works on a part.

    workdir: a 0700 folder that the caller removes on every path; large plaintext goes there and nowhere else.
    spool: a 0700 folder that outlives the part until the run ends: what `inspect` leaves for `transform`, sealed. None
        where both share a workdir.
    progress: called by work that takes more than a second.
    workers: processes among which one part may be divided, where its room can do that.
    """

    policy: Policy
    identity: Identity = field(repr=False)
    workdir: Path
    limits: Limits = field(default_factory=Limits)
    progress: Progress = _silent
    spool: Path | None = None
    workers: int = 1

    def taken(self, path: Path) -> bytes | Path:
        """A file that was written to the workdir: in memory if it is small, where it lies if not."""
        if path.stat().st_size > self.limits.max_memory_bytes:
            return path
        data = path.read_bytes()
        path.unlink()
        return data


class Room(Protocol):
    """A modality's implementation (a module with these three functions is one).

    Both `inspect` and `transform` raise `AssetError` with a stable code when the part cannot be processed, and
    nothing else for bad input. Heavy imports and models load on first use and stay for the life of the process.
    """

    def inspect(self, part: Part, ctx: Context) -> Inspection:
        """Read only. Findings at or above the policy's thresholds, in reading order."""

    def transform(self, part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
        """Clean, mask and re-encode. Deterministic for one identity key, save where a method's safety is randomness."""

    def similar(self, a: Fingerprint, b: Fingerprint) -> bool:
        """Are two parts near-duplicates? Called only for parts that share a band."""


def room_for(media_type: str, modality: Modality) -> Room:
    """The room for a part: by its media type if one is registered for that, else by its modality."""
    name = media_type if media_type in plugins.available("rooms") else modality.value
    room: Room = plugins.load("rooms", name)
    return room
