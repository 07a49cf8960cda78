"""Protect: the coordinator that takes a source down the road into a vault.

    plan -> inspect (workers) -> decide duplicates, in plan order -> transform and seal (workers) -> commit -> ledger

Killed at any moment, the same command goes on: the vault's commit is idempotent by asset id, the ledger tells what is
done, and what was half done is done again.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polyveil
from polyveil.collect import collect
from polyveil.collect.interface import Collected
from polyveil.errors import InterruptedRunError, UsageError
from polyveil.identity import Identity
from polyveil.pipeline import dedup, road, work
from polyveil.pipeline.executor import Cluster, Executor, Inline, InspectTask, ProtectTask, Result, Task
from polyveil.pipeline.job import Inspected, Job
from polyveil.pipeline.ledger import FINAL, Ledger
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.work import Finished, Station
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome, QuarantineCode, SkipCode
from polyveil.schema.policy import Policy
from polyveil.schema.record import RunRecord
from polyveil.vault import Unlock, Vault

BATCH_ASSETS = 16
BATCH_BYTES = 4 * 1024**2
INLINE_ASSETS = 8
INLINE_BYTES = 64 * 1024**2
COMMIT_ASSETS = 32


@dataclass(frozen=True, slots=True)
class Event:
    """Progress of a run: assets done of total, and the outcome of the newest ('' while planning)."""

    done: int
    total: int
    outcome: str = ""
    code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended. counts: assets of this run by outcome; codes: by skip or quarantine code."""

    run: str
    vault: str
    counts: dict[str, int]
    codes: dict[str, int]
    parts_quarantined: int
    already_done: int
    seconds: float
    workers: int

    @property
    def exit_code(self) -> int:
        """0, or 3 when something was quarantined."""
        return 3 if self.counts.get("quarantined") or self.parts_quarantined else 0


def _silent(_event: Event) -> None:
    return None


