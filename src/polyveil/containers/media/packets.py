"""Packets of a stream for copying, each with a decoding time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MOST_WAITING = 64


def packets(container: Any, stream: Any) -> Iterator[Any]:
    """All packets that hold data, in decoding order.

    Matroska stores no decoding times, so the first packets of a stream with reordered frames may come without one:
    they get times that lead up to the first known one.
    """
    waiting: list[Any] = []
    known = False
    for packet in container.demux(stream):
        if packet.size == 0:
            continue
        if known:
            if packet.dts is None:
                packet.dts = packet.pts
            yield packet
            continue
        waiting.append(packet)
        if packet.dts is not None or len(waiting) >= _MOST_WAITING:
            yield from _timed(waiting)
            waiting, known = [], True
    yield from _timed(waiting)


def _timed(waiting: list[Any]) -> Iterator[Any]:
    """The last one has a decoding time, or none has."""
    if not waiting:
        return
    step = max(1, waiting[0].duration or 1)
    last = waiting[-1]
    if last.dts is None:
        last.dts = min((one.pts for one in waiting if one.pts is not None), default=0) + step * (len(waiting) - 1)
    for index, packet in enumerate(waiting):
        if packet.dts is None:
            packet.dts = last.dts - step * (len(waiting) - 1 - index)
        if packet.pts is None:
            packet.pts = packet.dts
        yield packet
