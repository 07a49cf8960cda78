"""Collect: from folders, globs, uploads and buckets to items on the road."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from polyveil import plugins
from polyveil.collect.interface import Collected, Source
from polyveil.errors import UsageError
from polyveil.schema.limits import Limits

__all__ = ["Collected", "collect"]


def collect(source: str, limits: Limits) -> Iterator[Collected]:
    """Everything at a path, glob or URL, in a stable order.

    Raises:
        UsageError: nothing is there, or no source is registered for the URL's scheme.
    """
    scheme = urlsplit(source).scheme if "://" in source else "file"
    if scheme not in plugins.available("sources"):
        known = ", ".join(sorted(plugins.available("sources")))
        raise UsageError(f"{scheme}://: no such kind of source. Known are: {known}.")
    room: Source = plugins.load("sources", scheme)
    return room.collect(source, limits)
