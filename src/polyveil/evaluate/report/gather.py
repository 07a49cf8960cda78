"""Gather a report from a vault's records."""

from __future__ import annotations

import base64
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol

from polyveil.errors import IntegrityError, PolicyError, UnlockError
from polyveil.evaluate.report.model import Exemption, Pair, Quarantined, Report, Size
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome, QuarantineCode, SkipCode
from polyveil.schema.policy import EntityRule, Policy
from polyveil.schema.record import AssetRecord, Node, RunRecord

PICTURES = 8
THUMBNAIL = 360
"""Pictures a report shows, and the longer side of each in pixels."""

_SHOWN = ("image/jpeg", "image/png", "image/webp")


class Store(Protocol):
    """What of a vault a report reads."""

    def records(self) -> Iterator[tuple[str, bytes]]: ...
    def record_names(self) -> list[str]: ...
    def get_record(self, name: str) -> bytes | None: ...
    def read(self, object_id: str) -> bytes: ...
    def opens(self, compartment: str) -> bool: ...


def gather(vault: Store, *, name: str = "", show_originals: bool = False) -> Report:
    """Read all records of a vault. Raises UnlockError without a grant for `linkage`."""
    records = [AssetRecord.model_validate_json(row) for _, row in vault.records()]
    records.sort(key=lambda record: (record.name, record.asset))
    runs = [RunRecord.model_validate_json(row) for row in _runs(vault)]
    entities: dict[str, Counter[str]] = defaultdict(Counter)
    seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    sizes: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    applied: Counter[tuple[str, str, str]] = Counter()
    for record in records:
        for part in record.parts:
            for stage, spent in part.seconds.items():
                seconds[part.modality.value][stage] += spent
            if not part.object:
                continue
            for entity, number in part.findings.items():
                entities[entity][part.modality.value] += number
            for entity, operator, number in part.applied:
                applied[record.policy, entity, operator] += number
            row = sizes[part.modality.value]
            for place, number in enumerate((1, part.bytes_in, part.bytes_out, part.bytes_stored)):
                row[place] += number
    duplicates = [one for one in records if one.code in (SkipCode.EXACT_DUPLICATE, SkipCode.NEAR_DUPLICATE)]
    return Report(
        vault=name,
        outcomes={outcome.value: sum(one.outcome is outcome for one in records) for outcome in Outcome},
        codes=dict(Counter(one.code for one in records if one.code)),
        entities={entity: dict(row) for entity, row in sorted(entities.items())},
        sizes=tuple(Size(modality.value, *sizes[modality.value]) for modality in Modality if modality.value in sizes),
        exemptions=_exemptions(applied),
        quarantined=tuple(_quarantined(records)),
        near_duplicates=sum(any(part.near_duplicate_of for part in one.parts) for one in records),
        duplicates=len(duplicates),
        saved_bytes=sum(one.size for one in duplicates),
        seconds={
            modality: {stage: round(spent, 2) for stage, spent in row.items()} for modality, row in seconds.items()
        },
        runs=tuple(runs),
        policies=dict(Counter(one.policy for one in records)),
        uninspected=sum(part.metrics.get("content_inspected") == "no" for one in records for part in one.parts),
        pairs=tuple(_pairs(vault, records, show_originals=show_originals)),
    )


def _runs(vault: Store) -> Iterator[bytes]:
    for name in vault.record_names():
        row = vault.get_record(name) if name.startswith("run/") else None
        if row is not None:
            yield row


def _exemptions(applied: Counter[tuple[str, str, str]]) -> tuple[Exemption, ...]:
    lines = []
    for (policy, entity, operator), count in sorted(applied.items(), key=lambda item: (item[0][1], item[0][2])):
        rule = _rule(policy, entity)
        lines.append(Exemption(entity, operator, count, rule.reason if rule else None, rule.legal if rule else ""))
    return tuple(lines)


def _rule(policy: str, entity: str) -> EntityRule | None:
    try:
        found: Policy = load(policy)
    except PolicyError:
        return None  # a policy of the user's own, which is not at hand under its name
    return found.entities.get(entity)


def _quarantined(records: Sequence[AssetRecord]) -> Iterator[Quarantined]:
    codes = set(QuarantineCode)
    for record in records:
        if record.outcome is Outcome.QUARANTINED:
            yield Quarantined(record.name, "", record.code, record.detail)
            continue
        for part in record.parts:
            if part.code in codes:
                yield Quarantined(record.name, part.path, part.code, part.detail)
        for path, code in _failed(record.tree, ""):
            yield Quarantined(record.name, path, code, "")


def _failed(node: Node, path: str) -> Iterator[tuple[str, str]]:
    if node.code:
        yield path, node.code
    for key, member in node.members.items():
        yield from _failed(member, f"{path}/{key}" if path else key)


def _pairs(vault: Store, records: Sequence[AssetRecord], *, show_originals: bool) -> Iterator[Pair]:
    shown = 0
    for record in records:
        picture = next((part for part in record.parts if part.object and part.media_type in _SHOWN), None)
        if picture is None or shown >= PICTURES or not vault.opens(Modality.IMAGE.value) or not picture.findings:
            continue
        try:
            after = _thumbnail(vault.read(picture.object))
            before = ""
            if show_originals and record.original and len(record.parts) == 1 and vault.opens("originals"):
                before = _thumbnail(vault.read(record.original))
        except (IntegrityError, UnlockError):
            continue
        if after:
            shown += 1
            yield Pair(record.name, after, before)


def _thumbnail(data: bytes) -> str:
    """A small JPEG as a data URI; '' without Pillow or for what does not decode."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        return ""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            small = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return ""
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
