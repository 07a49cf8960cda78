"""What a worker does: inspect a batch, or transform one asset and seal what came out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context, Frames, Progress
from polyveil.modalities.spill import Spilled
from polyveil.pipeline import road
from polyveil.pipeline.job import Inspected, Job
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.tree import Branch, Failed, Leaf, Tree, failures
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import REGION, Kept
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome, QuarantineCode, SkipCode
from polyveil.schema.policy import Policy
from polyveil.schema.record import AssetRecord, Node, PartRecord, RegionRecord
from polyveil.vault import LINKAGE, ORIGINALS, Sealed, Sealer

SUBJECT_ENTITIES = frozenset(
    {"PERSON", "EMAIL_ADDRESS", "MEDICAL_RECORD_NUMBER", "CN_ID_CARD", "US_SSN", "CN_PHONE_NUMBER", "PHONE_NUMBER"}
)
MAX_SUBJECTS = 1000
MAX_LISTED = 20_000
"""Findings of a long text that are kept beside it; all are counted."""


def _silent(_fraction: float, _frames: Frames | None = None, /) -> None:
    return None


def _untold(_job: int, _frames: Frames) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Station:
    """What every worker of a run holds: the policy, the identity key, and public keys to seal with.

    progress: told that an asset goes on. frames: told a job's index and how far its film is.
    spread: processes among which a worker may divide a long film.
    """

    policy: Policy
    identity_key: bytes = field(repr=False)
    sealer: Sealer = field(repr=False)
    run: str
    scratch: Path
    modalities: frozenset[Modality] = road.ALL_MODALITIES
    limits: Limits = field(default_factory=Limits)
    progress: Progress = _silent
    frames: Callable[[int, Frames], None] = _untold
    spread: int = 1

    def context(self, workdir: Path, job: Job | None = None) -> Context:
        def progress(fraction: float, frames: Frames | None = None, /) -> None:
            self.progress(fraction)
            if job is not None and frames is not None:
                self.frames(job.index, frames)

        who = Identity(self.identity_key)
        return Context(self.policy, who, workdir, self.limits, progress, self.scratch, self.spread)


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of one asset in a worker: what to commit, and the outcome."""

    asset: str
    outcome: Outcome
    code: str
    sealed: tuple[Sealed, ...]
    subjects: tuple[str, ...] = ()
    parts_quarantined: int = 0


def inspect(station: Station, jobs: Iterable[Job]) -> list[Inspected]:
    """Inspect a batch of assets, one after the other."""
    results = []
    for job in jobs:
        with private_folder(station.scratch) as workdir:
            results.append(road.inspect_asset(job.item, station.context(workdir, job), station.modalities))
    return results


def protect(station: Station, job: Job, inspected: Inspected, near: Mapping[str, str]) -> Finished:
    """Transform an asset and seal it. `near` names, by part path, the asset that a part nearly duplicates."""
    try:
        return _protect(station, job, inspected, near)
    finally:
        for findings in inspected.spilled:
            findings.remove()


def _protect(station: Station, job: Job, inspected: Inspected, near: Mapping[str, str]) -> Finished:
    with private_folder(station.scratch) as workdir:
        ctx = station.context(workdir, job)
        try:
            done = road.transform_asset(job.item, inspected, ctx)
        except AssetError as error:
            return refuse(station, job, inspected, error.code.value, error.detail)
        except MemoryError:
            return refuse(station, job, inspected, QuarantineCode.TOO_LARGE.value, "out of memory")
        if done.code:
            return refuse(station, job, inspected, done.code, done.detail)
        return seal(station, inspected, done, near, ctx)


def refuse(
    station: Station, job: Job, inspected: Inspected, code: str, detail: str = "", *, duplicate_of: str = ""
) -> Finished:
    """End an asset without output: skipped or quarantined. The input is sealed if the policy says so."""
    skipped = code in set(SkipCode)
    outcome = Outcome.SKIPPED if skipped else Outcome.QUARANTINED
    sealed: list[Sealed] = []
    original = ""
    if outcome is Outcome.QUARANTINED and station.policy.storage.quarantined == "seal":
        with private_folder(station.scratch) as workdir:
            try:
                data = road.read(job.item, station.context(workdir, job))
            except AssetError:
                data = None
            if data is not None:
                sealed.append(station.sealer.seal(ORIGINALS, data, media_type="application/octet-stream"))
                original = sealed[-1].object_id
    parts = tuple(
        PartRecord(
            path=part.path,
            modality=part.modality,
            media_type=part.media_type,
            code=part.code or code,
            detail=part.detail,
            bytes_in=part.bytes_in,
            findings=counts(part.findings),
            seconds={"inspect": round(part.seconds, 4)},
        )
        for part in inspected.parts
    )
    record = _record(
        station,
        inspected,
        outcome=outcome,
        code=code,
        detail=detail,
        parts=parts,
        duplicate_of=duplicate_of,
        original=original,
    )
    sealed.append(_seal_record(station, record))
    station.sealer.flush()
    return Finished(inspected.asset, outcome, code, tuple(sealed))


