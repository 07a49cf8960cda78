"""Live processes: what they write about themselves into the vault's state folder, once a second.

    VAULT/state/live/NAME.json   {"name", "kind": "camera|mqtt|dicom|watch", "since", "url", "hls", "metrics_url",
                                  "state": "running|reconnecting|stopped", "counts": {...}, "gauges": {...}}

`url` is the masked stream (MJPEG) on this machine, or null, `hls` the playlist of the same. Nothing in it is personal.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from polyveil.console.settings import is_loopback

SILENT_S = 10.0
"""Seconds without a word after which a process counts as gone."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_MOST_BYTES = 64 * 1024


class Source(BaseModel):
    """One live process."""

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    kind: Literal["camera", "mqtt", "dicom", "watch"]
    since: str = ""
    url: str | None = None
    hls: str | None = None
    metrics_url: str | None = None
    state: Literal["running", "reconnecting", "stopped", "silent"]
    counts: dict[str, float | int | str] = Field(default_factory=dict)
    gauges: dict[str, float] = Field(default_factory=dict)

    @property
    def stream(self) -> str:
        """The address of the masked stream, '' if there is none on this machine: no other one is ever asked."""
        return _here(self.url)

    @property
    def playlist(self) -> str:
        """The address of the same as HLS, '' if there is none on this machine."""
        return _here(self.hls)


def _here(url: str | None) -> str:
    try:
        place = urlsplit(url or "")
        return url or "" if place.scheme == "http" and is_loopback(place.hostname or "") and place.port else ""
    except ValueError:
        return ""


def sources(state: Path) -> list[Source]:
    """All live processes that wrote a word, by name; what does not read as one is left out."""
    found = []
    for path in sorted((state / "live").glob("*.json")):
        try:
            told = path.stat()
            if told.st_size > _MOST_BYTES:
                continue
            source = Source.model_validate(json.loads(path.read_bytes()))
        except (OSError, ValueError, ValidationError):
            continue
        if source.state != "stopped" and time.time() - told.st_mtime > SILENT_S:
            source = source.model_copy(update={"state": "silent"})
        found.append(source)
    return found


def source(state: Path, name: str) -> Source | None:
    """One live process by name."""
    return next((one for one in sources(state) if one.name == name), None) if _NAME.match(name) else None
