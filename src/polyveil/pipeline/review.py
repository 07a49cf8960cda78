"""Review: a person corrects the findings of one part; it is transformed again and takes the old one's place.

With the sealed original, findings may be moved and taken away. Without it the de-identified part is all there is:
then more can be hidden, and nothing shown again.
"""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from polyveil.errors import UnlockError, UsageError, VaultError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context, room_for
from polyveil.pipeline import work
from polyveil.pipeline.ledger import Ledger
from polyveil.pipeline.tree import leaves, split
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Transformed
from polyveil.schema.locations import Region, Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import Policy
from polyveil.schema.record import AssetRecord, PartRecord
from polyveil.vault import COMPARTMENTS, LINKAGE, ORIGINALS, Sealed, Vault
from polyveil.vault.catalog import Change

DETECTOR = "person"
"""The detector of findings that somebody marked."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reviewed: a part, its findings, and what it is transformed from.

    whole: the part as it came is at hand. findings: with it those of the inspection, without it those in the
    de-identified part. before, after: the part as it came (None without it) and as it is.
    """

    record: AssetRecord
    index: int
    whole: bool
    findings: tuple[Finding, ...]
    before: Part | None = field(repr=False)
    after: Part = field(repr=False)

    @property
    def part(self) -> PartRecord:
        return self.record.parts[self.index]


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction made: the asset's new id, and how many findings came and went."""

    asset: str
    added: int
    removed: int


def open_for_review(vault: Vault, record: AssetRecord, index: int, workdir: Path) -> Subject:
    """Read a picture or text for review.

    Raises:
        UsageError: it is neither, or holds regions that were sealed one by one. UnlockError: no grant opens it.
        AssetError: the original does not split any more.
    """
    if not 0 <= index < len(record.parts) or not record.parts[index].object:
        raise UsageError("no such part")
    part = record.parts[index]
    if part.modality not in (Modality.IMAGE, Modality.TEXT):
        raise UsageError("pictures and texts can be reviewed")
    if part.regions:
        raise UsageError("this part holds regions that were sealed one by one; correct its policy and run it again")
    if not vault.opens(part.modality.value) or not vault.opens(LINKAGE):
        raise UnlockError(f"the compartment '{part.modality.value}' is locked")
    with vault.open_object(part.object) as stream:
        data, attributes = stream.readall() or b"", stream.header.attributes
    after = Part(part.path, part.modality, part.media_type, data)
    before = _original(vault, record, part, workdir)
    if "findings_total" in attributes:
        raise UsageError("a text as long as this one cannot be reviewed: its findings are counted, not listed")
    rows = attributes.get("findings" if before is not None or part.modality is Modality.IMAGE else "placed") or ()
    return Subject(record, index, before is not None, tuple(Finding.from_json(row) for row in rows), before, after)


def _original(vault: Vault, record: AssetRecord, part: PartRecord, workdir: Path) -> Part | None:
    if not record.original or not vault.opens(ORIGINALS):
        return None
    data = vault.read(record.original)
    ctx = Context(_policy(record.policy), Identity(vault.identity_key), workdir)
    tree = split(data, record.name, Hints(), ctx)
    return next((one for one in leaves(tree) if one.path == part.path and one.modality is part.modality), None)


def correct(vault: Vault, subject: Subject, findings: Sequence[Finding], who: str, workdir: Path) -> Corrected:
    """Transform the part again under corrected findings, seal it, and let it take the old one's place at once.

    Args:
        vault: the vault; the caller holds a grant for the part's compartment and for `linkage`.
        subject: what was opened for review.
        findings: all findings that shall hold; without the original those that were there stay in any case.
        who: the account, for the audit log.
        workdir: a private folder.

    Raises:
        AssetError: the part cannot be transformed under these findings; nothing was changed.
        VaultError: the asset was changed by somebody else meanwhile, or the vault cannot be written.
    """
    kept = [one for one in findings if one in subject.findings]
    added = [one for one in findings if one not in subject.findings]
    removed = len(subject.findings) - len(kept) if subject.whole else 0
    policy = _policy(subject.record.policy)
    known = {one.entity for one in added} - policy.entities.keys()
    if known:
        raise UsageError(f"the policy has no answer to {', '.join(sorted(known))}")
    ctx = Context(policy, Identity(vault.identity_key), workdir)
    base, wanted = (subject.before, findings) if subject.before is not None else (subject.after, added)
    room = room_for(base.media_type, base.modality)
    result = room.transform(base, sorted(wanted, key=_place), ctx)
    everything = tuple(findings) if subject.whole else (*subject.findings, *added)
    placed = result.placed if subject.whole else tuple(_moved(subject.findings, added, result))
    asset = _exchange(vault, subject, result, everything, placed=placed, policy=policy)
    vault.audit("review", asset=asset, replaces=subject.record.asset, added=len(added), removed=removed, account=who)
    return Corrected(asset, len(added), removed)


