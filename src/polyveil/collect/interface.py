"""What every source gives to the road: items with a place, a size and a way to read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from polyveil.schema.limits import Limits


class Content(Protocol):
    """A way to read an item's bytes. Picklable: workers do the reading."""

    def load(self, in_memory: int, workdir: Path) -> bytes | Path:
        """The bytes, or a file when there are more than `in_memory`. Raises OSError when they cannot be read."""


@dataclass(frozen=True, slots=True)
class Collected:
    """One thing collected.

    uri: where it is, for the ledger and for reading again. relative: its path below the source, '/'-separated.
    size: bytes. mtime_ns: when it changed last, 0 if unknown. companion: the transcript beside a recording.
    """

    uri: str = field(repr=False)
    relative: str = field(repr=False)
    size: int
    mtime_ns: int
    content: Content = field(repr=False)
    companion: Content | None = field(default=None, repr=False)

    def load(self, in_memory: int, workdir: Path) -> bytes | Path:
        """See `Content.load`."""
        return self.content.load(in_memory, workdir)

    def transcript(self) -> str | None:
        """The words of the companion transcript, None if there is none or it cannot be read as text."""
        if self.companion is None:
            return None
        try:
            data = self.companion.load(16 * 1024**2, Path())
        except OSError:
            return None
        return data.decode("utf-8-sig", errors="replace") if isinstance(data, bytes) else None


class Source(Protocol):
    """A kind of source (a module with this function is one), registered by URL scheme in `polyveil.sources`."""

    def collect(self, source: str, limits: Limits) -> Iterator[Collected]:
        """Everything at `source`, in a stable order. Raises UsageError if nothing is there."""
