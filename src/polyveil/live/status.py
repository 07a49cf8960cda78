"""How a live source is doing: a small file for the console, metrics for Prometheus, log lines. No personal values."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

State = Literal["running", "reconnecting", "stopped"]
Kind = Literal["camera", "mqtt", "dicom", "watch"]
_TELL_S = 60  # between two log lines with all counts
_STATES: tuple[State, ...] = ("running", "reconnecting", "stopped")


@dataclass(slots=True)
class Status:
    """Counts and state of one live source, written to `folder`/<name>.json every second. Safe for threads.

    Args:
        name: lower-case letters, digits and dashes. url, hls: of the masked stream, on loopback, or None.
    """

    folder: Path
    name: str
    kind: Kind
    url: str | None = None
    hls: str | None = None
    metrics_url: str = ""
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    quiet: bool = False
    _state: State = "running"
    _counts: dict[str, int] = field(default_factory=dict)
    _gauges: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    def count(self, what: str, number: int = 1) -> None:
        """Add to a counter."""
        with self._lock:
            self._counts[what] = self._counts.get(what, 0) + number

    def gauge(self, what: str, value: float) -> None:
        """Set a measurement, such as seconds of latency."""
        with self._lock:
            self._gauges[what] = value

    @property
    def counts(self) -> dict[str, int]:
        with self._lock:
            return dict(self._counts)

    @property
    def state(self) -> State:
        return self._state

    def turn(self, state: State) -> None:
        """Change the state and say so in the log."""
        if state != self._state:
            self._state = state
            self.log(state)
            self.write()

    def log(self, event: str, **fields: float | str) -> None:
        """One JSON line on stderr. Fields hold codes, counts and types, never what was received."""
        if not self.quiet:
            row = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "source": self.name, "event": event}
            sys.stderr.write(json.dumps({**row, **fields}) + "\n")

    def row(self) -> Mapping[str, object]:
        """What the console reads."""
        with self._lock:
            return {
                "name": self.name,
                "kind": self.kind,
                "since": self.since,
                "url": self.url,
                "hls": self.hls,
                "metrics_url": self.metrics_url,
                "state": self._state,
                "counts": dict(sorted(self._counts.items())),
                "gauges": {name: round(value, 4) for name, value in sorted(self._gauges.items())},
            }

    def metrics(self) -> str:
        """Prometheus' text format, version 0.0.4."""
        with self._lock:
            counts, gauges, state = dict(self._counts), dict(self._gauges), self._state
        marks = f'source="{self.name}",kind="{self.kind}"'
        lines = ["# TYPE polyveil_live_events_total counter"]
        lines += [f'polyveil_live_events_total{{{marks},event="{name}"}} {n}' for name, n in sorted(counts.items())]
        lines.append("# TYPE polyveil_live_value gauge")
        lines += [f'polyveil_live_value{{{marks},value="{name}"}} {v:.6g}' for name, v in sorted(gauges.items())]
        lines.append("# TYPE polyveil_live_state gauge")
        lines += [f'polyveil_live_state{{{marks},state="{one}"}} {int(one == state)}' for one in _STATES]
        return "\n".join(lines) + "\n"

    def write(self) -> None:
        """Replace the file in one step."""
        with self._writing:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = self.folder / f".{self.name}.{os.getpid()}"
            fresh.write_text(json.dumps(self.row()))
            fresh.replace(self.folder / f"{self.name}.json")

    def begin(self) -> None:
        """Write the file now and every second until `end`."""
        self.write()
        threading.Thread(target=self._tick, name="polyveil-status", daemon=True).start()

    def _tick(self) -> None:
        ticks = 0
        while not self._over.wait(1.0):
            self.write()
            ticks += 1
            if ticks % _TELL_S == 0:
                self.log("counts", **self.counts, **self._gauges)

    def end(self) -> None:
        self._over.set()
        self.turn("stopped")
        self.log("counts", **self.counts)
        self.write()
