"""Processes that take items down the road. One that dies or hangs costs its item alone, which is quarantined."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from polyveil.collect.interface import Collected
from polyveil.live.session import CRASHED, TIMEOUT, Sealed, quarantine, seal
from polyveil.pipeline.work import Station

_station: Station | None = None  # of this worker process; set once


def _enter(station: Station, threads: int, parent: int) -> None:
    global _station  # noqa: PLW0603 - one station a worker process: models and pack writers live as long
    os.environ["POLYVEIL_THREADS"] = str(threads)
    _station = station
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides
    threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: int) -> None:
    """A parent that was killed cannot tell its workers, and may be gone before they have begun."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _do(item: Collected, rejoin: bool) -> Sealed:  # noqa: FBT001 - crosses a process border by position
    if _station is None:
        raise RuntimeError("the worker was not set up")
    watchdog = threading.Timer(_station.limits.asset_timeout_s, os._exit, (75,))
    watchdog.daemon = True
    watchdog.start()
    try:
        return seal(_station, item, rejoin=rejoin)
    finally:
        watchdog.cancel()


@dataclass(slots=True)
class Workers:
    """A pool that survives its workers."""

    station: Station = field(repr=False)
    count: int = 1
    _pool: ProcessPoolExecutor | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def submit(self, item: Collected, *, rejoin: bool) -> Future[Sealed]:
        """Queue an item."""
        return self._running().submit(_do, item, rejoin)

    def result(self, future: Future[Sealed], item: Collected, *, rejoin: bool) -> Sealed:
        """What came out. An item whose worker died, or that died beside another, is tried once more by itself."""
        try:
            return future.result()
        except BrokenProcessPool:
            began = time.monotonic()
            try:
                with self._pool_of(1, 1) as alone:
                    return alone.submit(_do, item, rejoin).result()
            except BrokenProcessPool:
                late = time.monotonic() - began >= self.station.limits.asset_timeout_s
                return quarantine(self.station, item, TIMEOUT if late else CRASHED, "worker died")

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None or getattr(self._pool, "_broken", False):
                threads = max(1, (os.cpu_count() or 1) // self.count)
                self._pool = self._pool_of(self.count, threads)
            return self._pool

    def _pool_of(self, count: int, threads: int) -> ProcessPoolExecutor:
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(count, spawn, _enter, (self.station, threads, os.getpid()))
