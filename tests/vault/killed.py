"""Kill a process at each of its file-system operations, then look at what it leaves.

    python killed.py WORK WHAT [STEP]

WHAT is commit, store, rotate, erase, gc or protect. A child does it on a copy of a vault and dies by SIGKILL at its
n-th operation, for every n (or every STEP-th) until it lives through: writing, syncing, opening for writing, renaming,
removing, making folders, and the catalog's transactions, before and after each. Inside a transaction it is SQLite's
own journal that survives. After each death the vault must open, verify to the last byte, hold all that was
acknowledged, and be able to do the same again. Prints the number of points.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from polyveil.pipeline.forget import forget
from polyveil.pipeline.restore import restore
from polyveil.pipeline.store import snapshots, store
from polyveil.vault import LINKAGE, Unlock, Vault
from polyveil.vault.erase import erase
from polyveil.vault.gc import gc
from polyveil.vault.rotate import reencrypt, rotate

OPERATIONS = ("write", "fsync", "rename", "replace", "unlink", "mkdir", "rmdir", "truncate", "ftruncate")
TEXT = {name: f"text of {name} ".encode() * 4000 for name in ("one", "two", "three")}
SHARED = bytes(range(256)) * 60
POLICY = """
name: kills
extends: default
"""


class Countdown:
    """Dies at the n-th operation."""

    def __init__(self, left: int) -> None:
        self.left = left

    def tick(self, *_: object) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def arm(self) -> None:
        for name in OPERATIONS:
            setattr(os, name, self._before(getattr(os, name)))
        really = os.open

        def opening(path: Any, flags: int, *rest: Any, **more: Any) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self.tick()
            return really(path, flags, *rest, **more)

        os.open = opening
        for moment in ("begin", "commit"):
            sa.event.listen(sa.Engine, moment, self.tick)
        sa.event.listen(sa.Engine, "after_cursor_execute", self._wrote)

    def _wrote(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            self.tick()

    def _before(self, really: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **more: Any) -> Any:
            self.tick()
            return really(*arguments, **more)

        return counted


def asset(vault: Vault, name: str) -> None:
    sealer = vault.sealer()
    sealed = [
        sealer.seal("text", TEXT[name], media_type="test/text", attributes={"of": name}),
        sealer.seal("image", SHARED, media_type="test/image", attributes={"of": name}),
        sealer.seal(LINKAGE, b"record", media_type="test/record", attributes={"asset": name, "at": 1}),
    ]
    sealer.flush()
    vault.commit(name, sealed, subjects=[name])
    assert vault.committed(name)
    sealer.close()


def objects_of(vault: Vault, name: str) -> list[str]:
    return [
        one.object_id
        for part in ("text", "image")
        for one in vault.objects(part)
        if vault.attributes(one.object_id)["of"] == name
    ]


def do(what: str, folder: Path, work: Path, offer: Unlock) -> None:
    if what == "protect":
        from polyveil.pipeline.protect import protect

        protect([work / "files"], vault=folder, unlock=offer, workers=0, policy=str(work / "policy.yaml"))
        return
    with Vault.open(folder, offer) as vault:
        if what == "store":
            store(vault, [work / "files"], workers=1)
        elif what == "rotate":
            rotate(vault, "text")
            reencrypt(vault, "text")
        elif what == "erase":
            erase(vault, ["one"], {"one": objects_of(vault, "one")})
        elif what == "gc":
            gc(vault, grace=0)
        elif what == "commit":
            asset(vault, "three")


def check(what: str, folder: Path, work: Path, offer: Unlock, *, done: bool) -> None:
    with Vault.open(folder, offer) as vault:
        damages = vault.verify(data=True)
        assert not damages, damages
        texts = {vault.read(one.object_id) for one in vault.objects("text")}
        assert TEXT["two"] in texts, "something that had been acknowledged is lost"
        assert SHARED in {vault.read(one.object_id) for one in vault.objects("image")}
        if what == "erase":
            assert (TEXT["one"] in texts) == vault.committed("one")
            assert not (done and vault.committed("one"))
        elif what != "gc":
            assert TEXT["one"] in texts
        if what == "commit" and done:
            assert TEXT["three"] in texts
        if what == "store" and done:
            target = folder.with_name("back")
            shutil.rmtree(target, ignore_errors=True)
            assert not restore(vault, target).damaged
            assert (target / "files" / "a").read_bytes() == (work / "files" / "a").read_bytes()
        if what == "protect" and done:
            assert len(vault.asset_ids()) == 4


def prepare(what: str, work: Path, offer: Unlock) -> Path:
    (work / "files").mkdir()
    for name in "ab":
        (work / "files" / name).write_bytes(f"a letter to {name}@example.org\n".encode() * 900)
    (work / "policy.yaml").write_text(POLICY)
    with Vault.create(work / "template", offer) as vault:
        for name in ("one", "two"):
            asset(vault, name)
        if what == "gc":
            for name, _ in [*snapshots(vault)]:
                forget(vault, name)
            erase(vault, ["one"], {"one": objects_of(vault, "one")})
            rotate(vault, "image")
            reencrypt(vault, "image")
    return work / "template"


def main(work: Path, what: str, step: int) -> None:
    key = work / "key"
    key.write_bytes(os.urandom(32))
    offer = Unlock(key_file=key)
    template = prepare(what, work, offer)
    point, points = 0, 0
    while True:
        folder = work / "v"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(template, folder)
        child = os.fork()
        if child == 0:
            countdown = Countdown(point)
            countdown.arm()
            status = 1
            try:
                do(what, folder, work, offer)
                status = 0
            finally:
                os._exit(status)
        _, code = os.waitpid(child, 0)
        done = code == 0
        assert done or os.WIFSIGNALED(code), f"{what} failed by itself at point {point}"
        check(what, folder, work, offer, done=done)
        if done:
            break
        points += 1
        if what != "erase" or _there(folder, offer):
            do(what, folder, work, offer)
            check(what, folder, work, offer, done=True)
        point += step
    print(points)


def _there(folder: Path, offer: Unlock) -> bool:
    with Vault.open(folder, offer) as vault:
        return vault.committed("one")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
