"""MQTT: readings go into the vault as tables, and de-identified readings back to the broker.

A message at QoS 1 is acknowledged when it lies in the spool, durable. Paho is used without aiomqtt around it, since
that acknowledges a message when it has been queued, and discards it when the queue is full.
"""

from __future__ import annotations

import csv
import io
import json
import os
import queue
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from blake3 import blake3

from polyveil.errors import IntegrityError, MissingExtraError, UnlockError, UsageError, VaultError
from polyveil.live.outbox import Outbox, Outgoing
from polyveil.live.readings import Reading, Refiner, Topics, matches, timed
from polyveil.live.session import Session, live_folder, quarantine, received, seal
from polyveil.live.spool import Segment, Spool
from polyveil.pipeline.work import Station
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.policy import Operator

RECEIVE = 1000  # messages that the broker may send before they are acknowledged (MQTT 5.0, section 3.1.2.11.3)
_GROUP = 500  # messages that share one fsync
_REMEMBERED = 50_000  # messages by which a repeated one is known
_HEAD = struct.Struct(">QHH")
_COMMAND = "/set"


@dataclass(frozen=True, slots=True)
class Options:
    """What a broker session does.

    url: mqtt://[user[:password]@]host[:port] or mqtts://. republish: topic prefix, '' for none.
    batch: readings, and batch_s: seconds, after which a table is sealed.
    """

    url: str = field(repr=False)
    topics: tuple[str, ...]
    republish: str = ""
    batch: int = 1000
    batch_s: float = 10.0
    step_s: int = 60
    digits: int = 4
    place_digits: int = 1


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it lies in the spool."""

    at_ns: int
    mid: int
    topic: str
    payload: bytes = field(repr=False)

    def packed(self) -> bytes:
        topic = self.topic.encode()
        return _HEAD.pack(self.at_ns, self.mid, len(topic)) + topic + self.payload

    @classmethod
    def unpacked(cls, data: bytes) -> Message:
        at_ns, mid, length = _HEAD.unpack_from(data)
        body = data[_HEAD.size :]
        return cls(at_ns, mid, body[:length].decode(), body[length:])

    def key(self, *, again: bool) -> bytes:
        """By which a repeated message is known: with its own time by content alone, else by the broker's number too."""
        number = b"" if not again else self.mid.to_bytes(2, "big")
        return bytes(blake3(number + self.topic.encode() + b"\0" + self.payload).digest(16))


@dataclass(slots=True)
class _Batch:
    """A segment of the spool with its messages and what was republished of them."""

    segment: str
    born: float
    messages: list[Message] = field(default_factory=list, repr=False)
    sent: list[Outgoing] = field(default_factory=list, repr=False)


