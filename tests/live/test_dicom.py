"""DICOM with pynetdicom on both sides: answered is kept, forwarded is de-identified."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
import pydicom.data
import pytest
from pydicom.uid import generate_uid
from pynetdicom import AE, evt
from tests.live.conftest import Source, free_port, on_disk, until

from polyveil.errors import UsageError
from polyveil.live.dicom import Options, Receiver
from polyveil.live.session import open_session
from polyveil.policies import load
from polyveil.vault import Unlock, Vault

NAME = "Kowalczyk^Wilhelmina"


def instances(number: int) -> list[Any]:
    made = []
    for at in range(number):
        path = pydicom.data.get_testdata_file("CT_small.dcm", download=False)
        ds: Any = pydicom.dcmread(str(path))
        ds.PatientName, ds.PatientID = NAME, "PLANTED-4711"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        ds.InstanceNumber = at + 1
        ds.PatientComments = f"planted comment {at}"
        made.append(ds)
    return made


@contextmanager
def connected(port: int, calling: str = "SENDER") -> Iterator[Any]:
    """An association with the receiver.

    Pynetdicom's own thread can take the answer to a request for a request of the peer, where it is held up between two
    lines of its loop (pynetdicom 3.0.4, `Association._run_reactor`). Here that thread waits until the end.
    """
    entity = AE(ae_title=calling)
    entity.add_requested_context("1.2.840.10008.5.1.4.1.1.2")
    entity.add_requested_context("1.2.840.10008.1.1")
    entity.dimse_timeout = entity.network_timeout = 120
    link: Any = entity.associate("127.0.0.1", port, ae_title="POLYVEIL")
    loop = link._reactor_checkpoint
    loop.clear()
    time.sleep(0.5)  # it is past the two lines
    link._reactor_checkpoint = threading.Event()
    try:
        yield link
    finally:
        if link.is_established:
            link.release()
        loop.set()


def send(port: int, datasets: list[Any], calling: str = "SENDER") -> list[int]:
    """C-STORE statuses; 0xFFFF where nothing came back."""
    with connected(port, calling) as link:
        if not link.is_established:
            return [0xFFFF] * len(datasets)
        assert int(link.send_c_echo().Status) == 0
        return [int(getattr(link.send_c_store(one), "Status", 0xFFFF)) for one in datasets]


class Archive:
    """The target of forwarding."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.port = free_port()
        self._server: Any = None

    def start(self) -> None:
        entity = AE(ae_title="ARCHIVE")
        entity.add_supported_context("1.2.840.10008.5.1.4.1.1.2")

        def store(event: Any) -> int:
            self.got.append(pydicom.dcmread(io.BytesIO(bytes(event.encoded_dataset()))))
            return 0

        handlers: list[Any] = [(evt.EVT_C_STORE, store)]
        self._server = entity.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()


@pytest.fixture
def archive() -> Iterator[Archive]:
    made = Archive()
    yield made
    made.stop()


def listening(source: Callable[..., Source], port: int, *more: str) -> Source:
    live = source("dicom", "--port", str(port), *more)
    until(lambda: "port" in str(live.state()["gauges"]))
    return live


def test_sealed_forwarded_and_de_identified(
    source: Callable[..., Source], archive: Archive, vault: Path, key: Path
) -> None:
    port = free_port()
    live = listening(source, port, "--forward", f"ARCHIVE@127.0.0.1:{archive.port}")
    wanted = instances(3)
    assert send(port, wanted) == [0] * 3
    until(lambda: live.count("forward_retries") > 0)  # the archive is away
    assert live.state()["state"] == "reconnecting"
    archive.start()
    until(lambda: live.count("forwarded") >= 3)
    assert send(port, wanted[:1]) == [0]  # the same again
    until(lambda: live.count("known_already") == 1)
    until(lambda: live.count("forwarded") >= 4)
    assert '{source="one",kind="dicom",event="forwarded"} 4' in live.metrics()
    logged = live.stop()
    assert [json.loads(line)["event"] for line in logged.splitlines()][-2:] == ["stopped", "counts"]
    assert live.waiting() == 0
    assert len({one.SOPInstanceUID for one in archive.got}) == 3
    for one in archive.got:
        assert one.PatientIdentityRemoved == "YES"
        raw = io.BytesIO()
        one.save_as(raw)
        assert b"Kowalczyk" not in raw.getvalue()
        assert b"PLANTED" not in raw.getvalue()
    assert not on_disk(vault, b"Kowalczyk")
    assert "Kowalczyk" not in logged + json.dumps(live.state())
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        assert len(list(opened.objects("image"))) == 3
        assert len(opened.asset_ids()) == 3


def test_killed_sender_and_receiver_keep_what_was_answered(
    source: Callable[..., Source], vault: Path, key: Path
) -> None:
    port = free_port()
    answered = 0
    for _ in range(2):
        live = listening(source, port)
        assert send(port, instances(1)) == [0]
        answered += 1
        with connected(port) as link:
            for one in instances(2):
                assert int(link.send_c_store(one).Status) == 0
                answered += 1
            link.abort()  # the sender dies
        live.kill()
        assert not on_disk(vault, b"Kowalczyk")
    live = listening(source, port)
    until(lambda: live.waiting() == 0)
    live.stop()
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        assert len(opened.asset_ids()) == answered


def test_a_full_spool_says_so_and_strangers_are_refused(vault: Path, key: Path) -> None:
    with open_session(vault, Unlock(key_file=key), load("default"), name="one", kind="dicom", quiet=True) as session:
        receiver = Receiver(session, Options(port=0, waiting=1, allow=("SENDER",)))
        assert send(receiver.port, instances(2)) == [0, 0xA700]
        assert send(receiver.port, instances(1), "STRANGER") == [0xFFFF]
        assert session.status.counts["dropped"] == 1
        session.stop.set()
        receiver.run()
        assert session.status.counts["protected"] == 1


@pytest.mark.parametrize("target", ["nonsense", "AE@host", "@host:1", "A" * 17 + "@h:1"])
def test_wrong_target(vault: Path, key: Path, target: str) -> None:
    with (
        open_session(vault, Unlock(key_file=key), load("default"), name="one", kind="dicom", quiet=True) as session,
        pytest.raises(UsageError),
    ):
        Receiver(session, Options(port=0, forward=target))
