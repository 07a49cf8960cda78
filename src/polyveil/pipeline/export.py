"""Export: what a principal's grants open, as files again."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polyveil.containers.interface import Joined
from polyveil.errors import AssetError, PolicyError, UsageError
from polyveil.identity import NoIdentity
from polyveil.modalities.interface import Context
from polyveil.pipeline.joined import join
from polyveil.pipeline.media_types import named, suffix_of
from polyveil.pipeline.private import empty, private_folder
from polyveil.pipeline.road import ALL_MODALITIES
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome
from polyveil.schema.policy import Policy
from polyveil.schema.record import AssetRecord
from polyveil.vault import LINKAGE, Vault

FORMATS = ("folder", "webdataset", "parquet")
SHARD_BYTES = 512 * 1024**2


@dataclass(frozen=True, slots=True)
class Exported:
    """One file to write: a safe name, its data, and what is known of it."""

    name: str
    data: bytes | Path = field(repr=False)
    media_type: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """How many files were written, how many assets no grant opens, and which could not be joined."""

    files: int
    closed: int
    failed: int
    linked: bool


def export(
    vault: Vault,
    folder: Path,
    *,
    modalities: Collection[Modality] = (),
    form: str = "folder",
    tell: Callable[[int], None] = lambda _files: None,
) -> ExportSummary:
    """Write everything that the vault's unlocked principal may read into `folder`.

    With a grant for `linkage`, assets come out whole, under their safe names; members whose compartment is closed, or
    that `modalities` leaves out, are left out. Without it, parts come out singly under their object ids.

    Raises:
        UsageError: the folder is a file, is not empty, or cannot be written; or the format is unknown.
    """
    if form not in FORMATS:
        raise UsageError(f"--format is one of {', '.join(FORMATS)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder}: is not empty. Name a new folder.")
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror})") from None
    wanted = frozenset(modalities) or ALL_MODALITIES
    counts = {"closed": 0, "failed": 0}
    linked = vault.opens(LINKAGE)
    files = 0
    with private_folder() as workdir:
        stream = _assets(vault, wanted, workdir, counts) if linked else _parts(vault, wanted)
        write = {"folder": _to_folder, "webdataset": _to_tar, "parquet": _to_parquet}[form]
        for _ in write(_unique(stream), folder):
            files += 1
            tell(files)
            empty(workdir)
    vault.audit("export", files=files, format=form, modalities=sorted(one.value for one in wanted))
    return ExportSummary(files, counts["closed"], counts["failed"], linked)


def records(vault: Vault) -> Iterator[AssetRecord]:
    """All asset records, in no particular order. Needs a grant for `linkage`."""
    for _asset, row in vault.records():
        yield AssetRecord.model_validate_json(row)


def join_record(vault: Vault, record: AssetRecord, wanted: Collection[Modality], ctx: Context) -> Joined | None:
    """One asset as a file again, from the parts that may be read. Raises AssetError if its container refuses."""

    def fetch(index: int) -> tuple[bytes | Path, str] | None:
        part = record.parts[index]
        if not part.object or part.modality not in wanted or not vault.opens(part.modality.value):
            return None
        return vault.read(part.object), part.media_type

    return join(record.tree, fetch, ctx)


def _assets(vault: Vault, wanted: Collection[Modality], workdir: Path, counts: dict[str, int]) -> Iterator[Exported]:
    identity = NoIdentity()  # joining needs none, and not everybody who may read has a grant for it
    for record in sorted(records(vault), key=lambda row: (row.name, row.asset)):
        if record.outcome is not Outcome.PROTECTED:
            continue
        ctx = Context(_policy(record.policy), identity, workdir)
        try:
            whole = join_record(vault, record, wanted, ctx)
        except AssetError:
            counts["failed"] += 1
            continue
        if whole is None:
            counts["closed"] += 1
            continue
        facts = {"asset": record.asset, "findings": _findings(record, wanted)}
        yield Exported(named(record.name, whole.media_type), whole.data, whole.media_type, facts)


def _policy(name: str) -> Policy:
    try:
        return load(name)
    except PolicyError:
        return load("default")  # joining needs only the container format


def _findings(record: AssetRecord, wanted: Collection[Modality]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in record.parts:
        if part.modality in wanted:
            for entity, number in part.findings.items():
                counts[entity] = counts.get(entity, 0) + number
    return counts


def _parts(vault: Vault, wanted: Collection[Modality]) -> Iterator[Exported]:
    for modality in sorted(wanted):
        if not vault.opens(modality.value):
            continue
        for info in vault.objects(modality.value):
            kind = vault.media_type(info.object_id)
            name = f"{modality.value}/{info.object_id[:16]}{suffix_of(kind)}"
            yield Exported(name, vault.read(info.object_id), kind)


def _unique(stream: Iterator[Exported]) -> Iterator[Exported]:
    taken: set[str] = set()
    for item in stream:
        name, number = item.name, 1
        while name.casefold() in taken:
            number += 1
            path = Path(item.name)
            name = str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
        taken.add(name.casefold())
        yield Exported(name, item.data, item.media_type, item.facts)


def _to_folder(stream: Iterator[Exported], folder: Path) -> Iterator[None]:
    for item in stream:
        target = folder / item.name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file(target, item.data)
        yield


def write_file(target: Path, data: bytes | Path) -> None:
    """Write through a temporary name, so that a killed run leaves no half file under the real one."""
    temporary = target.with_name(f".{target.name[:100]}.part")
    try:
        if isinstance(data, bytes):
            temporary.write_bytes(data)
        else:
            shutil.copyfile(data, temporary)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(f"{target}: cannot be written ({error.strerror})") from None


def _to_tar(stream: Iterator[Exported], folder: Path) -> Iterator[None]:
    """WebDataset shards: files that share a key lie side by side in a tar (the WebDataset file format)."""
    shard, size = 0, 0
    tar: tarfile.TarFile | None = None
    try:
        for number, item in enumerate(stream):
            if tar is None or size > SHARD_BYTES:
                if tar is not None:
                    tar.close()
                tar = tarfile.open(folder / f"shard-{shard:06d}.tar", "w")  # noqa: SIM115 - closed below, by shard
                shard, size = shard + 1, 0
            key = f"{number:09d}"
            facts = json.dumps({**item.facts, "name": item.name, "media_type": item.media_type}).encode()
            data = item.data if isinstance(item.data, bytes) else item.data.read_bytes()
            suffix = Path(item.name).suffix.lstrip(".") or "bin"
            for ending, content in (("meta.json", facts), (suffix, data)):
                entry = tarfile.TarInfo(f"{key}.{ending}")
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
            size += len(data)
            yield
    finally:
        if tar is not None:
            tar.close()


def _to_parquet(stream: Iterator[Exported], folder: Path) -> Iterator[None]:
    import polars as pl

    rows: list[dict[str, Any]] = []
    shard = size = 0

    def flush() -> None:
        nonlocal shard, size
        if rows:
            temporary = folder / f".shard-{shard:06d}.part"
            pl.DataFrame(rows).write_parquet(temporary)
            temporary.replace(folder / f"shard-{shard:06d}.parquet")
            rows.clear()
            shard, size = shard + 1, 0

    for item in stream:
        data = item.data if isinstance(item.data, bytes) else item.data.read_bytes()
        rows.append({"name": item.name, "media_type": item.media_type, "facts": json.dumps(item.facts), "data": data})
        size += len(data)
        if size > SHARD_BYTES:
            flush()
        yield
    flush()


__all__ = ["FORMATS", "ExportSummary", "export", "join_record", "records", "write_file"]
