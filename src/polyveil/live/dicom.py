"""DICOM: receives instances by C-STORE, answers when they are sealed and durable, de-identifies and forwards them."""

from __future__ import annotations

import logging
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from blake3 import blake3

from polyveil.collect.interface import Collected
from polyveil.errors import IntegrityError, MissingExtraError, UsageError, VaultError
from polyveil.live.forward import Forward, no_delay, pause
from polyveil.live.session import Sealed, Session, live_folder, received
from polyveil.live.spool import Spool
from polyveil.live.workers import Workers

SUCCESS, FULL, CANNOT = 0x0000, 0xA700, 0xC000
"""C-STORE statuses (PS3.4, table B.2-1): success; out of resources, try later; cannot understand."""

_VERIFICATION = "1.2.840.10008.1.1"
_LARGEST = 1024**3  # bytes of an instance


@dataclass(frozen=True, slots=True)
class Options:
    """What a receiver does.

    forward: AE@host:port or ''. allow: calling AE titles, none for any. waiting: instances that may lie in the spool.
    """

    host: str = "127.0.0.1"
    port: int = 11112
    aet: str = "POLYVEIL"
    forward: str = ""
    allow: tuple[str, ...] = ()
    workers: int = 1
    waiting: int = 500


@dataclass(slots=True)
class _Busy:
    segment: str
    item: Collected = field(repr=False)
    future: Future[Sealed] = field(repr=False)


class Receiver:
    """A storage and verification SCP. `run` returns after the session's stop event.

    Raises:
        UsageError: the port is taken, the target is not AE@host:port. MissingExtraError: pynetdicom is not installed.
        UnlockError: a former process left a spool, and the principal has no grant to open it.
    """

    def __init__(self, session: Session, options: Options) -> None:
        self.session, self.options, self.status = session, options, session.status
        self.spool = Spool(live_folder(session.vault) / f"{session.status.name}.spool", session.vault, self.status.name)
        self._forward = Forward(options.forward, options.aet) if options.forward else None
        self._todo: queue.Queue[str] = queue.Queue()
        self._onward: queue.Queue[tuple[str, bytes] | None] = queue.Queue(32)
        self._over = threading.Event()
        self._workers = Workers(session.station, options.workers)
        for ident in self.spool.waiting():
            self._todo.put(ident)
            self.status.count("recovered")
        self._server = self._listen()
        self.port = int(self._server.server_address[1])

    def _listen(self) -> Any:
        try:
            from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts, evt
        except ImportError as error:
            raise MissingExtraError("Receiving DICOM", "medical") from error
        logging.getLogger("pynetdicom").setLevel(logging.CRITICAL + 1)  # its messages hold values of instances
        entity = AE(ae_title=self.options.aet)
        entity.maximum_pdu_size = 0
        entity.maximum_associations = 32
        entity.network_timeout = 60
        entity.require_calling_aet = list(self.options.allow)
        for context in AllStoragePresentationContexts:
            entity.add_supported_context(str(context.abstract_syntax), ALL_TRANSFER_SYNTAXES)
        entity.add_supported_context(_VERIFICATION)
        handlers: list[Any] = [
            (evt.EVT_C_ECHO, self._echo),
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_CONN_OPEN, no_delay),
        ]
        place = (self.options.host, self.options.port)
        try:
            return entity.start_server(place, block=False, evt_handlers=handlers)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UsageError(f"{place[0]}:{place[1]}: cannot listen there ({reason}); choose another --port") from None

    # -- in -------------------------------------------------------------------------------------------------------

    def _echo(self, _event: Any) -> int:
        self.status.count("echoes")
        return SUCCESS

    def _store(self, event: Any) -> int:
        """Runs on the association's thread. Answers with success only for what is durable."""
        if self.session.stop.is_set() or self._todo.qsize() >= self.options.waiting:
            self.status.count("dropped")
            return FULL
        try:
            data = bytes(event.encoded_dataset())
        except (ValueError, AttributeError, KeyError):
            self.status.count("malformed")
            return CANNOT
        if len(data) > _LARGEST:
            self.status.count("too_large")
            return CANNOT
        try:
            segment = self.spool.segment()
            segment.append(data)
            segment.sync()
            segment.close()
        except VaultError as error:
            self.session.fail(error)
            return FULL
        self._todo.put(segment.id)
        self.status.count("received")
        self.status.count("received_bytes", len(data))
        return SUCCESS

    # -- through --------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Until the session's stop event; what was answered is finished then."""
        self.status.gauge("port", self.port)
        self.status.write()
        self.status.log("listening", port=self.port)
        sending = threading.Thread(target=self._send_all, name="polyveil-dicom-forward")
        sending.start()
        busy: list[_Busy] = []
        try:
            while not self.session.stop.is_set() or not self._todo.empty() or busy:
                if self.session.failure is not None:
                    break
                while len(busy) < 2 * self.options.workers and (ident := self._next(wait=not busy)):
                    self._begin(ident, busy)
                if busy:
                    self._end(busy.pop(0))
                self.status.gauge("waiting", self._todo.qsize() + len(busy))
        except VaultError as error:
            self.session.fail(error)
        finally:
            self._server.shutdown()
            self._workers.close()
            self._over.set()
            self._onward.put(None)
            sending.join()

    def _next(self, *, wait: bool) -> str:
        try:
            return self._todo.get(timeout=0.2) if wait else self._todo.get_nowait()
        except queue.Empty:
            return ""

    def _begin(self, ident: str, busy: list[_Busy]) -> None:
        try:
            data = next(self.spool.read(ident), None)
        except IntegrityError:
            self.status.count("damaged")  # stays in the spool, for a person to look at
            self.status.log("damaged spool segment", segment=ident)
            return
        if data is None:
            self.spool.done(ident)  # killed before it was whole: never answered
            return
        item = received(f"dicom/{self.status.name}/{self._place(data)}.dcm", data)
        busy.append(_Busy(ident, item, self._workers.submit(item, rejoin=self._forward is not None)))

    def _place(self, data: bytes) -> str:
        """The same instance again is the same asset."""
        identity = self.session.station.context(self.session.station.scratch).identity
        return "instance-" + identity.keyed_id("instance", blake3(data).hexdigest())

    def _end(self, one: _Busy) -> None:
        sealed = self._workers.result(one.future, one.item, rejoin=self._forward is not None)
        self.session.keep([sealed.finished])
        if sealed.joined is None:
            self.spool.done(one.segment)
        else:
            self._onward.put((one.segment, sealed.joined))

    # -- out ------------------------------------------------------------------------------------------------------

    def _send_all(self) -> None:
        while (job := self._onward.get()) is not None:
            self._send(*job)
        if self._forward is not None:
            self._forward.close()

    def _send(self, ident: str, data: bytes) -> None:
        """Until the target has it; after a stop, what it does not take lies in the spool for the next start."""
        assert self._forward is not None
        tries = 0
        while (sent := self._forward.send(data)) == "unreachable":
            self.status.count("forward_retries")
            self.status.turn("reconnecting")
            if self.session.stop.is_set():
                return
            pause(self.session.stop, tries)
            tries += 1
        self.status.count("forwarded" if sent == "sent" else "forward_refused")
        if not self._over.is_set():
            self.status.turn("running")
        self.spool.done(ident)
