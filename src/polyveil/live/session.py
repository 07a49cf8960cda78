"""A live session: an opened vault, the station of the road, and the commit of what comes out of it."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import polyveil
from polyveil.collect.interface import Collected
from polyveil.errors import AssetError, UsageError, VaultError
from polyveil.live.status import Kind, Status
from polyveil.live.web import Route, Web
from polyveil.modalities.interface import Context
from polyveil.pipeline import road, work
from polyveil.pipeline.job import Inspected, Job
from polyveil.pipeline.joined import join
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.work import Finished, Station
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.policy import Policy
from polyveil.schema.record import RunRecord
from polyveil.vault import Unlock, Vault

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Memory:
    """Content that was received and lies in memory."""

    data: bytes = field(repr=False)

    def load(self, in_memory: int, workdir: Path) -> bytes | Path:
        """The bytes, or a file in the private folder when there are more than `in_memory`."""
        if len(self.data) <= in_memory:
            return self.data
        path = workdir / "received"
        path.write_bytes(self.data)
        return path


def received(name: str, data: bytes) -> Collected:
    """What was received, as the road takes it. `name` becomes part of the record: it holds no personal value."""
    return Collected(f"live:{name}", name, len(data), 0, Memory(data))


@dataclass(frozen=True, slots=True)
class Sealed:
    """The end of one item: what to commit, and the de-identified file where it was asked for."""

    finished: Finished
    joined: bytes | None = field(default=None, repr=False)


def seal(station: Station, item: Collected, *, original: bytes | None = None, rejoin: bool = False) -> Sealed:
    """Take an item down the whole road. Bad input ends as quarantined; the vault is not told yet.

    original: what is sealed as the original where the policy says so, if that is not the item itself.
    rejoin: also give the de-identified file.

    Raises:
        VaultError: the packs cannot be written.
    """
    job = Job(0, "live", item)
    inspected = work.inspect(station, [job])[0]
    if inspected.code:
        return Sealed(work.refuse(station, job, inspected, inspected.code, inspected.detail))
    with private_folder(station.scratch) as workdir:
        ctx = station.context(workdir)
        try:
            done = road.transform_asset(item, inspected, ctx)
            if done.code:
                return Sealed(work.refuse(station, job, inspected, done.code, done.detail))
            new = _joined(done, ctx) if rejoin else None
        except AssetError as error:
            return Sealed(work.refuse(station, job, inspected, error.code.value, error.detail))
        if original is not None:
            done = replace(done, data=original)
        return Sealed(work.seal(station, inspected, done, {}, ctx), new)


def _joined(done: road.Done, ctx: Context) -> bytes | None:
    def fetch(index: int) -> tuple[bytes | Path, str] | None:
        result = done.parts[index].result
        return (result.part.data, result.part.media_type) if result else None

    paths = {part.inspected.path: number for number, part in enumerate(done.parts)}
    made = join(work.node(done.tree, paths), fetch, ctx)
    if made is None:
        return None
    return made.data if isinstance(made.data, bytes) else made.data.read_bytes()


def quarantine(station: Station, item: Collected, code: str, detail: str) -> Sealed:
    """An item that nobody looked at: it is no reading, or its worker died or hung. Its input is sealed."""
    ctx = station.context(station.scratch)
    asset = ctx.identity.keyed_id("asset", f"live\0{item.relative}", 32)
    inspected = Inspected(asset, "", item.relative, "", item.size)
    return Sealed(work.refuse(station, Job(0, "live", item), inspected, code, detail))


@dataclass(slots=True)
class Session:
    """What every live source works with. Make one with `open_session`."""

    vault: Vault
    station: Station
    status: Status
    web: Web
    stop: threading.Event = field(default_factory=threading.Event)
    failure: VaultError | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def keep(self, finished: Sequence[Finished]) -> int:
        """Commit what was sealed, idempotently, and count it. Returns how many were new. Raises VaultError."""
        with self._lock:
            new = self.vault.commit_many([(one.asset, one.sealed, one.subjects) for one in finished if one.sealed])
        for one in finished:
            self.status.count(one.outcome.value)
            if one.code:
                self.status.count(f"code_{one.code}".replace("-", "_"))
                self.status.log(one.outcome.value, code=one.code, asset=one.asset)
        if new < len(finished):
            self.status.count("known_already", len(finished) - new)
        return new

    def put_record(self, name: str, data: bytes) -> None:
        """See `Vault.put_record`; safe for threads."""
        with self._lock:
            self.vault.put_record(name, data)

    def fail(self, error: VaultError) -> None:
        """The vault or spool cannot be written: stop, and let the command end with this error."""
        self.failure = self.failure or error
        self.status.log("failed")
        self.stop.set()


def live_folder(vault: Vault) -> Path:
    """Where live sources keep their state and spools."""
    return vault.state_folder() / "live"


@contextmanager
def open_session(
    location: str | Path,
    unlock: Unlock,
    policy: Policy,
    *,
    name: str,
    kind: Kind,
    http_port: int = 0,
    routes: Mapping[str, Route] | None = None,
    stream: str | None = None,
    hls: str | None = None,
    limits: Limits | None = None,
    quiet: bool = False,
) -> Iterator[Session]:
    """Open (or make) the vault and everything around it; on the way out, write the run's record.

    What is quarantined is always sealed into `originals` here: there is no place where it could be left.

    Raises:
        UsageError: a bad name, or another process runs under it. VaultError, UnlockError: as `Vault.open`.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name}': a live source's name has lower-case letters, digits and dashes, at most 40")
    storage = policy.storage.model_copy(update={"quarantined": "seal"})
    chosen = policy.model_copy(update={"storage": storage})
    began = time.perf_counter()
    run = datetime.now(UTC).strftime("%Y%m%dT%H%M%S") + "-" + secrets.token_hex(3)
    exists = Vault.exists(location)
    with Vault.open(location, unlock) if exists else Vault.create(location, unlock) as vault:
        folder = live_folder(vault)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(folder, name), private_folder() as scratch:
            sealer = vault.sealer(chosen.storage.zstd, pad=chosen.storage.pad)
            station = Station(chosen, vault.identity_key, sealer, run, scratch, limits=limits or Limits())
            status = Status(folder, name, kind, quiet=quiet)
            web = Web(status, http_port, routes)
            status.url = f"{web.address}/{stream}" if stream else None
            status.hls = f"{web.address}/{hls}" if hls else None
            digest = road.policy_digest(chosen)
            vault.audit("live", run=run, source=name, kind=kind, policy=chosen.name, policy_digest=digest)
            session = Session(vault, station, status, web)
            status.begin()
            status.log("started", run=run)
            try:
                yield session
            finally:
                web.close()
                sealer.close()
                status.end()
                counts = {one: status.counts.get(one, 0) for one in ("protected", "skipped", "quarantined")}
                record = RunRecord(
                    run=run,
                    started=run.split("-")[0],
                    seconds=round(time.perf_counter() - began, 3),
                    version=polyveil.__version__,
                    policy=chosen.name,
                    policy_digest=digest,
                    workers=1,
                    counts={one: number for one, number in counts.items() if number},
                    interrupted=False,
                )
                vault.put_record(f"run/{run}", record.model_dump_json().encode())
    if session.failure is not None:
        raise session.failure


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """Only one process at a time runs under a name: they would share a spool."""
    handle = os.open(folder / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"a live source '{name}' runs on this vault already: choose another --name") from None
        yield
    finally:
        os.close(handle)


TIMEOUT = QuarantineCode.TIMEOUT.value
CRASHED = QuarantineCode.CRASHED.value
