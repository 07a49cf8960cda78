"""Several processes that work on one film, started and stopped together.

What they hand back comes through pipes. One that dies or fails ends the others; none outlives the process that started
it, however that ends. They keep their files in folders of that process, which removes them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar, cast

from polyveil.errors import AssetError, MissingExtraError
from polyveil.inference import thread_count
from polyveil.schema.outcome import QuarantineCode

Told = Callable[[int], None]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Result:
    value: Any = field(repr=False)


def together(
    work: Callable[[T, Told], R], tasks: Sequence[T], told: Callable[[int, int], None], otherwise: QuarantineCode
) -> list[R]:
    """The results of `work(task, tell)`, each in a process of its own, in the order of the tasks.

    Args:
        work: a function at the top of a module; it tells how many frames it has done.
        tasks: picklable.
        told: called with a task's index and what it told.
        otherwise: the code of failures that nobody foresaw.

    Raises:
        AssetError: as `work` raises it; CRASHED if a process dies; `otherwise`.
    """
    results: dict[int, R] = {}
    with _started(work, tasks, otherwise) as pipes:
        while len(results) < len(tasks):
            open_ones = [pipe for index, pipe in enumerate(pipes) if index not in results]
            for pipe in wait(open_ones):
                index = pipes.index(cast("Connection", pipe))
                try:
                    said = pipes[index].recv()
                except (EOFError, OSError):
                    detail = "a process that shared the film died; fewer workers need less memory"
                    raise AssetError(QuarantineCode.CRASHED, detail) from None
                if isinstance(said, AssetError):
                    raise said
                if isinstance(said, _Result):
                    results[index] = said.value
                else:
                    told(index, said)
    return [results[index] for index in range(len(tasks))]


@contextmanager
def _started(work: Callable[[T, Told], R], tasks: Sequence[T], otherwise: QuarantineCode) -> Iterator[list[Connection]]:
    """A process a task, stopped on every way out."""
    context = multiprocessing.get_context("spawn")
    threads = max(1, thread_count() // len(tasks))
    pipes: list[Connection] = []
    processes = []
    try:
        for task in tasks:
            here, there = context.Pipe(duplex=False)
            pipes.append(here)
            args = there, work, task, threads, otherwise
            process = context.Process(target=_work, args=args, name="polyveil-span", daemon=True)
            with _no_interrupt():
                process.start()
            processes.append(process)
            there.close()
        yield pipes
    finally:
        for process in processes:
            process.kill()  # nothing of theirs is kept
        for process in processes:
            process.join()
        for pipe in pipes:
            pipe.close()


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Ctrl-C is for the process that started them: theirs would only print where they stood."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, work: Callable[[T, Told], R], task: T, threads: int, otherwise: QuarantineCode) -> None:
    """Do a task, and send its result, or why there is none."""
    os.environ["POLYVEIL_THREADS"] = str(threads)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    said: _Result | AssetError
    try:
        said = _Result(work(task, pipe.send))
    except AssetError as error:
        said = error
    except MissingExtraError as error:
        said = AssetError(QuarantineCode.MISSING_EXTRA, str(error))
    except MemoryError:
        said = AssetError(QuarantineCode.TOO_LARGE, "out of memory; fewer workers need less")
    except Exception as error:  # noqa: BLE001 - a traceback could hold what the film shows
        said = AssetError(otherwise, type(error).__name__)
    with suppress(OSError):  # nobody listens any more
        pipe.send(said)


def _end_with_parent() -> None:
    """A process that is killed cannot stop those it started: they stop themselves."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
