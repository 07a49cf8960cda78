"""What every container offers: split an input into members, join de-identified members again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from polyveil.modalities.interface import Context
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a container.

    key: its place in the container ('video', 'audio/0', 'attachment/2'); holds no personal value.
    modality: given when the container knows it; None for an opaque member whose type is found by content (a zip
        member may be a container again).
    required: the container cannot be joined without it (a DICOM header); others may be missing on export.
    """

    key: str
    data: bytes | Path = field(repr=False)
    modality: Modality | None = None
    media_type: str = "application/octet-stream"
    hints: Hints = field(default_factory=Hints, repr=False)
    required: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """The members of a container and what joining needs beside them.

    skeleton: JSON-able structure without personal values (member order, stream time bases, header layout).
        It is sealed in `linkage`.
    """

    members: Sequence[Member]
    skeleton: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Joined:
    """A file joined from de-identified members: bytes (or a file under the workdir), media type, suffix."""

    data: bytes | Path = field(repr=False)
    media_type: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A de-identified member as handed to `join`: its data, media type and file suffix ('.png')."""

    data: bytes | Path = field(repr=False)
    media_type: str
    suffix: str


class Container(Protocol):
    """A container format (a module with these two functions is one). Registered by media type."""

    def split(self, data: bytes | Path, hints: Hints, ctx: Context) -> Split:
        """Take the input apart. Raises AssetError on damage, bombs, unsafe member paths and encrypted input."""

    def join(self, skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:
        """Put members together again; one that is absent from `pieces` (no grant, quarantined) is left out."""
