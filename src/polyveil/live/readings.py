"""De-identifies a sensor's reading: pseudonyms, coarse times, places and numbers, cleaned values."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from polyveil.modalities.interface import Context
from polyveil.modalities.text import find, replace

Value = float | bool | str

QUANTITIES = frozenset(
    [
        "temperature",
        "temp",
        "humidity",
        "pressure",
        "power",
        "energy",
        "voltage",
        "current",
        "state",
        "status",
        "battery",
        "motion",
        "occupancy",
        "contact",
        "illuminance",
        "light",
        "co2",
        "pm25",
        "level",
        "flow",
        "water",
        "gas",
        "smoke",
        "noise",
        "speed",
        "position",
        "brightness",
        "on",
        "off",
        "open",
        "set",
        "get",
        "value",
        "telemetry",
        "sensor",
        "sensors",
        "data",
        "events",
        "reading",
        "readings",
        "availability",
        "heartrate",
        "steps",
        "weight",
    ]
)
"""Levels of a topic and words of a state that say what is measured and nothing about who."""

_STATES = QUANTITIES | frozenset(
    [
        "closed",
        "locked",
        "unlocked",
        "true",
        "false",
        "yes",
        "no",
        "online",
        "offline",
        "idle",
        "active",
        "auto",
        "manual",
        "heat",
        "cool",
        "dry",
        "fan",
        "low",
        "medium",
        "high",
        "ok",
        "alarm",
        "error",
        "unknown",
        "none",
        "home",
        "away",
        "detected",
        "clear",
        "charging",
        "full",
        "empty",
    ]
)
_NAMES = frozenset(
    [
        "user",
        "username",
        "owner",
        "name",
        "resident",
        "person",
        "patient",
        "occupant",
        "member",
        "friendly_name",
        "nickname",
    ]
)
_IDS = frozenset(
    [
        "id",
        "device",
        "uuid",
        "mac",
        "serial",
        "imei",
        "ip",
        "ssid",
        "bssid",
        "hostname",
        "host",
        "token",
        "key",
        "address",
        "addr",
        "sn",
    ]
)
_TIMES = frozenset(
    ["t", "ts", "time", "timestamp", "date", "datetime", "at", "when", "measured_at", "created", "updated", "last_seen"]
)
_PLACES = frozenset(["lat", "lon", "lng", "long", "latitude", "longitude"])
_SAID = QUANTITIES | _NAMES | _IDS | _TIMES | _PLACES
"""Words in the name of a field that say what it holds: some are names elsewhere (Mac)."""

_RANGES = {"temperature": (-90.0, 150.0), "humidity": (0.0, 100.0), "battery": (0.0, 100.0), "co2": (0.0, 100_000.0)}
_MOST_FIELDS = 200
_LONGEST_TEXT = 2000  # characters
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading after de-identification. time: ISO 8601, UTC, coarse. cleaned: values that were dropped."""

    topic: str
    device: str
    time: str
    fields: dict[str, Value]
    cleaned: int = 0

    def to_json(self) -> bytes:
        """What is republished."""
        return json.dumps({"time": self.time, "device": self.device, **self.fields}, ensure_ascii=False).encode()


@dataclass(slots=True)
class Topics:
    """The way of topics to pseudonyms and back.

    filters: the MQTT topic filters that are subscribed. What a wildcard matched came from a device: each such level
    becomes a pseudonym, save words that say what is measured. The first of them names the device.
    """

    filters: tuple[str, ...]
    ctx: Context = field(repr=False)
    known: dict[str, str] = field(default_factory=dict, repr=False)
    fresh: bool = False

    def pseudonym(self, value: str) -> str:
        """Stable under the vault's identity key; remembered, so that commands find their way back."""
        made = "dev-" + self.ctx.identity.keyed_id("device", value, 12)
        if made not in self.known:
            self.known[made] = value
            self.fresh = True
        return made

    def hide(self, topic: str) -> tuple[str, str]:
        """The topic with pseudonyms, and the device's."""
        levels, fixed = topic.split("/"), self._fixed(topic)
        new = [
            one if said or one.casefold() in QUANTITIES else self.pseudonym(one)
            for one, said in zip(levels, fixed, strict=True)
        ]
        device = next((one for one, old in zip(new, levels, strict=True) if one != old), "")
        return "/".join(new), device or self.pseudonym(topic)

    def reveal(self, topic: str) -> str | None:
        """The topic of the device behind pseudonyms; None when one of them is unknown, or there is none."""
        levels = topic.split("/")
        if not any(one in self.known for one in levels):
            return None
        if any(one.startswith("dev-") and one not in self.known for one in levels):
            return None
        return "/".join(self.known.get(one, one) for one in levels)

    def _fixed(self, topic: str) -> list[bool]:
        """Which levels the operator wrote out; by the first filter that matches."""
        levels = topic.split("/")
        for pattern in self.filters:
            parts = pattern.split("/")
            if matches(pattern, topic):
                return [at < len(parts) and parts[at] not in ("+", "#") for at in range(len(levels))]
        return [False] * len(levels)


