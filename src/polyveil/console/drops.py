"""Drops: files that somebody puts into the page, in a private folder until they are gone down the road and compared.

The road runs in a process of its own: it may take memory, it may crash, and the pages go on answering.
"""

from __future__ import annotations

import multiprocessing
import secrets
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath

from blake3 import blake3

from polyveil.console.shelf import Shelf
from polyveil.errors import MissingExtraError, PolyveilError, UsageError
from polyveil.identity import Identity
from polyveil.pipeline.private import PREFIX
from polyveil.pipeline.protect import Event, protect
from polyveil.pipeline.road import ALL_MODALITIES, asset_id
from polyveil.policies import built_in, load
from polyveil.vault import Unlock

MOST_BYTES = 8 * 1024**3
MOST_FILES = 5000
MOST_DROPS = 8
"""Of one account at a time."""

KEPT_S = 1800.0
"""Seconds after its last use at which a drop's files are removed."""


@dataclass(slots=True)
class Drop:
    """Files of one visitor. state: 'waiting', 'running', 'finished', 'failed'. assets: by file, in its order."""

    id: str
    account: str
    policy: str
    folder: Path = field(repr=False)
    files: list[str] = field(default_factory=list, repr=False)
    assets: list[str] = field(default_factory=list)
    state: str = "waiting"
    done: int = 0
    total: int = 0
    problem: str = ""
    size: int = 0
    coming: int = 0
    touched: float = field(default_factory=time.monotonic)
    process: multiprocessing.process.BaseProcess | None = field(default=None, repr=False)

    def grow(self, number: int) -> None:
        """So many bytes more. Raises UsageError when they are too many."""
        self.touched = time.monotonic()
        self.size += number
        if self.size > MOST_BYTES:
            raise UsageError(f"a drop holds {MOST_BYTES // 1024**3} GB")

    def path(self, number: int) -> Path:
        """A file as it came. Raises UsageError if there is none."""
        if not 0 <= number < len(self.files):
            raise UsageError("no such file")
        return self.folder / "in" / self.files[number]


