"""Sends DICOM instances on, over one association that is kept open and made again with back-off."""

from __future__ import annotations

import io
import re
import socket
import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from polyveil.errors import UsageError

Sent = Literal["sent", "refused", "unreachable"]
_TARGET = re.compile(r"([^@]{1,16})@(\[[^\]]+\]|[^:]+):(\d{1,5})")
_MOST_CONTEXTS = 128  # PS3.8, section 9.3.2.2: odd numbers from 1 to 255


@dataclass(slots=True)
class Forward:
    """A target `AE@host:port`. Use it from one thread."""

    target: str
    aet: str
    _known: list[tuple[str, str]] = field(default_factory=list)
    _assoc: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _TARGET.fullmatch(self.target):
            raise UsageError(f"--forward {self.target}: is not AE@host:port")

    def send(self, data: bytes) -> Sent:
        """One instance. 'refused': the target does not want it, now or later."""
        import pydicom

        instance = pydicom.dcmread(io.BytesIO(data), force=True)
        wanted = (str(instance.file_meta.MediaStorageSOPClassUID), str(instance.file_meta.TransferSyntaxUID))
        if wanted not in self._known:
            self.close()
            self._known = [*self._known[-(_MOST_CONTEXTS - 1) :], wanted]
        if not self._connected():
            return "unreachable"
        try:
            answer = self._assoc.send_c_store(instance)
        except ValueError:
            return "refused"  # the target did not accept this kind or transfer syntax
        except (RuntimeError, OSError):
            self.close()
            return "unreachable"
        code = getattr(answer, "Status", None)
        if code is None or 0xA700 <= code <= 0xA7FF:  # no answer, or out of resources (PS3.4, table B.2-1)
            self.close()
            return "unreachable"
        return "sent" if code == 0 or 0xB000 <= code <= 0xBFFF else "refused"

    def _connected(self) -> bool:
        if self._assoc is not None and self._assoc.is_established:
            return True
        from pynetdicom import AE, evt

        found = _TARGET.fullmatch(self.target)
        assert found is not None
        title, host, port = found.groups()
        entity = AE(ae_title=self.aet)
        entity.connection_timeout = entity.acse_timeout = 10
        entity.dimse_timeout = 30
        for kind, syntax in self._known:
            entity.add_requested_context(kind, syntax)
        self._assoc = entity.associate(
            host.strip("[]"), int(port), ae_title=title, evt_handlers=[(evt.EVT_CONN_OPEN, no_delay)]
        )
        return bool(self._assoc.is_established)

    def close(self) -> None:
        if self._assoc is not None and self._assoc.is_established:
            self._assoc.release()
        self._assoc = None


def no_delay(event: Any) -> None:
    """Without Nagle's algorithm: it holds back every answer by 40 ms against delayed acknowledgements."""
    connection = getattr(event.assoc.dul.socket, "socket", None)
    if connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def pause(stop: threading.Event, tries: int) -> None:
    """Back-off: 0.5 s, doubled up to 30 s."""
    stop.wait(min(30.0, 0.5 * 2.0 ** min(tries, 6)))
