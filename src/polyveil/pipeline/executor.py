"""Where tasks run: inline for small jobs, on a local dask cluster (TLS, loopback) beyond.

Both take tasks while results are being read, and give back results in the order of their completion. A task whose
worker process dies, or that fails in a way no room foresaw, is tried again alone; failing again, its result is None.
"""

from __future__ import annotations

import logging
import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from polyveil.errors import AssetError, PolyveilError, UsageError
from polyveil.modalities.interface import Frames
from polyveil.pipeline import work
from polyveil.pipeline.job import Inspected, Job
from polyveil.pipeline.work import Finished, Station
from polyveil.schema.outcome import QuarantineCode


@dataclass(frozen=True, slots=True)
class InspectTask:
    """Inspect a batch of assets."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class ProtectTask:
    """Transform and seal one asset; `near` names nearly duplicated assets by part path."""

    job: Job
    inspected: Inspected
    near: tuple[tuple[str, str], ...] = ()


Task = InspectTask | ProtectTask
Result = list[Inspected] | Finished | None
Tell = Callable[[int, Frames], None]
"""Told a job's index and how far its film is; by a cluster on a thread of its own."""

UNGUARDED = (
    "the worker processes did not start. Each of them reads the script that calls polyveil: write the call under "
    '`if __name__ == "__main__":`, or give workers=0 to work in this process alone.'
)
_FRAMES = "polyveil-frames"  # topic under which workers tell
_EVERY_S = 0.5  # seconds between what one worker tells


class Executor(Protocol):
    """Runs tasks somewhere."""

    workers: int

    def submit(self, task: Task) -> None:
        """Queue a task. Protect tasks go before inspect tasks, so that results flow."""

    def results(self) -> Iterator[tuple[Task, Result]]:
        """Results until nothing is queued; tasks may be submitted meanwhile."""

    def close(self) -> None:
        """Stop what runs and free everything."""


def run_task(station: Station, task: Task) -> Result:
    """Do one task."""
    if isinstance(task, InspectTask):
        return work.inspect(station, task.jobs)
    return work.protect(station, task.job, task.inspected, dict(task.near))


