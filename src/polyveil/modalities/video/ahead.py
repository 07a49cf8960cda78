"""Work ahead on another thread, so that decoding, looking, reading and encoding overlap; queues bound the memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_END = object()


def ahead(source: Iterator[T], depth: int) -> Iterator[T]:
    """The items of `source`, at most `depth` of them made ahead. Its exceptions are raised here."""
    items: queue.Queue[object] = queue.Queue(max(1, depth))
    stop = threading.Event()

    def offer(item: object) -> bool:
        while not stop.is_set():
            try:
                items.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def produce() -> None:
        try:
            for item in source:
                if not offer(item):
                    return
            offer(_END)
        except BaseException as error:  # noqa: BLE001 - raised again where the items are used
            offer(error)

    worker = threading.Thread(target=produce, name="polyveil-ahead", daemon=True)
    worker.start()
    try:
        while (item := items.get()) is not _END:
            if isinstance(item, BaseException):
                raise item
            yield item  # type: ignore[misc]  # the queue also carries the end and exceptions
    finally:
        stop.set()
        worker.join()


def depth_for(frame_bytes: int, *, budget: int = 24 * 1024**2, most: int = 18) -> int:
    """How many frames of `frame_bytes` may wait in a queue."""
    return max(1, min(most, budget // max(1, frame_bytes)))


class Behind(Generic[T]):
    """Hands items to `work` on another thread, in order. `close` waits for the last; exceptions come back here."""

    def __init__(self, work: Callable[[T], None], depth: int) -> None:
        self._items: queue.Queue[object] = queue.Queue(max(1, depth))
        self._error: BaseException | None = None
        self._worker = threading.Thread(target=self._run, args=(work,), name="polyveil-behind", daemon=True)
        self._worker.start()

    def _run(self, work: Callable[[T], None]) -> None:
        while (item := self._items.get()) is not _END:
            if self._error is None:
                try:
                    work(item)  # type: ignore[arg-type]  # only items of the caller come through
                except BaseException as error:  # noqa: BLE001 - raised again by the caller's next call
                    self._error = error
            del item  # or it would be held until the next one comes
            self._items.task_done()

    def put(self, item: T) -> None:
        """Queue an item. Raises what `work` raised for an earlier one."""
        if self._error is not None:
            raise self._error
        self._items.put(item)

    def drain(self) -> None:
        """Wait until all that was put is done. Raises what `work` raised."""
        self._items.join()
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Wait until everything is done. Raises what `work` raised."""
        self._items.put(_END)
        self._worker.join()
        if self._error is not None:
            raise self._error
