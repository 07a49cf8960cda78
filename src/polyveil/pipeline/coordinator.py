"""The coordinator of a run: sends tasks to workers and acts on what comes back.

inspect (workers) -> decide duplicates, in plan order -> transform and seal (workers) -> commit -> ledger
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from polyveil.identity import Identity
from polyveil.pipeline import dedup, work
from polyveil.pipeline.executor import Executor, InspectTask, ProtectTask, Result
from polyveil.pipeline.job import Inspected, Job
from polyveil.pipeline.ledger import Ledger
from polyveil.pipeline.work import Finished, Station
from polyveil.schema.outcome import Outcome, QuarantineCode, SkipCode
from polyveil.vault import Vault

BATCH_ASSETS = 16
BATCH_BYTES = 4 * 1024**2
COMMIT_ASSETS = 32


@dataclass(frozen=True, slots=True)
class Event:
    """Progress of a run: assets done of total, and the outcome of the newest ('' while planning)."""

    done: int
    total: int
    outcome: str = ""
    code: str = ""
    name: str = ""


@dataclass(slots=True)
class Run:
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


def drive(state: Run) -> None:
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
        commit(state, at_least=COMMIT_ASSETS)
    commit(state, at_least=1)


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


def _inspected(state: Run, task: InspectTask, result: Result) -> None:
    results = result if isinstance(result, list) else [_crashed(state, job) for job in task.jobs]
    for job, inspected in zip(task.jobs, results, strict=True):
        state.inspected[job.index] = inspected
        if not inspected.spilled:
            state.ledger.inspected(job.key, inspected)


def _crashed(state: Run, job: Job) -> Inspected:
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


def _decide(state: Run) -> None:
    """Decide, in plan order, as many assets as have been inspected without a gap."""
    while state.turn < len(state.jobs) and state.jobs[state.turn].index in state.inspected:
        job = state.jobs[state.turn]
        state.turn += 1
        _decide_one(state, job, state.inspected.pop(job.index))


def _decide_one(state: Run, job: Job, inspected: Inspected) -> None:
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


def _safe(state: Run, found: dedup.Duplicate) -> dedup.Duplicate:
    """Forget owners that are neither in the vault nor on their way into it: a killed run claimed them."""
    on_the_way = {finished.asset for _, finished, _ in state.pending}

    def lost(asset: str) -> bool:
        return asset not in state.kept and asset not in on_the_way and not state.vault.committed(asset)

    if found.exact and lost(found.exact):
        state.ledger.release(found.exact)
        return dedup.Duplicate()
    return dedup.Duplicate(found.exact, tuple((path, asset) for path, asset in found.near if not lost(asset)))


def _refuse(state: Run, job: Job, inspected: Inspected, code: str, detail: str = "", *, duplicate_of: str = "") -> None:
    _finish(
        state, job, work.refuse(state.station, job, inspected, code, detail, duplicate_of=duplicate_of), inspected.name
    )


def _protected(state: Run, task: ProtectTask, result: Result) -> None:
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


def _finish(state: Run, job: Job, finished: Finished, name: str) -> None:
    state.pending.append((job, finished, name))


def commit(state: Run, at_least: int) -> None:
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


def _idle(state: Run) -> bool:
    return state.turn >= len(state.jobs) and not state.kept
