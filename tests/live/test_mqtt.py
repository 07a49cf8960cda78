"""MQTT with Debian's mosquitto: every message once, through a restart of the broker and kills of ours."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import polars as pl
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from tests.live.conftest import Broker, Source, on_disk, until

from polyveil.errors import UsageError
from polyveil.live.mqtt import Bridge, Message, Options, pseudonymous
from polyveil.live.readings import Reading, Value
from polyveil.live.session import open_session
from polyveil.policies import load
from polyveil.vault import Unlock, Vault

DEVICES = ["kitchen-of-anna-keller", "bedroom-7"]


class Client:
    """A publisher and subscriber with a session that survives the broker."""

    def __init__(self, broker: Broker, name: str, *topics: str) -> None:
        self.seen: list[tuple[str, bytes]] = []
        self.ready = threading.Event()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, name, protocol=paho.MQTTv311, clean_session=False)
        self.client.max_queued_messages_set(0)
        self.client.reconnect_delay_set(1, 1)

        def connected(client: Any, *_: Any) -> None:
            for topic in topics:
                client.subscribe(topic, 2)
            self.ready.set()

        self.client.on_connect = connected
        self.client.on_message = lambda _c, _d, message: self.seen.append((message.topic, bytes(message.payload)))
        self.client.connect_async("127.0.0.1", broker.port)
        self.client.loop_start()
        assert self.ready.wait(20)
        time.sleep(0.3)  # the subscription

    def send(self, topic: str, payload: bytes) -> Any:
        return self.client.publish(topic, payload, qos=1)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def reading(number: int) -> tuple[str, bytes]:
    device = DEVICES[number % 2]
    return f"home/{device}/temperature", json.dumps(
        {"ts": 1_700_000_000 + number, "temperature": 20, "seq": number, "owner": "Anna Keller"}
    ).encode()


def received(live: Source) -> bool:
    return live.count("received") > 0


def sealed_numbers(vault: Path, key: Path) -> list[int]:
    """The numbers of all readings in `table`."""
    found: list[int] = []
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        for info in opened.objects("table"):
            found += pl.read_csv(opened.read(info.object_id))["seq"].cast(pl.Int64).to_list()
    return sorted(found)


def sealed_owners(vault: Path, key: Path) -> set[str]:
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        tables = [pl.read_csv(opened.read(info.object_id)) for info in opened.objects("table")]
    return {owner for one in tables for owner in one["owner"].to_list()}


def bridge(source: Callable[..., Source], broker: Broker, *more: str) -> Source:
    started = source(
        "mqtt", f"mqtt://127.0.0.1:{broker.port}", "--topic", "home/+/+", "--republish", "clean",
        "--batch-seconds", "1", "--batch", "200", "--digits", "9", *more,
    )  # fmt: skip
    until(lambda: started.count("connections") > 0)
    return started


def test_every_message_once_through_a_restart_of_the_broker(
    source: Callable[..., Source], broker: Broker, vault: Path, key: Path
) -> None:
    live = bridge(source, broker)
    client = Client(broker, "tester", "clean/#")
    total = 600
    for number in range(total):
        client.send(*reading(number))
        if number == total // 2:
            until(lambda: live.count("received") > 50)
            broker.stop()
            broker.start()
    until(lambda: live.count("sealed_readings") >= total)
    until(lambda: len(client.seen) >= total)
    # commands by pseudonym reach the device
    device = Client(broker, "device", f"home/{DEVICES[0]}/temperature/set")
    topic = next(topic for topic, payload in client.seen if json.loads(payload)["seq"] % 2 == 0)
    client.send(f"{topic}/set", b"heat")
    client.send("clean/home/dev-000000000000/temperature/set", b"heat")
    until(lambda: bool(device.seen))
    assert device.seen[0] == (f"home/{DEVICES[0]}/temperature/set", b"heat")
    until(lambda: live.count("commands_unknown") == 1)
    client.close()
    device.close()
    assert f'{{source="one",kind="mqtt",event="sealed_readings"}} {total}' in live.metrics()
    logged = live.stop()
    assert [json.loads(line)["event"] for line in logged.splitlines()][-2:] == ["stopped", "counts"]
    assert live.waiting() == 0
    assert live.state()["state"] == "stopped"
    assert sealed_numbers(vault, key) == list(range(total))
    heard = [json.loads(payload) for topic, payload in client.seen if not topic.endswith("/set")]
    assert sorted(one["seq"] for one in heard) == list(range(total))
    assert {one["owner"] for one in heard} == sealed_owners(vault, key)
    shown = logged + json.dumps(live.state()) + repr([topic for topic, _ in client.seen])
    assert not any(device in shown for device in DEVICES)
    assert not on_disk(vault, DEVICES[0].encode())


def test_killed_again_and_again_nothing_acknowledged_is_lost(
    source: Callable[..., Source], broker: Broker, vault: Path, key: Path
) -> None:
    client = Client(broker, "tester")
    total = 0
    for _ in range(3):
        now = bridge(source, broker)
        for number in range(total, total + 100):
            client.send(*reading(number))
        total += 100
        until(partial(received, now))
        now.kill()
        assert not on_disk(vault, b"anna-keller")
    live = bridge(source, broker)
    until(lambda: len(set(sealed_numbers(vault, key))) >= total)
    client.close()
    live.stop()
    assert sealed_numbers(vault, key) == list(range(total))


def test_what_is_no_reading_is_quarantined(source: Callable[..., Source], broker: Broker, vault: Path) -> None:
    live = bridge(source, broker)
    client = Client(broker, "tester")
    client.send("home/x/temperature", b"\xff\xfe\x00")
    until(lambda: live.count("quarantined") == 1)
    client.close()
    live.stop()
    with Vault.open(vault, Unlock(key_file=live.key)) as opened:
        assert len(list(opened.objects("originals"))) == 1
        assert not list(opened.objects("table"))


@pytest.mark.parametrize(
    ("url", "topic"), [("http://x", "a/+"), ("mqtt://", "a/+"), ("mqtt://h:99999999", "a/+"), ("mqtt://h", "#")]
)
def test_wrong_calls(vault: Path, key: Path, url: str, topic: str) -> None:
    with (
        open_session(vault, Unlock(key_file=key), load("default"), name="one", kind="mqtt", quiet=True) as session,
        pytest.raises(UsageError),
    ):
        Bridge(session, Options(url, (topic,), "clean"))


def test_fields_of_pseudonyms_are_those_that_hold_nothing_else() -> None:
    """What the table road has still to look at is whatever else a field holds, however it is spelt."""
    rows: list[dict[str, Value]] = [
        {"mac": "dev-1", "owner": "dev-2", "note": "dev-1", "Id": "dev-1", "t": 20.0},
        {"mac": "dev-2", "note": "call Anna", "id": "7 Mill Road"},
    ]
    readings = [Reading("home/dev-1/temperature", "dev-1", "", one) for one in rows]
    assert pseudonymous(readings, {"dev-1", "dev-2"}) == {"mac", "owner"}


def test_message_round_trip() -> None:
    message = Message(7, 65535, "home/küche", b"\x00\xff")
    assert Message.unpacked(message.packed()) == message
