"""Every `polyveil vault` command, as a user calls it."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from polyveil.cli.app import main


class Shell:
    """Types commands, in one process: starting forty would take most of the test's time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.patch, self.captured = monkeypatch, capsys
        monkeypatch.chdir(folder)
        for name in ("POLYVEIL_PASSPHRASE", "POLYVEIL_KEY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(signal, "signal", lambda *_: None)  # the test runner keeps its own handlers
        for name in ("owner", "ann", "bea", "new"):
            (folder / name).write_bytes(os.urandom(32))

    def __call__(self, *words: object, by: str = "owner", code: int = 0) -> str:
        keys = [word for name in by.split() for word in ("--key-file", name)]
        command = ["polyveil", "vault", *map(str, words), *keys]
        self.patch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as left:
            main()
        said = self.captured.readouterr()
        assert left.value.code == code, f"{command}: {said.out}{said.err}"
        return said.out + said.err


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys, tmp_path)


def test_a_vault_s_life(vault: Shell, tmp_path: Path) -> None:
    vault("init", "v", "--recovery", "2-of-3", "--shares", "shares")
    assert len((tmp_path / "shares" / "share-1.txt").read_text().split()) == 33
    (tmp_path / "files").mkdir()
    for number in range(30):
        (tmp_path / "files" / f"{number}.txt").write_text(f"number {number} " * 500)
    stored = json.loads(vault("store", "v", "files", "--json"))
    assert stored["files"] == 30
    assert "30 unchanged" in vault("store", "v", "files", "--fast")
    assert len(vault("snapshots", "v", "--json").splitlines()) == 2

    vault("grant", "v", "ann", "-c", "text", "--new-key-file", "ann")
    vault("grant", "v", "bea", "-c", "text", "--new-key-file", "bea")
    vault("keygen", "cy.key", by="")
    vault("grant", "v", "cy", "-c", "video", "--public-key", "cy.key.pub")
    assert "opened as cy" in vault("info", "v", by="cy.key")
    vault("group", "v", "both", "--member", "ann", "--member", "bea", "-c", "originals", "-c", "linkage")
    assert "has no grant" in vault("restore", "v", "out", by="ann", code=1)
    assert "30 files" in vault("restore", "v", "out", by="ann bea")
    vault("revoke", "v", "bea", "-c", "text")

    vault("audit", "v", "--export-head", "head.json")
    assert vault("audit", "v", "--verify", "--head", "head.json").startswith("ok ")
    (tmp_path / "proof.json").write_text(vault("audit", "v", "--prove", "2"))
    assert "ok" in vault("audit", "v", "--proof", "proof.json")
    forged = json.loads((tmp_path / "proof.json").read_text())
    forged["event"] = forged["event"].replace("owner", "ann")
    (tmp_path / "forged.json").write_text(json.dumps(forged))
    vault("audit", "v", "--proof", "forged.json", code=4)
    events = [json.loads(line)["event"] for line in vault("audit", "v").splitlines()]
    assert {"create", "open", "store", "grant", "group", "restore", "rotate", "revoke"} <= set(events)

    vault("rotate", "v", "--reencrypt")
    vault("erase", "v", "--path", "files/3.txt", "--certificate", "cert.json")
    assert "ok" in vault("verify", "v", "--certificate", "cert.json")
    row = json.loads((tmp_path / "cert.json").read_text())
    (tmp_path / "cert.json").write_text(json.dumps({**row, "objects": 0}))
    assert "not signed" in vault("verify", "v", "--certificate", "cert.json", code=4)
    vault("forget", "v", stored["snapshot"])
    assert "reclaimed" in vault("gc", "v", "--grace", "0")
    assert "too little" in vault("dictionary", "v", "-c", "table")
    assert vault("verify", "v", "--data") == "v: ok\n"
    assert json.loads(vault("info", "v", "--json"))["compartments"]["originals"]["generation"] == 2

    (tmp_path / "v" / "catalog.sqlite").unlink()
    assert "recover --index" in vault("info", "v", code=4)
    vault("recover", "v", "--index")
    assert "29 files" in vault("restore", "v", "out2")
    (tmp_path / "owner").unlink()
    words = [word for number in (1, 3) for word in ("--share", f"shares/share-{number}.txt")]
    vault("recover", "v", *words, "--name", "heir", "--new-key-file", "new", by="")
    assert "29 files" in vault("restore", "v", "out3", by="new")
    assert "opened as heir" in vault("info", "v", by="new")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["init", "v"], 2, "is a vault already"),
        (["init", "w", "--recovery", "1-of-2"], 2, "K-of-N"),
        (["init", "w", "--shares", "x"], 2, "--recovery"),
        (["erase", "v"], 2, "give one of"),
        (["erase", "v", "--asset", "none"], 2, "not in this vault"),
        (["grant", "v", "nobody", "-c", "text"], 2, "no such principal"),
        (["grant", "v", "owner", "-c", "texts"], 2, "no such compartment"),
        (["revoke", "v", "owner", "-c", "text"], 2, "nobody could open it"),
        (["group", "v", "g", "--member", "owner", "-c", "text"], 2, "K-of-N"),
        (["audit", "v", "--head", "x"], 2, "SIZE:ROOT"),
        (["audit", "v", "--prove", "99"], 2, "counted from 0"),
        (["recover", "v"], 2, "--index"),
        (["dictionary", "v", "-c", "originals"], 2, "outlive the erasure"),
        (["store", "v", "none"], 2, "does not exist"),
        (["restore", "v", "out"], 2, "nothing was stored"),
        (["forget", "v", "x"], 2, "no such snapshot"),
        (["verify", "v", "--certificate", "none"], 2, "no certificate"),
        (["info", "nowhere"], 2, "is no vault"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(vault: Shell, words: list[str], code: int, says: str) -> None:
    vault("init", "v")
    assert says in vault(*words, code=code)
