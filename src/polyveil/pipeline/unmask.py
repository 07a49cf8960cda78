"""Unmask: single masked regions of an asset as they were, for a principal with a grant for `originals`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from polyveil.containers.interface import Joined
from polyveil.errors import UsageError
from polyveil.identity import NoIdentity
from polyveil.modalities import image, video
from polyveil.modalities.interface import Context
from polyveil.pipeline.export import records
from polyveil.pipeline.joined import join
from polyveil.pipeline.media_types import suffix_of
from polyveil.pipeline.private import private_folder
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.record import AssetRecord
from polyveil.vault import LINKAGE, ORIGINALS, Vault


@dataclass(frozen=True, slots=True)
class Restorable:
    """One region that can be restored: its number within the asset, where it lies, and its frames (0 in a still)."""

    number: int
    part: str
    entity: str
    first: int
    last: int
    object: str


def find(vault: Vault, asset: str) -> AssetRecord:
    """The record of an asset by its safe name or the start of its id. Raises UsageError if not one is called so."""
    if not vault.opens(LINKAGE):
        raise UsageError("finding an asset takes a grant for 'linkage', which this principal has not")
    found = [row for row in records(vault) if row.name == asset or (len(asset) >= 6 and row.asset.startswith(asset))]
    if len(found) != 1:
        raise UsageError(f"{len(found)} assets are called so; give the whole name or id, as the report shows it")
    return found[0]


def regions(record: AssetRecord) -> Iterator[Restorable]:
    """All regions of an asset that can be restored, numbered from 1."""
    number = 0
    for part in record.parts:
        for one in part.regions:
            number += 1
            yield Restorable(number, part.path, one.entity, one.first, one.last, one.object)


def unmask(vault: Vault, record: AssetRecord, wanted: Collection[int], target: Path) -> Path:
    """Write the asset with these regions as they were, and all others masked. Gives the file's path.

    Raises:
        UsageError: no such region, no grant for `originals` or for the part's modality, or the target exists.
        AssetError: a part does not decode.
    """
    known = {one.number: one for one in regions(record)}
    missing = sorted(set(wanted) - known.keys())
    if missing or not wanted:
        raise UsageError(f"no region {missing[0] if missing else ''} in this asset; without --region they are listed")
    if not vault.opens(ORIGINALS):
        raise UsageError("unmasking takes a grant for 'originals', which this principal has not")
    with private_folder() as workdir:
        ctx = Context(load("default"), NoIdentity(), workdir)  # restoring needs no identity map
        joined = _joined(vault, record, {number: known[number] for number in wanted}, ctx)
        path = target if target.suffix else target.with_suffix(joined.suffix or suffix_of(joined.media_type))
        try:
            with path.open("xb") as sink:
                sink.write(joined.data if isinstance(joined.data, bytes) else joined.data.read_bytes())
        except FileExistsError:
            raise UsageError(f"{path}: exists already. Name a new file.") from None
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror})") from None
    vault.audit("unmask", asset=record.asset, regions=len(wanted))
    return path


def _joined(vault: Vault, record: AssetRecord, wanted: Mapping[int, Restorable], ctx: Context) -> Joined:
    def fetch(index: int) -> tuple[bytes | Path, str] | None:
        row = record.parts[index]
        if not row.object or not vault.opens(row.modality.value):
            return None
        data = vault.read(row.object)
        kept = [vault.read(one.object) for _number, one in sorted(wanted.items()) if one.part == row.path]
        if not kept:
            return data, row.media_type
        room = video if row.modality is Modality.VIDEO else image
        part = room.restore(Part(row.path, row.modality, row.media_type, data), kept, ctx)
        return part.data, part.media_type

    whole = join(record.tree, fetch, ctx)
    if whole is None:
        raise UsageError("this principal has no grant for what the asset consists of")
    return whole