def _allowance(station: Station, task: Task) -> float:
    """Seconds that a task may take without any progress."""
    return station.limits.asset_timeout_s * (len(task.jobs) if isinstance(task, InspectTask) else 1)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise AssetError(TIMEOUT) in this thread when time is up; only the main thread can be interrupted so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: object) -> None:
        raise AssetError(QuarantineCode.TIMEOUT, f"no progress for {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _rearm(seconds: float) -> None:
    if threading.current_thread() is threading.main_thread() and signal.getitimer(signal.ITIMER_REAL)[0]:
        signal.setitimer(signal.ITIMER_REAL, seconds)


class Inline:
    """Runs tasks in this process when results are asked for."""

    workers = 1

    def __init__(self, station: Station, frames: Tell | None = None) -> None:
        self._station = replace(
            station,
            progress=lambda _fraction, _frames=None, /: _rearm(station.limits.asset_timeout_s),
            frames=frames or station.frames,
        )
        self._protect: deque[Task] = deque()
        self._inspect: deque[Task] = deque()

    def submit(self, task: Task) -> None:
        (self._inspect if isinstance(task, InspectTask) else self._protect).append(task)

    def results(self) -> Iterator[tuple[Task, Result]]:
        while self._protect or self._inspect:
            task = (self._protect or self._inspect).popleft()
            with _alarm(_allowance(self._station, task)):
                result = run_task(self._station, task)
            yield task, result

    def close(self) -> None:
        self._protect.clear()
        self._inspect.clear()


_station: Station | None = None  # of this worker process; set once by the cluster


class _Watchdog:
    """Ends this process when a task makes no progress: a hung C library cannot be interrupted."""

    def __init__(self) -> None:
        self._fed, self._done = time.monotonic(), threading.Event()

    def feed(self, _fraction: float = 0.0, _frames: Frames | None = None, /) -> None:
        """There was progress."""
        self._fed = time.monotonic()

    @contextmanager
    def over(self, seconds: float) -> Iterator[None]:
        """Watch over what is done inside."""
        self.feed()
        self._done.clear()
        thread = threading.Thread(target=self._watch, args=(seconds,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._done.set()
            thread.join()

    def _watch(self, seconds: float) -> None:
        while not self._done.wait(max(0.05, self._fed + seconds - time.monotonic())):
            if time.monotonic() - self._fed >= seconds:
                os._exit(75)


_watchdog = _Watchdog()


_told = 0.0  # when this worker process told of frames last


def _tell(job: int, frames: Frames) -> None:
    """Send to the coordinator how far a film is, now and then; the end of a pass always."""
    from distributed import get_worker

    global _told  # noqa: PLW0603
    now = time.monotonic()
    if now - _told >= _EVERY_S or frames.done == frames.of:
        _told = now
        get_worker().log_event(_FRAMES, (job, frames.doing, frames.done, frames.of))


def _enter(station: Station, *, telling: bool) -> None:
    global _station  # noqa: PLW0603 - one station a worker process: models and pack writers live as long
    _station = replace(station, progress=_watchdog.feed, frames=_tell if telling else station.frames)


def _run_in_worker(task: Task) -> Result:
    if _station is None:
        raise RuntimeError("the worker was not set up")
    with _watchdog.over(_allowance(_station, task)):
        return run_task(_station, task)


class Cluster:
    """A dask LocalCluster: one single-threaded process a worker, TLS on loopback, no dashboard, no spilling."""

    def __init__(
        self, station: Station, workers: int, frames: Tell | None = None, memory_limit: int = 3 * 1024**3
    ) -> None:
        import dask
        from distributed import Client, LocalCluster, WorkerPlugin
        from distributed.security import Security

        telling = frames is not None

        class Enter(WorkerPlugin):
            def setup(self, worker: Any) -> None:  # noqa: ARG002 - the plugin interface
                _enter(station, telling=telling)

            def teardown(self, worker: Any) -> None:  # noqa: ARG002
                station.sealer.close()

        self.workers = workers * station.spread
        self._tries: dict[int, int] = {}
        self._suspects: deque[Task] = deque()
        threads = max(1, (os.cpu_count() or 1) // workers)
        self._scratch = tempfile.TemporaryDirectory(prefix="polyveil-dask-", ignore_cleanup_errors=True)
        dask.config.set(
            {
                "distributed.scheduler.allowed-failures": 0,
                "distributed.scheduler.http.routes": [],
                "distributed.worker.http.routes": [],
                "distributed.worker.daemon": station.spread == 1,  # a daemon may have no processes of its own
                "distributed.worker.memory.target": False,
                "distributed.worker.memory.spill": False,
                "distributed.worker.memory.pause": False,
                "distributed.worker.memory.terminate": 0.95,
                "distributed.nanny.pre-spawn-environ": {
                    "POLYVEIL_THREADS": str(threads),
                    "OMP_NUM_THREADS": str(threads),
                    "MALLOC_TRIM_THRESHOLD_": "65536",
                },
                "distributed.admin.log-format": "%(levelname)s",
                "distributed.comm.timeouts.connect": "60s",
            }
        )
        for name in ("distributed", "distributed.nanny", "distributed.worker", "distributed.scheduler", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        security = Security.temporary()
        self._cluster = self._started(
            LocalCluster,
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            protocol="tls://",
            security=security,
            dashboard_address="127.0.0.1:0",  # its HTTP server always starts: at a free port, and with no routes
            memory_limit=memory_limit,
            local_directory=self._scratch.name,
            silence_logs=logging.CRITICAL,
        )
        self._client = Client(self._cluster, security=security)
        self._client.register_plugin(Enter())
        if frames is not None:
            self._client.subscribe_topic(_FRAMES, lambda event: frames(event[1][0], Frames(*event[1][1:])))
        self._flow = self._as_completed()
        self._tasks: dict[Any, Task] = {}

    def _started(self, cluster: Callable[..., Any], **options: Any) -> Any:
        """Raises UsageError when no worker process lives."""
        try:
            return cluster(**options)
        except RuntimeError:  # they die while they read the script that starts them
            self._scratch.cleanup()
            raise UsageError(UNGUARDED) from None

    def _as_completed(self) -> Any:
        from distributed import as_completed

        return as_completed([], raise_errors=False)

    def submit(self, task: Task) -> None:
        priority = 0 if isinstance(task, InspectTask) else 10
        future = self._client.submit(_run_in_worker, task, pure=False, priority=priority, retries=0)
        self._tasks[future.key] = task
        self._flow.add(future)

    def results(self) -> Iterator[tuple[Task, Result]]:
        while True:
            for future in self._flow:
                task = self._tasks.pop(future.key)
                if future.status == "finished":
                    result: Result = future.result()
                    future.release()
                    yield task, result
                else:
                    error = future.exception()
                    future.release()
                    yield from self._failed(task, error)
            if not self._suspects:
                return
            self.submit(self._suspects.popleft())  # one at a time, so that nobody else can be hurt

    def _failed(self, task: Task, error: BaseException | None) -> Iterator[tuple[Task, Result]]:
        if isinstance(error, PolyveilError):
            raise error  # the vault cannot be written: nothing can go on
        jobs = task.jobs if isinstance(task, InspectTask) else (task.job,)
        for job in jobs:
            single: Task = InspectTask((job,)) if isinstance(task, InspectTask) else task
            self._tries[job.index] = self._tries.get(job.index, 0) + 1
            if self._tries[job.index] > 1 and len(jobs) == 1:
                yield single, None
            else:
                self._suspects.append(single)

    def close(self) -> None:
        self._client.close(timeout=5)
        self._cluster.close(timeout=10)
        self._scratch.cleanup()