def seal(station: Station, inspected: Inspected, done: road.Done, near: Mapping[str, str], ctx: Context) -> Finished:
    """Seal a transformed asset and its record; `near` as for `protect`. Raises VaultError."""
    sealed: list[Sealed] = []
    parts: list[PartRecord] = []
    for part in done.parts:
        seen = part.inspected
        row = PartRecord(
            path=seen.path,
            modality=seen.modality,
            media_type=seen.media_type,
            code=part.code,
            detail=part.detail,
            bytes_in=seen.bytes_in,
            findings=counts(seen.findings),
            seconds={"inspect": round(seen.seconds, 4), "transform": round(part.seconds, 4)},
            near_duplicate_of=near.get(seen.path, ""),
        )
        if part.result is not None:
            new = part.result.part
            measured = {**seen.metrics, **part.result.metrics}
            metrics = {name: one if isinstance(one, str) else float(one) for name, one in measured.items()}
            started = time.perf_counter()
            item = station.sealer.seal(
                seen.modality.value,
                new.data,
                media_type=new.media_type,
                attributes={
                    **_listed(seen.findings),
                    **_placed(part.result.placed),
                    "metrics": metrics,
                },
                kind="shifting" if seen.modality in (Modality.TEXT, Modality.TABLE) else "whole",
            )
            sealed.append(item)
            row = row.model_copy(
                update={
                    "object": item.object_id,
                    "media_type": new.media_type,
                    "bytes_out": new.size,
                    "bytes_stored": item.stored,
                    "applied": tuple((one.entity, one.operator, one.count) for one in part.result.applied),
                    "metrics": metrics,
                    "regions": tuple(_seal_regions(station, part.result.kept, sealed)),
                    "seconds": {**row.seconds, "seal": round(time.perf_counter() - started, 4)},
                }
            )
        parts.append(row)
    original = ""
    if station.policy.storage.originals == "seal":
        sealed.append(station.sealer.seal(ORIGINALS, done.data, media_type=inspected.media_type))
        original = sealed[-1].object_id
    paths = {row.path: number for number, row in enumerate(parts)}
    record = _record(
        station,
        inspected,
        outcome=Outcome.PROTECTED,
        tree=node(done.tree, paths),
        parts=tuple(parts),
        original=original,
    )
    subjects = _subjects(inspected, ctx)
    sealed.append(_seal_record(station, record, subjects))
    station.sealer.flush()
    broken = sum(1 for row in parts if row.code in set(QuarantineCode)) + sum(1 for _ in failures(done.tree))
    return Finished(inspected.asset, Outcome.PROTECTED, "", tuple(sealed), subjects, broken)


def _seal_regions(station: Station, kept: Iterable[Kept], sealed: list[Sealed]) -> Iterator[RegionRecord]:
    """Each region is an object of its own, so that reading one gives nothing of another."""
    for one in kept:
        item = station.sealer.seal(ORIGINALS, one.data, media_type=REGION)
        sealed.append(item)
        yield RegionRecord(entity=one.entity, first=one.first, last=one.last, object=item.object_id)


def _record(station: Station, inspected: Inspected, **fields: object) -> AssetRecord:
    return AssetRecord.model_validate(
        {
            "asset": inspected.asset,
            "name": inspected.name,
            "media_type": inspected.media_type,
            "size": inspected.size,
            "run": station.run,
            "policy": station.policy.name,
            "policy_digest": road.policy_digest(station.policy),
            "expires": _expires(station.policy.storage.retention_days),
            **fields,
        }
    )


def _expires(days: int | None) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat() if days is not None else ""


def _seal_record(station: Station, record: AssetRecord, subjects: tuple[str, ...] = ()) -> Sealed:
    return station.sealer.seal(
        LINKAGE,
        record.model_dump_json().encode(),
        media_type="application/json",
        attributes={"asset": record.asset, "at": time.time_ns(), "subjects": list(subjects)},
    )


def _listed(findings: Sequence[Finding]) -> dict[str, object]:
    if not isinstance(findings, Spilled):
        return {"findings": [finding.to_json(compact=True) for finding in findings]}
    return {"findings": [one.to_json() for one in findings[:MAX_LISTED]], "findings_total": len(findings)}


def _placed(findings: Iterable[Finding]) -> dict[str, object]:
    rows = [finding.to_json(compact=True) for finding in findings]
    return {"placed": rows} if rows else {}


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each entity type."""
    if isinstance(findings, Spilled):
        return dict(findings.counts)
    return dict(Counter(finding.entity for finding in findings))


def node(tree: Tree, paths: Mapping[str, int]) -> Node:
    """The record's form of a tree; `paths` gives a part's index by its path."""
    match tree:
        case Leaf(part):
            return Node(part=paths[part.path])
        case Failed():
            return Node(code=tree.code.value)
        case Branch():
            members = {key: node(member, paths) for key, member in tree.members.items()}
            return Node(container=tree.container, skeleton=dict(tree.skeleton), members=members)


def subject_id(identity: Identity, value: str) -> str:
    """The keyed id under which `vault erase --subject` finds a person: case and spacing do not matter."""
    return identity.keyed_id("subject", " ".join(value.casefold().split()), 32)


def _subjects(inspected: Inspected, ctx: Context) -> tuple[str, ...]:
    ids: set[str] = set()
    for part in inspected.parts:
        values: set[str] = set()
        for finding in part.findings:
            if finding.value and finding.entity in SUBJECT_ENTITIES:
                values.add(finding.value)
            if len(values) >= 8 * MAX_SUBJECTS:
                ids, values = _least(ids, values, ctx), set()
        ids = _least(ids, values, ctx)
    return tuple(sorted(ids))


def _least(ids: set[str], values: set[str], ctx: Context) -> set[str]:
    return set(sorted(ids | {subject_id(ctx.identity, value) for value in values})[:MAX_SUBJECTS])
