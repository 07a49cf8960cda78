"""Download: an asset as a file again, put together from the parts that the grants open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from polyveil.console.shelf import Shelf
from polyveil.errors import PolicyError, UnlockError, VaultError
from polyveil.identity import NoIdentity
from polyveil.modalities.interface import Context
from polyveil.pipeline.export import join_record
from polyveil.pipeline.media_types import named
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.road import ALL_MODALITIES
from polyveil.policies import load
from polyveil.schema.outcome import Outcome
from polyveil.schema.policy import Policy


@dataclass(frozen=True, slots=True)
class Whole:
    """A file to be sent."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


def joined(shelf: Shelf, asset: str) -> Whole:
    """Join an asset. Written into the audit log.

    Raises:
        VaultError: no such asset, or nothing was sealed of it. UnlockError: no grant opens a part of it.
        AssetError: its container refuses.
    """
    record = shelf.record(asset)
    if record is None or record.outcome is not Outcome.PROTECTED:
        raise VaultError("no such asset")
    with private_folder() as workdir, shelf.lock:
        ctx = Context(policy_of(record.policy), NoIdentity(), workdir)  # joining needs none
        whole = join_record(shelf.vault, record, ALL_MODALITIES, ctx)
        if whole is None:
            raise UnlockError("no grant opens a part of this asset")
        data = whole.data.read_bytes() if isinstance(whole.data, Path) else whole.data
    shelf.audit("download", asset=asset)
    return Whole(named(record.name, whole.media_type), whole.media_type, data)


def policy_of(name: str) -> Policy:
    """A built-in policy by name; the default for one of the user's own, which is not at hand."""
    try:
        return load(name)
    except PolicyError:
        return load("default")
