"""What is sent to an MQTT broker: each message once, no more at a time than the broker takes."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, field
from typing import Any

MOST = 100  # messages under way


@dataclass(slots=True)
class Outgoing:
    """A message on its way."""

    topic: str = field(repr=False)
    payload: bytes = field(repr=False)
    refused: bool = False  # no broker can be given this
    _sent: Any = None

    @property
    def arrived(self) -> bool:
        """Does the broker have it, for good? What is refused is not waited for."""
        return self.refused or (self._sent is not None and bool(self._sent.is_published()))


class Outbox:
    """Sends at QoS 2, so that a message comes once through a restart of either side's connection.

    Paho sends everything that it holds at once when it connects again, while a broker closes the connection of a
    client that has more under way than its receive maximum (MQTT 5.0, section 3.3.4): what is beyond that waits here.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._waiting: queue.SimpleQueue[Outgoing | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(0)
        self._window = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send_all, name="polyveil-mqtt-send", daemon=True)
        client.max_inflight_messages_set(MOST)
        client.max_queued_messages_set(0)
        client.on_publish = lambda *_: self._room.release()
        self._thread.start()

    def connected(self, properties: Any) -> None:
        """Call this when the broker has answered a connection, with the properties of its answer."""
        window = min(MOST, int(getattr(properties, "ReceiveMaximum", MOST)))
        if window > self._window:
            self._room.release(window - self._window)
            self._window = window

    def send(self, topic: str, payload: bytes) -> Outgoing:
        """While the broker is away the message waits."""
        one = Outgoing(topic, payload)
        self._waiting.put(one)
        return one

    def close(self) -> None:
        """What was not handed over yet is forgotten."""
        self._over.set()
        self._waiting.put(None)
        self._thread.join()

    def _send_all(self) -> None:
        while (one := self._waiting.get()) is not None:
            while not self._room.acquire(timeout=0.2):
                if self._over.is_set():
                    return
            try:
                sent = self._client.publish(one.topic, one.payload, qos=2)
            except ValueError:  # a topic or payload beyond what the protocol can say
                one.refused = True
                self._room.release()
                continue
            sent.rc = 0  # "no connection" is no failure, and would make is_published raise
            one._sent = sent  # noqa: SLF001 - of this module
