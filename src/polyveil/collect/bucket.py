"""Buckets: s3:// URLs, read through obstore."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from polyveil.collect.interface import Collected
from polyveil.errors import MissingExtraError, UsageError
from polyveil.schema.companion import companion_of
from polyveil.schema.limits import Limits


def _store(bucket: str) -> Any:
    """Credentials, region and endpoint come from the AWS environment variables alone."""
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise MissingExtraError("s3://", "s3") from error
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    options: Any = {"client_options": {"allow_http": True}} if endpoint and endpoint.startswith("http://") else {}
    return S3Store(bucket, **options)


@dataclass(frozen=True, slots=True)
class BucketObject:
    """One object of a bucket. A worker opens its own connection."""

    bucket: str
    key: str

    def load(self, in_memory: int, workdir: Path) -> bytes | Path:
        import obstore
        from obstore.exceptions import BaseError

        try:
            got = obstore.get(_store(self.bucket), self.key)
            if got.meta["size"] <= in_memory:
                return bytes(got.bytes())
            target = workdir / "object"
            with target.open("wb") as stream:
                for chunk in got.stream(min_chunk_size=8 * 1024**2):
                    stream.write(chunk)
        except BaseError as error:
            raise OSError(0, f"the bucket does not give it ({type(error).__name__})") from None
        return target


def collect(source: str, limits: Limits) -> Iterator[Collected]:  # noqa: ARG001 - the interface of a source
    """Objects below an s3://bucket/prefix, sorted by key.

    Raises:
        UsageError: the bucket cannot be listed, or nothing lies below the prefix.
    """
    url = urlsplit(source)
    bucket, prefix = url.netloc, url.path.lstrip("/")
    store = _store(bucket)
    import obstore
    from obstore.exceptions import BaseError

    try:
        found = [row for page in obstore.list(store, prefix=prefix or None) for row in page]
        if not found and prefix:
            found = [obstore.head(store, prefix)]  # a prefix is a folder; this may name one object
    except FileNotFoundError:
        found = []
    except BaseError as error:
        raise UsageError(f"s3://{bucket}: cannot be listed ({type(error).__name__})") from None
    if not found:
        raise UsageError(f"{source}: holds nothing")
    keys = {str(row["path"]) for row in found}
    base = prefix.rstrip("/") + "/" if prefix else ""
    for row in sorted(found, key=lambda one: str(one["path"])):
        key = str(row["path"])
        changed = int(row["last_modified"].timestamp() * 1e9)
        relative = key.removeprefix(base) if key.startswith(base) else PurePosixPath(key).name
        beside = companion_of(PurePosixPath(key))
        words = next((BucketObject(bucket, str(one)) for one in beside if str(one) in keys), None)
        yield Collected(f"s3://{bucket}/{key}", relative, int(row["size"]), changed, BucketObject(bucket, key), words)
