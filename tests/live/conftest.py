"""A vault for live sources, a real broker, and live sources as processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from polyveil.vault import Unlock, Vault


def until(true: Callable[[], bool], seconds: float = 150.0) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Broker:
    """Debian's mosquitto with a persistent store."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {self.folder}/\nmax_queued_messages 0\nuser root\n"
        )
        self.process = subprocess.Popen(
            [program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(self._answers)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


@dataclass
class Source:
    """`polyveil live …` in a process of its own."""

    vault: Path
    key: Path
    arguments: list[str]
    name: str
    process: subprocess.Popen[str] | None = None

    def start(self) -> Source:
        self.state_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "polyveil", "live", *self.arguments, "--vault", str(self.vault)]
        self.process = subprocess.Popen(
            [*command, "--name", self.name, "--key-file", str(self.key)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "POLYVEIL_THREADS": "1"},
        )
        until(lambda: self.state_file.exists() or self.process is None or self.process.poll() is not None)
        return self

    @property
    def state_file(self) -> Path:
        return self.vault / "state" / "live" / f"{self.name}.json"

    def state(self) -> dict[str, object]:
        return dict(json.loads(self.state_file.read_text()))

    def count(self, what: str) -> int:
        assert self.process is None or self.process.poll() in (None, 0), "the source ended"
        counts = self.state()["counts"]
        assert isinstance(counts, dict)
        return int(counts.get(what, 0))

    def metrics(self) -> str:
        """What Prometheus reads."""
        with urllib.request.urlopen(str(self.state()["metrics_url"]), timeout=60) as answer:
            return str(answer.read().decode())

    def waiting(self) -> int:
        """Segments in the spool."""
        return len(list((self.vault / "state" / "live" / f"{self.name}.spool").glob("*.seg")))

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()  # workers may hold the other end for a second more

    def stop(self) -> str:
        """A clean stop. Gives what it logged."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        _, logged = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, logged
        return logged


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("live-keys") / "owner.key"
    path.write_bytes(os.urandom(32))
    return path


@pytest.fixture
def vault(tmp_path: Path, key: Path) -> Path:
    Vault.create(tmp_path / "v", Unlock(key_file=key)).close()
    return tmp_path / "v"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    (tmp_path / "broker").mkdir()
    made = Broker(tmp_path / "broker")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def source(vault: Path, key: Path) -> Iterator[Callable[..., Source]]:
    """Starts live sources; what still runs at the end of the test is killed."""
    made: list[Source] = []

    def start(*arguments: str, name: str = "one") -> Source:
        made.append(Source(vault, key, list(arguments), name).start())
        return made[-1]

    yield start
    for one in made:
        if one.process is not None and one.process.poll() is None:
            one.kill()


def on_disk(folder: Path, needle: bytes) -> list[Path]:
    """Files below a folder that hold some bytes."""
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]