def _policy(name: str) -> Policy:
    return load(name)


def _place(finding: Finding) -> tuple[int, int]:
    match finding.location:
        case Span(start, end):
            return start, end
        case Region(x, y, _, _):
            return y, x
    return 0, 0


def _moved(old: Sequence[Finding], added: Sequence[Finding], result: Transformed) -> Iterator[Finding]:
    """Marks that were in a text already, where they lie after more was hidden; and the new ones."""
    edits = [
        (before.location, after.location)
        for before, after in zip(sorted(added, key=_place), result.placed, strict=False)
        if isinstance(before.location, Span) and isinstance(after.location, Span)
    ]
    for one in old:
        if not isinstance(one.location, Span):
            continue
        start, end = one.location.start, one.location.end
        if any(span.start < end and start < span.end for span, _ in edits):
            continue
        shift = sum((new.end - new.start) - (span.end - span.start) for span, new in edits if span.end <= start)
        yield replace(one, location=Span(start + shift, end + shift))
    yield from result.placed


def _exchange(
    vault: Vault,
    subject: Subject,
    result: Transformed,
    findings: Sequence[Finding],
    *,
    placed: Sequence[Finding],
    policy: Policy,
) -> str:
    """One transaction: the corrected asset is there, and what it replaces is gone."""
    old, new = subject.record, result.part
    identity = Identity(vault.identity_key)
    attributes: dict[str, object] = {
        "findings": [one.to_json(compact=True) for one in findings],
        "metrics": {**subject.part.metrics, **result.metrics},
    }
    if placed:
        attributes["placed"] = [one.to_json(compact=True) for one in placed]
    sealer = vault.sealer(policy.storage.zstd)
    try:
        kind = "shifting" if subject.part.modality is Modality.TEXT else "whole"
        data = new.data if isinstance(new.data, Path) else io.BytesIO(new.data)
        part = sealer.seal(
            subject.part.modality.value, data, media_type=new.media_type, attributes=attributes, kind=kind
        )
        asset = identity.keyed_id("asset", f"review\0{old.asset}\0{secrets.token_hex(16)}", 32)
        row = subject.part.model_copy(
            update={
                "object": part.object_id,
                "media_type": new.media_type,
                "bytes_out": new.size,
                "bytes_stored": part.stored,
                "findings": work.counts(findings),
                "applied": tuple((one.entity, one.operator, one.count) for one in result.applied),
            }
        )
        parts = (*old.parts[: subject.index], row, *old.parts[subject.index + 1 :])
        record = old.model_copy(update={"asset": asset, "parts": parts})
        subjects = {who for who, one in vault.catalog.subjects() if one == old.asset}
        subjects |= {
            work.subject_id(identity, one.value)
            for one in findings
            if one.value and one.entity in work.SUBJECT_ENTITIES
        }
        marks = {"asset": asset, "at": time.time_ns(), "subjects": sorted(subjects)}
        written = record.model_dump_json().encode()
        sealed = [part, sealer.seal(LINKAGE, written, media_type="application/json", attributes=marks)]
        sealer.flush()
        _commit(vault, subject, asset, sealed, subjects)
    finally:
        sealer.close()
    with Ledger(vault.state_folder() / "ledger.sqlite", identity) as ledger:
        ledger.rename(old.asset, asset)
    return asset


def _commit(vault: Vault, subject: Subject, asset: str, sealed: Sequence[Sealed], subjects: set[str]) -> None:
    old = subject.record.asset
    with vault.committer.locked(COMPARTMENTS):
        where = vault.catalog.assets().get(old)
        if where is None:
            raise VaultError("this asset was changed or erased meanwhile; open it again")
        gone, refs = vault.committer.releasing(
            [bytes.fromhex(where), bytes.fromhex(subject.part.object)], coming=sealed
        )
        change = Change(
            assets=[(asset, bytes.fromhex(sealed[-1].object_id))],
            subjects=[(who, asset) for who in subjects],
            refs=refs,
            gone_units=gone,
            gone_assets=[old],
        )
        vault.committer.commit_locked(sealed, change)