class Drops:
    """All drops of one console."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._drops: dict[str, Drop] = {}
        self._one = threading.Lock()  # one run at a time: the ledger has one writer
        self._over = threading.Event()
        threading.Thread(target=self._tidy_on, name="polyveil-drops", daemon=True).start()

    def begin(self, account: str, policy: str) -> Drop:
        """A new, empty drop. Raises UsageError for an unknown policy, or when the account has too many."""
        if policy not in built_in():
            raise UsageError(f"'{policy}': no such policy")
        self.tidy()
        if sum(drop.account == account for drop in list(self._drops.values())) >= MOST_DROPS:
            raise UsageError(f"there are {MOST_DROPS} drops already: clear one")
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))  # 0700; removed by `end`, `tidy` or `close`
        (folder / "in").mkdir()
        drop = Drop(secrets.token_hex(8), account, policy, folder)
        self._drops[drop.id] = drop
        return drop

    def get(self, drop_id: str, account: str) -> Drop:
        """A visitor's own drop. Raises UsageError if there is none."""
        drop = self._drops.get(drop_id)
        if drop is None or drop.account != account:
            raise UsageError("no such drop")
        drop.touched = time.monotonic()
        return drop

    async def add(self, drop: Drop, name: str, chunks: AsyncIterator[bytes]) -> int:
        """Take in one file under its path within the drop. Returns its number.

        Raises:
            UsageError: the drop runs already, is too large, or the path leads outside.
        """
        inside = [piece for piece in PurePosixPath(name.replace("\\", "/")).parts if piece not in ("/", ".", "..")]
        relative = "/".join(inside)
        if drop.state != "waiting" or len(drop.files) + drop.coming >= MOST_FILES:
            raise UsageError("this drop takes no more files")
        if not relative or len(relative) > 1000 or not all(_sound(one) for one in inside):
            raise UsageError("that is no file name")
        target = drop.folder / "in" / relative
        drop.coming += 1
        try:
            await self._take(drop, target, chunks)
        except FileExistsError:
            raise UsageError("there is such a file already") from None
        except OSError as error:
            raise UsageError(f"the file cannot be kept ({error.strerror})") from None
        finally:
            drop.coming -= 1
        drop.files.append(relative)
        return len(drop.files) - 1

    async def _take(self, drop: Drop, target: Path, chunks: AsyncIterator[bytes]) -> None:
        """Write a file. What breaks off leaves nothing."""
        target.parent.mkdir(parents=True, exist_ok=True)
        taken = 0
        with target.open("xb") as out:
            try:
                async for chunk in chunks:
                    taken += len(chunk)
                    drop.grow(len(chunk))
                    out.write(chunk)
            except BaseException:
                target.unlink(missing_ok=True)
                drop.size -= taken
                raise

    def start(self, drop: Drop) -> None:
        """Send a drop down the road. Raises UsageError if it is empty or was sent already."""
        if drop.coming:
            raise UsageError("files are still coming")
        if drop.state != "waiting" or not drop.files:
            raise UsageError("there is nothing to send")
        drop.state, drop.total = "running", len(drop.files)
        threading.Thread(target=self._run, args=(drop,), name="polyveil-drop", daemon=True).start()

    def _run(self, drop: Drop) -> None:
        try:
            identity, policy = Identity(self._shelf.vault.identity_key), load(drop.policy)
            drop.assets = [
                asset_id(identity, one, _digest(drop.folder / "in" / one), policy, ALL_MODALITIES) for one in drop.files
            ]
            self._shelf.audit("drop", files=len(drop.files), policy=drop.policy, account=drop.account)
            with self._one:
                drop.problem = self._road(drop)
            self._shelf.refresh()  # who is told that it is done finds it in the lists
        except (PolyveilError, OSError) as error:
            drop.problem = str(error) if isinstance(error, PolyveilError) else type(error).__name__
        drop.state = "failed" if drop.problem else "finished"
        drop.touched = time.monotonic()

    def _road(self, drop: Drop) -> str:
        """Run the road in a process. Returns what went wrong, '' if nothing did."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe(duplex=False)
        arguments = (there, drop.folder / "in", self._shelf.vault.folder, drop.policy, self._shelf.unlock)
        drop.process = context.Process(target=_work, args=arguments, name="polyveil-road")
        drop.process.start()
        there.close()
        said = "the road stopped unexpectedly"
        try:
            while True:
                word, *rest = here.recv()
                if word == "progress":
                    drop.done, drop.total = rest
                else:
                    said = str(rest[0])
        except EOFError:
            pass
        drop.process.join()
        return said

    def running(self) -> list[Drop]:
        """Drops that are on the road."""
        return [drop for drop in self._drops.values() if drop.state == "running"]

    def end(self, drop: Drop) -> None:
        """Remove a drop and its files; a run that is under way is stopped, and keeps what it has finished."""
        self._drops.pop(drop.id, None)
        if drop.process is not None and drop.process.is_alive():
            drop.process.terminate()
            drop.process.join(timeout=15)
        shutil.rmtree(drop.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Remove what nobody has looked at for half an hour."""
        for drop in list(self._drops.values()):
            if drop.state != "running" and not drop.coming and time.monotonic() - drop.touched > KEPT_S:
                self.end(drop)

    def _tidy_on(self) -> None:
        while not self._over.wait(min(30.0, KEPT_S)):
            self.tidy()

    def close(self) -> None:
        self._over.set()
        for drop in list(self._drops.values()):
            self.end(drop)


def _sound(piece: str) -> bool:
    """May a part of a path be called so?"""
    try:
        return 0 < len(piece.encode()) <= 250 and piece.isprintable()
    except UnicodeEncodeError:
        return False


def _digest(path: Path) -> str:
    hasher = blake3()
    hasher.update_mmap(path)
    return str(hasher.hexdigest())


def _work(pipe: Connection, folder: Path, vault: Path, policy: str, unlock: Unlock) -> None:
    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    def tell(event: Event) -> None:
        pipe.send(("progress", event.done, event.total))

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the console decides
    try:
        protect(folder, vault=vault, policy=policy, unlock=unlock, tell=tell)
        pipe.send(("end", ""))
    except (PolyveilError, MissingExtraError) as error:
        pipe.send(("end", str(error)))
    finally:
        pipe.close()
