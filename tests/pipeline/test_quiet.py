"""No part of a run opens a connection that nobody named: every process of a run is watched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

WATCH = """
import os, socket

def _told(address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost", "", "0.0.0.0"):
        with open(os.environ["CONNECTIONS"], "a") as log:
            log.write(repr(address) + "\\n")
        raise OSError("the network is cut")

_connect, _connect_ex, _lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

class Watched(socket.socket):
    def connect(self, address):
        _told(address)
        return _connect(self, address)

    def connect_ex(self, address):
        _told(address)
        return _connect_ex(self, address)

def lookup(host, port, *rest, **named):
    _told((host.decode() if isinstance(host, bytes) else host or "", port))
    return _lookup(host, port, *rest, **named)

socket.socket = Watched
socket.getaddrinfo = lookup
"""


def test_a_run_on_a_cluster_opens_loopback_connections_only(tmp_path: Path) -> None:
    source, log = tmp_path / "source", tmp_path / "connections"
    source.mkdir()
    log.touch()
    (source / "letter.txt").write_text("Dear Dr. Thorvald Quillfeather, see https://example.org/a and 93.184.216.34.\n")
    (source / "people.csv").write_text("name,phone\nZephyrine Abernathy,13912345678\nOdalys Brandt,13812345678\n")
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)).save(source / "noise.png")
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("CI", "HOME")},
        "HOME": str(tmp_path),  # no telemetry opt-out of an earlier run counts
        "PYTHONPATH": str(tmp_path),
        "CONNECTIONS": str(log),
        "POLYVEIL_PASSPHRASE": "for tests only",
    }
    command = [
        sys.executable,
        "-m",
        "polyveil",
        "protect",
        str(source),
        "--vault",
        str(tmp_path / "v"),
        "--workers",
        "2",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 0, done.stderr
    assert "protected" in done.stdout
    assert log.read_text() == ""


def test_the_watch_itself_sees_a_connection(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    log = tmp_path / "connections"
    program = "import urllib.request\ntry: urllib.request.urlopen('http://192.0.2.1/', timeout=1)\nexcept OSError: pass"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "CONNECTIONS": str(log), "no_proxy": "*"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    assert "192.0.2.1" in log.read_text()
