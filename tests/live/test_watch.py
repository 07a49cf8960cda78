"""A watched folder: only what is complete is taken, once, and again when it changes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.live.conftest import Source, until

from polyveil.live.watch import Folder
from polyveil.vault import Unlock, Vault


def test_complete_once_and_again_when_changed(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    path = tmp_path / "a.txt"
    path.write_text("half")
    (tmp_path / "b.txt.part").write_text("half")
    (tmp_path / ".hidden").write_text("half")
    assert folder.look() == []
    path.write_text("half and more")
    assert [folder.look() for _ in range(3)] == [[], [], [path]]
    folder.finished([path])
    assert [folder.look() for _ in range(4)] == [[]] * 4
    path.write_text("changed since")
    assert [folder.look() for _ in range(3)] == [[], [], [path]]


def test_an_empty_file_must_stand_longer(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "a.txt").touch()
    assert [len(folder.look()) for _ in range(11)] == [0] * 10 + [1]


def test_the_command(tmp_path: Path, vault: Path, key: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "polyveil",
            "protect",
            "--watch",
            str(inbox),
            "--vault",
            str(vault),
            "--key-file",
            str(key),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    live = Source(vault, key, [], "watch")
    until(live.state_file.exists)
    (inbox / "letter-of-anna-keller.txt").write_text("Write to anna.keller@example.com about it.")
    until(lambda: live.count("protected") == 1)
    assert '{source="watch",kind="watch",event="protected"} 1' in live.metrics()
    process.send_signal(signal.SIGTERM)
    _, logged = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "keller" not in logged
    assert live.state()["state"] == "stopped"
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        texts = [opened.read(info.object_id) for info in opened.objects("text")]
    assert len(texts) == 1
    assert b"anna.keller@example.com" not in texts[0]
