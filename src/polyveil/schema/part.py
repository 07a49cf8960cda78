"""Parts: pieces of an asset of exactly one modality."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from polyveil.schema.modality import Modality

PIXELS = "application/vnd.polyveil.pixels"
"""Media type of raw pixel arrays between the DICOM container and the image room.

The bytes are one `numpy.save` array (no pickle) of shape (frames, rows, columns) or (frames, rows, columns, 3),
dtype uint8, uint16 or int16. An image part of this type comes back with the same shape and dtype.
"""

DICOM_HEADER = "application/vnd.polyveil.dicom-header"
"""Media type of a DICOM header as a table part (DICOM JSON model, PS3.18 Annex F, private tags included)."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that another part of the same asset gave away (a header's patient name): search for it here too."""

    entity: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known about a part from outside it.

    transcript: words spoken in an audio part (plain text, SRT or VTT), from a file beside it or a subtitle track.
    known: values that other parts of the asset gave away.
    subject: a stable id of the person the asset is about, if the collector or a header named one.
    name: the part's own file name, for its extension only; never logged.
    in_film: it is the sound of pictures.
    """

    transcript: str | None = field(default=None, repr=False)
    known: tuple[Known, ...] = field(default=(), repr=False)
    subject: str | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)
    in_film: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an asset.

    path: where in the asset it lies, '' for an asset that is its own only part, else 'video', 'audio/0',
        'attachment/2/pixels'. It holds no personal value: containers number their members.
    data: the encoded bytes, or a file (the source itself, or one in the run's private temp folder) when large.
    media_type: IANA type of `data`, or one of the two internal types of this module.
    """

    path: str
    modality: Modality
    media_type: str
    data: bytes | Path = field(repr=False)
    hints: Hints = field(default_factory=Hints, repr=False)

    def read(self) -> bytes:
        """All bytes. Raises OSError if a file cannot be read."""
        return self.data if isinstance(self.data, bytes) else self.data.read_bytes()

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data) if isinstance(self.data, bytes) else self.data.open("rb")

    @property
    def size(self) -> int:
        return len(self.data) if isinstance(self.data, bytes) else self.data.stat().st_size