class Bridge:
    """A session with a broker. `run` returns after the session's stop event, with everything in hand sealed.

    Raises:
        UsageError: the address or a topic is wrong. MissingExtraError: paho is not installed.
        UnlockError: a former process left a spool, and the principal has no grant to open it.
    """

    def __init__(self, session: Session, options: Options) -> None:
        for pattern in options.topics:
            if options.republish and matches(pattern, f"{options.republish}/x/x"):
                raise UsageError(f"--topic {pattern} also matches what --republish {options.republish} sends: a loop")
        self.session, self.options, self.status = session, options, session.status
        self.topics = Topics(options.topics, session.station.context(session.station.scratch))
        self.topics.known.update(self._remembered())
        self.refiner = Refiner(self.topics, options.step_s, options.digits, options.place_digits)
        self.spool = Spool(live_folder(session.vault) / f"{session.status.name}.spool", session.vault, self.status.name)
        self._incoming: queue.Queue[Any] = queue.Queue(2 * RECEIVE)
        self._batches: queue.Queue[_Batch | None] = queue.Queue(8)
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._commands: list[tuple[Outgoing, Any]] = []
        self.client, host, port = self._client()
        self._outbox = Outbox(self.client)
        self._connect(host, port)

    # -- the broker's side ----------------------------------------------------------------------------------------

    def _client(self) -> tuple[Any, str, int]:
        """A client with the broker's host and port."""
        try:
            import paho.mqtt.client as paho
            from paho.mqtt.enums import CallbackAPIVersion
        except ImportError as error:
            raise MissingExtraError("Reading from an MQTT broker", "live") from error
        place = urlsplit(self.options.url)
        try:
            port = place.port or (8883 if place.scheme == "mqtts" else 1883)
        except ValueError:
            port = 0
        if place.scheme not in ("mqtt", "mqtts") or not place.hostname or not port:
            raise UsageError("the broker's address is mqtt://[user@]host[:port] or mqtts://…")
        ident = f"polyveil-{self.session.vault.ring.vault[:12]}-{self.status.name}"
        client = paho.Client(
            CallbackAPIVersion.VERSION2, ident, protocol=paho.MQTTv5, manual_ack=True, reconnect_on_failure=True
        )
        if place.username:
            password = place.password or os.environ.get("POLYVEIL_MQTT_PASSWORD")
            client.username_pw_set(unquote(place.username), unquote(password) if password else None)
        if place.scheme == "mqtts":
            client.tls_set()
        client.reconnect_delay_set(1, 30)
        client.on_connect, client.on_subscribe = self._connected, self._subscribed
        client.on_disconnect, client.on_message = self._parted, self._arrived
        return client, place.hostname, port

    def _connect(self, host: str, port: int) -> None:
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.ReceiveMaximum = RECEIVE
        properties.SessionExpiryInterval = 7 * 24 * 3600
        self.client.connect_async(host, port, keepalive=30, clean_start=False, properties=properties)

    def _connected(self, client: Any, _data: Any, _flags: Any, reason: Any, properties: Any = None) -> None:
        if reason.is_failure:
            self.status.count("refused")
            self.status.turn("reconnecting")
            return
        from paho.mqtt.subscribeoptions import SubscribeOptions

        self._outbox.connected(properties)
        own = [f"{self.options.republish}/#"] if self.options.republish else []
        # no_local: what we send ourselves does not come back; retained messages come once, not at every reconnection
        how = SubscribeOptions(qos=1, noLocal=True, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        client.subscribe([(topic, how) for topic in [*self.options.topics, *own]])

    def _subscribed(self, *_: Any) -> None:
        self.status.count("connections")
        self.status.turn("running")

    def _parted(self, _client: Any, _data: Any, _flags: Any, _reason: Any, _properties: Any = None) -> None:
        if not self.session.stop.is_set():
            self.status.turn("reconnecting")

    def _arrived(self, _client: Any, _data: Any, message: Any) -> None:
        if message.qos == 0:
            try:
                self._incoming.put_nowait((time.time_ns(), message))
            except queue.Full:
                self.status.count("dropped")  # QoS 0 promises nothing; those above wait, and the broker with them
            return
        while not self.session.stop.is_set():
            try:
                self._incoming.put((time.time_ns(), message), timeout=0.2)
            except queue.Full:
                continue
            return

    # -- in: spool, acknowledge, republish ------------------------------------------------------------------------

    def run(self) -> None:
        """Until the session's stop event."""
        sealing = threading.Thread(target=self._seal_all, name="polyveil-mqtt-seal")
        left = self._left()
        sealing.start()
        try:
            for batch in left:
                self._republish(batch, batch.messages)
                self._batches.put(batch)
            self.client.loop_start()
            self._take_all()
        finally:
            self._batches.put(None)
            sealing.join()
            self._outbox.close()
            self.client.disconnect()
            self.client.loop_stop()

    def _left(self) -> list[_Batch]:
        """What a former process acknowledged and did not get into the vault."""
        batches = []
        for ident in self.spool.waiting():
            messages = [Message.unpacked(one) for one in self.spool.read(ident)]
            for message in messages:
                self._remember(message)
            self.status.count("recovered", len(messages))
            batches.append(_Batch(ident, time.monotonic(), messages))
        return batches

    def _take_all(self) -> None:
        segment: Segment | None = None
        batch: _Batch | None = None
        while not (self.session.stop.is_set() and self._incoming.empty()):
            group = self._group()
            self._settle_commands()
            try:
                if group and segment is None:
                    segment = self.spool.segment()
                    batch = _Batch(segment.id, time.monotonic())
                if segment is not None and batch is not None:
                    if group:
                        self._take(segment, batch, group)
                    old = time.monotonic() - batch.born > self.options.batch_s
                    if len(batch.messages) >= self.options.batch or old:
                        segment.close()
                        self._batches.put(batch)
                        segment = batch = None
            except VaultError as error:
                self.session.fail(error)
                break
        if segment is not None and batch is not None:
            segment.close()
            self._batches.put(batch)

    def _group(self) -> list[tuple[int, Any]]:
        group: list[tuple[int, Any]] = []
        try:
            group.append(self._incoming.get(timeout=0.1))
            while len(group) < _GROUP:
                group.append(self._incoming.get_nowait())
        except queue.Empty:
            pass
        return group

    def _take(self, segment: Segment, batch: _Batch, group: Sequence[tuple[int, Any]]) -> None:
        """Spool a group of messages, make them durable, acknowledge them, republish them."""
        fresh: list[Message] = []
        taken: list[Any] = []
        for at_ns, raw in group:
            if self.options.republish and raw.topic.startswith(f"{self.options.republish}/"):
                self._command(raw)
                continue
            taken.append(raw)
            message = Message(at_ns, raw.mid, raw.topic, raw.payload)
            if self._repeated(message, again=raw.dup):
                self.status.count("duplicates")
                continue
            self._remember(message)
            segment.append(message.packed())
            fresh.append(message)
        if fresh:
            segment.sync()
        for raw in taken:
            if raw.qos:
                self.client.ack(raw.mid, raw.qos)
        self.status.count("received", len(fresh))
        batch.messages += fresh
        self._republish(batch, fresh)

    def _repeated(self, message: Message, *, again: bool) -> bool:
        known = timed(message.payload) and message.key(again=False) in self._seen
        return known or (again and message.key(again=True) in self._seen)

    def _remember(self, message: Message) -> None:
        self._seen[message.key(again=True)] = None
        self._seen[message.key(again=False)] = None
        while len(self._seen) > 2 * _REMEMBERED:
            self._seen.popitem(last=False)

    def _republish(self, batch: _Batch, messages: Sequence[Message]) -> None:
        if not self.options.republish:
            return
        for message in messages:
            reading = self._reading(message)
            if reading is not None:
                batch.sent.append(self._outbox.send(f"{self.options.republish}/{reading.topic}", reading.to_json()))
                self.status.count("republished")

    def _reading(self, message: Message) -> Reading | None:
        try:
            return self.refiner.refine(message.topic, message.payload, message.at_ns)
        except ValueError:
            return None

    # -- commands -------------------------------------------------------------------------------------------------

    def _command(self, raw: Any) -> None:
        """A command to a pseudonym goes to the device: PREFIX/<topic with pseudonyms>/set."""
        topic = raw.topic.removeprefix(f"{self.options.republish}/")
        target = self.topics.reveal(topic) if topic.endswith(_COMMAND) else None
        if target is None:
            self.status.count("commands_unknown")
            if raw.qos:
                self.client.ack(raw.mid, raw.qos)
            return
        self._commands.append((self._outbox.send(target, raw.payload), raw))
        self.status.count("commands")

    def _settle_commands(self) -> None:
        for sent, raw in self._commands:
            if raw.qos and sent.arrived:
                self.client.ack(raw.mid, raw.qos)
        self._commands = [(sent, raw) for sent, raw in self._commands if not sent.arrived]

    # -- out: seal ------------------------------------------------------------------------------------------------

    def _seal_all(self) -> None:
        waiting: list[_Batch] = []
        try:
            while (batch := self._next(impatient=bool(waiting))) is not None:
                if batch.segment:
                    self._seal(batch)
                    waiting.append(batch)
                waiting = [one for one in waiting if not self._settled(one)]
            self._await(waiting)  # the broker is away: republished again from the spool at the next start
            for one in waiting:
                self._settled(one)
        except Exception as error:  # noqa: BLE001 - a defect must stop the intake, not this thread in silence
            self.session.fail(error if isinstance(error, VaultError) else VaultError(type(error).__name__))
            while self._batches.get() is not None:  # the others lie in the spool
                pass

    def _next(self, *, impatient: bool) -> _Batch | None:
        """The next batch, None at the end; an empty one when some wait for the broker and nothing new came."""
        try:
            return self._batches.get(timeout=0.2 if impatient else None)
        except queue.Empty:
            return _Batch("", 0.0)

    def _await(self, waiting: Sequence[_Batch]) -> None:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and self.client.is_connected():
            if all(sent.arrived for batch in waiting for sent in batch.sent):
                return
            time.sleep(0.05)

    def _settled(self, batch: _Batch) -> bool:
        if not all(sent.arrived for sent in batch.sent):
            return False
        self.spool.done(batch.segment)
        return True

    def _seal(self, batch: _Batch) -> None:
        readings = [self._reading(message) for message in batch.messages]
        good = [one for one in readings if one is not None]
        bad = [message for message, one in zip(batch.messages, readings, strict=True) if one is None]
        self.status.count("cleaned_values", sum(one.cleaned for one in good))
        finished = []
        if good:
            originals = [m for m, one in zip(batch.messages, readings, strict=True) if one is not None]
            item = received(f"mqtt/{self.status.name}/{batch.segment}.csv", table(good))
            finished.append(seal(self._station(good), item, original=lines(originals)).finished)
            self.status.count("sealed_readings", len(good))
        if bad:  # nobody can read them as readings: they end as quarantined, sealed as they came
            item = received(f"mqtt/{self.status.name}/{batch.segment}.rest", lines(bad))
            code = QuarantineCode.UNSUPPORTED.value
            finished.append(quarantine(self.session.station, item, code, "no reading").finished)
            self.status.count("unreadable", len(bad))
        self.session.keep(finished)
        self.status.count("batches", len(finished))
        if self.topics.fresh:
            self.topics.fresh = False
            self.session.put_record(self._record, json.dumps(dict(self.topics.known)).encode())

    def _station(self, readings: Sequence[Reading]) -> Station:
        """The road's station with the columns kept that were made here: pseudonyms and coarse times.

        A pseudonym's pseudonym would be another one than was republished. What the policy says of a column holds.
        """
        station = self.session.station
        road = station.policy.roads.table
        told = {name.casefold() for name in road.columns}
        made = {"time", "device", "topic", *pseudonymous(readings, self.topics.known)}
        keep = {name: Operator(op="keep") for name in sorted(made) if name.casefold() not in told}
        table = road.model_copy(update={"columns": {**road.columns, **keep}})
        roads = station.policy.roads.model_copy(update={"table": table})
        return replace(station, policy=station.policy.model_copy(update={"roads": roads}))

    @property
    def _record(self) -> str:
        return f"live/{self.status.name}-devices"

    def _remembered(self) -> dict[str, str]:
        """Pseudonyms of devices from before; empty without a grant for `linkage`."""
        try:
            data = self.session.vault.get_record(self._record)
        except (UnlockError, IntegrityError):
            return {}
        return dict(json.loads(data)) if data else {}


def table(readings: Sequence[Reading]) -> bytes:
    """CSV of readings, a column a field."""
    names = sorted({name for one in readings for name in one.fields})
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["time", "device", "topic", *names])
    for one in readings:
        writer.writerow([one.time, one.device, one.topic, *(one.fields.get(name, "") for name in names)])
    return stream.getvalue().encode()


def pseudonymous(readings: Sequence[Reading], known: Container[str]) -> set[str]:
    """The fields that hold nothing but pseudonyms, in all their spellings of large and small letters."""
    fields = [(name, value) for one in readings for name, value in one.fields.items()]
    others = {name.casefold() for name, value in fields if not (isinstance(value, str) and value in known)}
    return {name for name, _value in fields if name.casefold() not in others}


def lines(messages: Sequence[Message]) -> bytes:
    """JSON lines of messages as they came, for `originals`."""

    def rows() -> Iterator[str]:
        for one in messages:
            text = one.payload.decode("utf-8", errors="backslashreplace")
            yield json.dumps({"at_ns": one.at_ns, "topic": one.topic, "payload": text}, ensure_ascii=False)

    return "\n".join(rows()).encode() + b"\n"
