"""What is sent to a broker: in order, no more at a time than it takes, and nothing stops what comes after."""

from __future__ import annotations

import threading
from typing import Any

from tests.live.conftest import until

from polyveil.live.outbox import MOST, Outbox


class Sent:
    def __init__(self) -> None:
        self.rc = 4
        self.here = False

    def is_published(self) -> bool:
        return self.here


class Client:
    """A client of paho's shape whose broker answers when it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Sent]] = []
        self.on_publish: Any = None

    def max_inflight_messages_set(self, _: int) -> None:
        return

    def max_queued_messages_set(self, _: int) -> None:
        return

    def publish(self, topic: str, payload: bytes, qos: int) -> Sent:
        assert qos == 2
        if "+" in topic:
            raise ValueError
        self.sent.append((topic, Sent()))
        return self.sent[-1][1]

    def answer(self, number: int) -> None:
        self.sent[number][1].here = True
        self.on_publish(self, None, number, None, None)


class Properties:
    def __init__(self, most: int | None) -> None:
        if most is not None:
            self.ReceiveMaximum = most


def test_no_more_at_a_time_than_the_broker_takes() -> None:
    client = Client()
    box = Outbox(client)
    messages = [box.send(f"t/{at}", b"x") for at in range(10)]
    assert client.sent == []  # nobody is there yet
    box.connected(Properties(3))
    until(lambda: len(client.sent) == 3)
    box.connected(Properties(3))  # again, after the connection broke
    threading.Event().wait(0.3)
    assert len(client.sent) == 3
    for at in range(10):
        until(lambda at=at: len(client.sent) > at)  # type: ignore[misc]
        client.answer(at)
    until(lambda: all(one.arrived for one in messages))
    assert [topic for topic, _ in client.sent] == [f"t/{at}" for at in range(10)]
    box.close()


def test_what_cannot_be_said_is_left_out_and_the_next_goes_on() -> None:
    client = Client()
    box = Outbox(client)
    box.connected(Properties(None))
    wrong, right = box.send("t/+", b"x"), box.send("t/0", b"x")
    until(lambda: len(client.sent) == 1)
    client.answer(0)
    assert wrong.refused
    assert wrong.arrived
    assert right.arrived
    assert not right.refused
    box.close()


def test_closing_does_not_wait_for_a_broker_that_is_away() -> None:
    client = Client()
    box = Outbox(client)
    waiting = [box.send("t/0", b"x") for _ in range(MOST + 1)]
    box.close()
    assert not any(one.arrived for one in waiting)