def matches(pattern: str, topic: str) -> bool:
    """Does an MQTT topic filter match a topic (MQTT 5.0, section 4.7)?"""
    parts, levels = pattern.split("/"), topic.split("/")
    for at, part in enumerate(parts):
        if part == "#":
            return True
        if at >= len(levels) or part not in ("+", levels[at]):
            return False
    return len(parts) == len(levels)


@dataclass
class Refiner:
    """Makes readings of messages.

    Args:
        step_s: times are rounded down to this many seconds. digits: significant digits that numbers keep.
        place_digits: decimals of degrees that latitude and longitude keep (1 is about 11 km).
    """

    topics: Topics
    step_s: int = 60
    digits: int = 4
    place_digits: int = 1

    def __post_init__(self) -> None:
        self._words = lru_cache(4096)(self._word)
        self._keys = lru_cache(4096)(self._key)

    def refine(self, topic: str, payload: bytes, at_ns: int) -> Reading:
        """The reading in a message: a number, a word or JSON. Raises ValueError when it is none."""
        value = _parsed(payload)
        hidden, device = self.topics.hide(topic)
        when = datetime.fromtimestamp(at_ns / 1e9, UTC)
        fields: dict[str, Value] = {}
        cleaned = 0
        last = topic.rpartition("/")[2].casefold()
        alone = last if last in QUANTITIES else "value"
        for key, one in _flat(value, alone):
            kind = key.rpartition(".")[2].casefold()
            if kind in _TIMES:
                when = _moment(one) or when
                continue
            name = self._keys(key)
            kept = self._value(kind, one)
            if kept is None or len(fields) >= _MOST_FIELDS:
                cleaned += 1
            else:
                fields[name] = kept
        if not fields:
            raise ValueError("no reading in it")
        return Reading(hidden, device, self._coarse(when), fields, cleaned)

    def _coarse(self, when: datetime) -> str:
        seconds = int(when.timestamp()) // self.step_s * self.step_s
        return datetime.fromtimestamp(seconds, UTC).isoformat()

    def _value(self, kind: str, value: Any) -> Value | None:
        if kind in _IDS or kind in _NAMES or kind.endswith(("_id", "_mac", "_serial", "_name", "_ip")):
            return self.topics.pseudonym(str(value))
        if isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return self._number(kind, float(value))
        return self._words(value) if value and len(value) <= _LONGEST_TEXT else None

    def _number(self, kind: str, value: float) -> float | None:
        low, high = _RANGES.get(kind, (-math.inf, math.inf))
        if not math.isfinite(value) or not low <= value <= high:
            return None
        if kind in _PLACES:
            return round(value, self.place_digits)
        return float(f"{value:.{self.digits}g}")

    def _word(self, word: str) -> str:
        if word.casefold() in _STATES:
            return word
        return replace(word, find(word, self.topics.ctx.policy), self.topics.ctx)[0]

    def _key(self, key: str) -> str:
        words = re.sub(r"[_.-]+", " ", key)
        unknown = " ".join(word for word in words.split() if word.casefold() not in _SAID)
        if _KEY.fullmatch(key) and not find(unknown, self.topics.ctx.policy):
            return key
        return "field-" + self.topics.ctx.identity.keyed_id("field", key, 8)


def _parsed(payload: bytes) -> Any:
    if len(payload) > 256 * 1024:
        raise ValueError("too large")
    text = payload.decode("utf-8").strip()  # UnicodeDecodeError is a ValueError
    if not text or text == "null":
        raise ValueError("empty")
    if text[0] in '{["':
        try:
            return json.loads(text)
        except RecursionError:
            raise ValueError("nested too deep") from None
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _flat(value: Any, name: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Leaves with dotted names; nulls left out."""
    if depth > 6:
        return
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(one, f"{name}.{key}" if depth else str(key), depth + 1)
    elif isinstance(value, list):
        for at, one in enumerate(value[:32]):
            yield from _flat(one, f"{name}.{at}", depth + 1)
    elif value is not None:
        yield name, value


def _moment(value: Any) -> datetime | None:
    """A moment from seconds or milliseconds since 1970, or ISO 8601."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if abs(value) > 1e11 else value, UTC)
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def timed(payload: bytes) -> bool:
    """Does a message carry its own time, so that the same bytes again are the same reading?"""
    if not payload.startswith(b"{"):
        return False
    try:
        row = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and any(str(key).casefold() in _TIMES for key in row)
