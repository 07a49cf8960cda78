"""Readings: what identifies becomes a pseudonym, what measures stays, coarse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.identity import Identity
from polyveil.live.readings import Refiner, Topics, matches, timed
from polyveil.modalities.interface import Context
from polyveil.policies import load

AT = 1_760_000_000_123_456_789
POLICY = load("default")


def refiner(*filters: str) -> Refiner:
    return Refiner(Topics(filters or ("home/+/#",), Context(POLICY, Identity(b"k" * 32), Path())))


@pytest.mark.parametrize(
    ("payload", "fields"),
    [
        (b"21.4567", {"temperature": 21.46}),
        (b"ON", {"temperature": "ON"}),
        (b"true", {"temperature": True}),
        (b'{"temperature": 21.4567, "ok": true}', {"temperature": 21.46, "ok": True}),
        (b'{"climate": {"humidity": 40, "mode": "auto"}}', {"climate.humidity": 40.0, "climate.mode": "auto"}),
        (b'{"lat": 48.137154, "lon": 11.576124}', {"lat": 48.1, "lon": 11.6}),
        (b'{"temperature": 999, "humidity": 20}', {"humidity": 20.0}),
        (b'{"temperature": NaN, "humidity": 20}', {"humidity": 20.0}),
        (b"[1, 2]", {"temperature.0": 1.0, "temperature.1": 2.0}),
    ],
)
def test_values(payload: bytes, fields: dict[str, object]) -> None:
    assert refiner().refine("home/kitchen-7/temperature", payload, AT).fields == fields


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("mac", True),
        ("device_mac", True),
        ("owner.name", True),
        ("anna_keller_phone", False),
        ("anna@example.com", False),
    ],
)
def test_names_of_fields_that_say_what_they_hold_are_kept(key: str, kept: bool) -> None:
    fields = refiner().refine("home/kitchen-7/temperature", json.dumps({key: "x"}).encode(), AT).fields
    assert (set(fields) == {key}) is kept


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b"{}", b"[]", b"null", b'{"a": null}', b"[" * 100_000])
def test_no_reading(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        refiner().refine("home/kitchen-7/value", payload, AT)


@pytest.mark.parametrize(
    "planted",
    ["AA:BB:CC:DD:EE:FF", "anna.keller@example.com", "Anna Keller", "192.168.17.23", "sn-4711-xyz"],
)
def test_nothing_personal_comes_through(planted: str) -> None:
    row = {"temperature": 20, "mac": planted, "owner": planted, "device_id": planted}
    if "@" in planted:
        row["note"] = f"call {planted} today"
    reading = refiner().refine(f"home/{planted.replace(' ', '')}/temperature", json.dumps(row).encode(), AT)
    shown = reading.to_json().decode() + reading.topic + reading.device
    assert planted not in shown
    assert planted.replace(" ", "") not in shown
    assert reading.fields["temperature"] == 20.0


def test_times_are_coarse_and_the_messages_own() -> None:
    reading = refiner().refine("home/a/temperature", b'{"ts": 1700000059, "temperature": 1}', AT)
    assert reading.time == "2023-11-14T22:14:00+00:00"
    assert "ts" not in reading.fields


def test_same_device_same_pseudonym_and_back() -> None:
    one = refiner("home/+/+")
    first, second = (one.refine(f"home/kitchen/{what}", b"1", AT) for what in ("temperature", "power"))
    assert first.device == second.device
    assert first.topic == f"home/{first.device}/temperature"
    assert one.topics.reveal(f"{first.topic}/set") == "home/kitchen/temperature/set"
    assert one.topics.reveal("home/dev-000000000000/set") is None
    assert one.topics.reveal("home/kitchen/set") is None


@pytest.mark.parametrize(
    ("pattern", "topic", "answer"),
    [
        ("a/b", "a/b", True),
        ("a/+", "a/b", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("+/b", "a/c", False),
    ],
)
def test_filters(pattern: str, topic: str, answer: bool) -> None:
    assert matches(pattern, topic) is answer


def test_timed() -> None:
    assert timed(b'{"ts": 1, "v": 2}')
    assert not timed(b'{"v": 2}')
    assert not timed(b"21.5")


@given(st.binary(max_size=200))
def test_anything_is_a_reading_or_a_value_error(payload: bytes) -> None:
    try:
        reading = refiner().refine("home/kitchen/value", payload, AT)
    except ValueError:
        return
    assert "kitchen" not in reading.topic
    json.loads(reading.to_json())
