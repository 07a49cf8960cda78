"""Protect: the coordinator that takes a source down the road into a vault.

    plan -> inspect (workers) -> decide duplicates, in plan order -> transform and seal (workers) -> commit -> ledger

Killed at any moment, the same command goes on: the vault's commit is idempotent by asset id, the ledger tells what is
done, and what was half done is done again.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polyveil
from polyveil.collect import collect
from polyveil.collect.interface import Collected
from polyveil.errors import InterruptedRunError, UsageError
from polyveil.identity import Identity
from polyveil.pipeline import road
from polyveil.pipeline.coordinator import Event, Run, commit, drive
from polyveil.pipeline.executor import UNGUARDED, Cluster, Executor, Inline, Tell
from polyveil.pipeline.job import Job
from polyveil.pipeline.ledger import FINAL, Ledger
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.work import Station
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.policy import Policy
from polyveil.schema.record import RunRecord
from polyveil.vault import Unlock, Vault

INLINE_ASSETS = 8
INLINE_BYTES = 64 * 1024**2


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
    frames: Tell | None = None,
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
        frames: called with the index of an asset and how far its film is, maybe on another thread.

    Raises:
        UsageError, PolicyError, VaultError, UnlockError: nothing was started. A script has to make the call under
            `if __name__ == "__main__":`, for each worker process reads the script again.
        InterruptedRunError: after Ctrl-C; what was finished is committed.
    """
    began = time.perf_counter()
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # a worker reads the script that made it
        raise UsageError(UNGUARDED)
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
            store,
            items,
            chosen,
            scope=scope,
            workers=workers,
            bounds=bounds,
            tell=tell,
            frames=frames,
            retry=retry,
            began=began,
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
    frames: Tell | None,
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
        executor = _executor(station, todo, workers, frames, careful=ledger.unfinished())
        state = Run(store, ledger, station, executor, todo, tell, f"{digest}:{names}", len(jobs) - len(todo))
        interrupted = False
        try:
            drive(state)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            commit(state, at_least=1)
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


def _executor(
    station: Station, todo: Sequence[Job], workers: int | None, frames: Tell | None, *, careful: bool
) -> Executor:
    """Inline when that is quicker; never after a run that stopped half-way, since an asset may have killed it."""
    size = sum(job.item.size for job in todo)
    small = len(todo) <= INLINE_ASSETS and size <= INLINE_BYTES
    if not todo or (workers is None and small and not careful) or workers == 0:
        return Inline(station, frames)
    if workers is not None and workers < 0:
        raise UsageError("--workers is 0 (inline) or a number of processes")
    if workers and workers > len(todo):
        # More workers than assets: each asset has several, which share its film if it is a long one.
        return Cluster(replace(station, spread=workers // len(todo)), len(todo), frames)
    return Cluster(station, workers or max(1, min(os.cpu_count() or 1, len(todo))), frames)


__all__ = ["Event", "Summary", "protect"]