@dataclass(slots=True)
class _Run:
    """The coordinator's state while a run lasts."""

    vault: Vault
    ledger: Ledger
    station: Station
    executor: Executor
    jobs: Sequence[Job]
    tell: Callable[[Event], None]
    scope: str
    already: int
    inspected: dict[int, Inspected] = field(default_factory=dict)
    turn: int = 0  # position in `jobs` of the next one to decide
    waiting: dict[str, list[tuple[Job, Inspected, str]]] = field(default_factory=dict)
    kept: dict[str, Job] = field(default_factory=dict)  # assets that are being transformed
    pending: list[tuple[Job, Finished, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    broken: int = 0


def protect(
    source: str | Path | Sequence[str | Path],
    *,
    vault: str | Path,
    policy: str | Policy = "default",
    modalities: Iterable[str | Modality] | None = None,
    unlock: Unlock | None = None,
    workers: int | None = None,
    retry: bool = False,
    limits: Limits | None = None,
    tell: Callable[[Event], None] = _silent,
) -> Summary:
    """De-identify everything at `source` and seal it into `vault`, which is made if it does not exist.

    Args:
        source: one or several paths, globs, or file:// and s3:// URLs.
        vault: the vault's location.
        policy: a built-in name, a file, or a Policy.
        modalities: only these; others end as skipped, 'not-in-scope'.
        unlock: passphrase or key file; by default the environment variable POLYVEIL_PASSPHRASE.
        workers: processes; by default one a core, or none (inline) when the job is small.
        retry: do assets again that were quarantined before.
        limits: bounds on one asset.
        tell: called on progress.

    Raises:
        UsageError, PolicyError, VaultError, UnlockError: nothing was started.
        InterruptedRunError: after Ctrl-C; what was finished is committed.
    """
    began = time.perf_counter()
    chosen = load(policy) if isinstance(policy, str) else policy
    scope = frozenset(Modality(one) for one in modalities) if modalities else road.ALL_MODALITIES
    bounds = limits or Limits()
    sources = [str(one) for one in ([source] if isinstance(source, str | Path) else source)]
    items = [item for one in sources for item in collect(one, bounds)]
    if unlock is None:
        unlock = Unlock(passphrase=os.environ.get("POLYVEIL_PASSPHRASE"))
    exists = Vault.exists(vault)
    with Vault.open(vault, unlock) if exists else Vault.create(vault, unlock) as store:
        return _protect(
            store, items, chosen, scope=scope, workers=workers, bounds=bounds, tell=tell, retry=retry, began=began
        )


def _protect(
    store: Vault,
    items: Sequence[Collected],
    chosen: Policy,
    *,
    scope: frozenset[Modality],
    workers: int | None,
    bounds: Limits,
    tell: Callable[[Event], None],
    retry: bool,
    began: float,
) -> Summary:
    run = datetime.now(UTC).strftime("%Y%m%dT%H%M%S") + "-" + secrets.token_hex(3)
    identity = Identity(store.identity_key)
    with private_folder() as scratch, Ledger(store.state_folder() / "ledger.sqlite", identity) as ledger:
        station = Station(
            chosen,
            store.identity_key,
            store.sealer(chosen.storage.zstd, pad=chosen.storage.pad),
            run,
            scratch,
            scope,
            bounds,
        )
        names = ",".join(sorted(one.value for one in scope))
        digest = road.policy_digest(chosen)
        jobs = [
            Job(
                number,
                identity.keyed_id("job", "\0".join((item.uri, str(item.size), str(item.mtime_ns), digest, names)), 32),
                item,
            )
            for number, item in enumerate(items)
        ]
        stages = ledger.stages()
        if retry:
            store.withdraw(ledger.forget_quarantined(job.key for job in jobs))
            stages = ledger.stages()
        todo = [job for job in jobs if stages.get(job.key) not in FINAL]
        if todo:
            _note_policy(store, digest)
            store.audit("protect", run=run, policy=chosen.name, policy_digest=digest, assets=len(todo))
        executor = _executor(station, todo, workers, careful=ledger.unfinished())
        state = _Run(store, ledger, station, executor, todo, tell, f"{digest}:{names}", len(jobs) - len(todo))
        interrupted = False
        try:
            _drive(state)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            _commit(state, at_least=1)
            executor.close()
            station.sealer.close()
        seconds = time.perf_counter() - began
        if todo:
            store.put_record(
                f"run/{run}",
                RunRecord(
                    run=run,
                    started=run.split("-")[0],
                    seconds=round(seconds, 3),
                    version=polyveil.__version__,
                    policy=chosen.name,
                    policy_digest=digest,
                    workers=executor.workers,
                    counts=state.counts,
                    interrupted=interrupted,
                )
                .model_dump_json()
                .encode(),
            )
    if interrupted:
        raise InterruptedRunError(
            f"interrupted after {sum(state.counts.values())} of {len(todo)} assets; the same command goes on from here"
        )
    return Summary(
        run,
        str(store.folder),
        state.counts,
        state.codes,
        state.broken,
        state.already,
        seconds,
        executor.workers,
    )


def _note_policy(store: Vault, digest: str) -> None:
    """Write into the audit log that another policy governs the vault's runs from here on."""
    before = next((row["policy_digest"] for row in reversed(list(store.log.events())) if row["event"] == "protect"), "")
    if before and before != digest:
        store.audit("policy", older=before, newer=digest)


def _executor(station: Station, todo: Sequence[Job], workers: int | None, *, careful: bool) -> Executor:
    """Inline when that is quicker; never after a run that stopped half-way, since an asset may have killed it."""
    size = sum(job.item.size for job in todo)
    small = len(todo) <= INLINE_ASSETS and size <= INLINE_BYTES
    if not todo or (workers is None and small and not careful) or workers == 0:
        return Inline(station)
    if workers is not None and workers < 0:
        raise UsageError("--workers is 0 (inline) or a number of processes")
    return Cluster(station, workers or max(1, min(os.cpu_count() or 1, len(todo))))


def _drive(state: _Run) -> None:
    """Run all tasks and act on their results until nothing is left."""
    ledger, executor = state.ledger, state.executor
    ledger.start(job.key for job in state.jobs)
    places = {job.key: job.index for job in state.jobs}
    for key, inspected in ledger.inspections():
        if key in places:
            state.inspected[places[key]] = inspected
    fresh = [job for job in state.jobs if job.index not in state.inspected]
    for batch in _batches(fresh):
        executor.submit(InspectTask(batch))
    _decide(state)
    state.tell(Event(0, len(state.jobs)))
    for task, result in executor.results():
        if isinstance(task, InspectTask):
            _inspected(state, task, result)
            _decide(state)
        else:
            _protected(state, task, result)
        _commit(state, at_least=COMMIT_ASSETS)
    _commit(state, at_least=1)


def _batches(jobs: Sequence[Job]) -> Iterable[tuple[Job, ...]]:
    batch: list[Job] = []
    size = 0
    for job in jobs:
        if batch and (len(batch) >= BATCH_ASSETS or size + job.item.size > BATCH_BYTES):
            yield tuple(batch)
            batch, size = [], 0
        batch.append(job)
        size += job.item.size
    if batch:
        yield tuple(batch)


def _inspected(state: _Run, task: InspectTask, result: Result) -> None:
    results = result if isinstance(result, list) else [_crashed(state, job) for job in task.jobs]
    for job, inspected in zip(task.jobs, results, strict=True):
        state.inspected[job.index] = inspected
        state.ledger.inspected(job.key, inspected)


def _crashed(state: _Run, job: Job) -> Inspected:
    """Stand-in for an asset whose inspection killed its worker: nothing of it was read here."""
    identity = Identity(state.station.identity_key)
    asset = identity.keyed_id("asset", f"crashed\0{job.key}", 32)
    suffix = Path(job.item.relative).suffix[:9]
    return Inspected(
        asset,
        "",
        f"asset-{asset[:8]}{suffix}",
        "",
        job.item.size,
        code=QuarantineCode.CRASHED.value,
        detail="worker died",
    )


def _decide(state: _Run) -> None:
    """Decide, in plan order, as many assets as have been inspected without a gap."""
    while state.turn < len(state.jobs) and state.jobs[state.turn].index in state.inspected:
        job = state.jobs[state.turn]
        state.turn += 1
        _decide_one(state, job, state.inspected.pop(job.index))


def _decide_one(state: _Run, job: Job, inspected: Inspected) -> None:
    if inspected.asset in state.kept or state.vault.committed(inspected.asset):
        state.ledger.finish([(job.key, Outcome.PROTECTED.value, inspected.asset)])  # killed between commit and ledger
        state.already += 1
        return
    if inspected.code:
        _refuse(state, job, inspected, inspected.code, inspected.detail)
        return
    rules = state.station.policy.deduplicate
    found = _safe(state, dedup.look_up(inspected, state.ledger, state.scope))
    owner, code = "", ""
    if found.exact and rules.exact == "drop":
        owner, code = found.exact, SkipCode.EXACT_DUPLICATE.value
    elif rules.near == "drop" and found.nearly_whole(inspected):
        owner, code = found.nearly_whole(inspected), SkipCode.NEAR_DUPLICATE.value
    if owner and owner in state.kept:
        state.waiting.setdefault(owner, []).append((job, inspected, code))  # until the other one is safe
    elif owner:
        _refuse(state, job, inspected, code, duplicate_of=owner)
    else:
        dedup.claim(inspected, state.ledger, state.scope)
        state.kept[inspected.asset] = job
        near = found.near if rules.near == "flag" else ()
        if found.exact and rules.exact == "flag":
            near = tuple((part.path, found.exact) for part in inspected.parts)
        state.executor.submit(ProtectTask(job, inspected, near))


def _safe(state: _Run, found: dedup.Duplicate) -> dedup.Duplicate:
    """Forget owners that are neither in the vault nor on their way into it: a killed run claimed them."""
    on_the_way = {finished.asset for _, finished, _ in state.pending}

    def lost(asset: str) -> bool:
        return asset not in state.kept and asset not in on_the_way and not state.vault.committed(asset)

    if found.exact and lost(found.exact):
        state.ledger.release(found.exact)
        return dedup.Duplicate()
    return dedup.Duplicate(found.exact, tuple((path, asset) for path, asset in found.near if not lost(asset)))


def _refuse(
    state: _Run, job: Job, inspected: Inspected, code: str, detail: str = "", *, duplicate_of: str = ""
) -> None:
    _finish(
        state, job, work.refuse(state.station, job, inspected, code, detail, duplicate_of=duplicate_of), inspected.name
    )


def _protected(state: _Run, task: ProtectTask, result: Result) -> None:
    job, inspected = task.job, task.inspected
    if not isinstance(result, Finished):
        result = work.refuse(
            state.station, job, inspected, QuarantineCode.CRASHED.value, "worker died while transforming"
        )
    _finish(state, job, result, inspected.name)
    state.kept.pop(inspected.asset, None)
    followers = state.waiting.pop(inspected.asset, [])
    if result.outcome is not Outcome.PROTECTED:
        state.ledger.release(inspected.asset)
    for other, seen, code in followers:
        if result.outcome is Outcome.PROTECTED:
            _refuse(state, other, seen, code, duplicate_of=inspected.asset)
        else:
            _decide_one(state, other, seen)


def _finish(state: _Run, job: Job, finished: Finished, name: str) -> None:
    state.pending.append((job, finished, name))


def _commit(state: _Run, at_least: int) -> None:
    """Commit finished assets in one catalog transaction, then tell the ledger."""
    if len(state.pending) < at_least and not _idle(state):
        return
    batch, state.pending = state.pending, []
    if not batch:
        return
    state.vault.commit_many([(done.asset, done.sealed, done.subjects) for _, done, _ in batch if done.sealed])
    state.ledger.finish((job.key, done.outcome.value, done.asset) for job, done, _ in batch)
    for _, done, name in batch:
        state.counts[done.outcome.value] = state.counts.get(done.outcome.value, 0) + 1
        if done.code:
            state.codes[done.code] = state.codes.get(done.code, 0) + 1
        state.broken += done.parts_quarantined
        state.tell(Event(sum(state.counts.values()), len(state.jobs), done.outcome.value, done.code, name))


def _idle(state: _Run) -> bool:
    return state.turn >= len(state.jobs) and not state.kept


__all__ = ["Event", "Summary", "Task", "protect"]
