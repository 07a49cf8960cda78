"""Packs in an S3 bucket: s3://bucket/prefix.

Credentials, region and endpoint come from the AWS environment variables alone. An object of a bucket does not grow, so
a pack is held in memory (16 MiB) and put as a whole when it is full or must be durable.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from polyveil.errors import IntegrityError, MissingExtraError, UsageError, VaultError
from polyveil.vault.store import PackFile, Stored


@dataclass(slots=True)
class _File:
    store: BucketStore
    pack: str
    parts: list[bytes] = field(default_factory=list)
    grows: bool = False

    def append(self, data: bytes) -> None:
        self.parts.append(data)

    def sync(self) -> None:
        self.store.put(self.pack, b"".join(self.parts))

    def finish(self) -> None:
        self.sync()

    def abandon(self) -> None:
        self.parts.clear()


@dataclass(slots=True)
class BucketStore:
    """Packs as objects PREFIX/xx/ID.pack. Picklable: each process opens a connection of its own."""

    address: str
    _client: Any = field(default=None, repr=False)

    def __getstate__(self) -> str:
        return self.address

    def __setstate__(self, address: str) -> None:
        self.address, self._client = address, None

    @property
    def client(self) -> Any:
        """Raises UsageError for an address without a bucket, MissingExtraError without the 's3' extra."""
        if self._client is None:
            try:
                from obstore.store import S3Store
            except ImportError as error:
                raise MissingExtraError("s3://", "s3") from error
            url = urlsplit(self.address)
            if not url.netloc or url.username or url.query:
                raise UsageError("packs lie at s3://BUCKET/PREFIX; credentials come from the AWS environment variables")
            plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
            options: Any = {"client_options": {"allow_http": True}} if plain else {}
            self._client = S3Store(url.netloc, prefix=url.path.strip("/") or None, **options)
        return self._client

    def begin(self, pack: str) -> PackFile:
        return _File(self, pack)

    def put(self, pack: str, data: bytes) -> None:
        """Put a whole pack. Raises VaultError."""
        import obstore
        from obstore.exceptions import BaseError

        try:
            obstore.put(self.client, _name(pack), data)
        except (BaseError, OSError) as error:
            raise VaultError(f"{self.address}: cannot be written ({type(error).__name__})") from None

    def read(self, pack: str, offset: int, length: int) -> bytes:
        import obstore
        from obstore.exceptions import BaseError

        try:
            data = bytes(obstore.get_range(self.client, _name(pack), start=offset, length=length))
        except FileNotFoundError:
            raise IntegrityError(f"pack {pack} is missing") from None
        except (BaseError, OSError) as error:
            raise IntegrityError(f"pack {pack}: cannot be read ({type(error).__name__})") from None
        if len(data) != length:
            raise IntegrityError(f"pack {pack}: truncated")
        return data

    def packs(self) -> Iterator[Stored]:
        import obstore
        from obstore.exceptions import BaseError

        try:
            for page in obstore.list(self.client):
                for row in page:
                    name = str(row["path"]).rpartition("/")[2]
                    if name.endswith(".pack"):
                        age = (datetime.now(UTC) - row["last_modified"]).total_seconds()
                        yield Stored(name.removesuffix(".pack"), row["size"], max(0.0, age), busy=False, finished=True)
        except (BaseError, OSError) as error:
            raise VaultError(f"{self.address}: cannot be listed ({type(error).__name__})") from None

    def delete(self, pack: str) -> None:
        import obstore
        from obstore.exceptions import BaseError

        try:
            obstore.delete(self.client, _name(pack))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise VaultError(f"{self.address}: cannot be written ({type(error).__name__})") from None

    def close(self) -> None:
        """Let go of the connection."""
        self._client = None


def _name(pack: str) -> str:
    return f"{pack[:2]}/{pack}.pack"
