"""The record of one asset's run, sealed in the vault's `linkage` compartment.

It alone says which parts belong together, under which name, and what was done to them. The report, the export and
the console read it; it holds no found value and no original file name.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RegionRecord(_Model):
    """A masked region or track whose original pixels lie in `originals`: its frames (0 in a still), and the object."""

    entity: str
    first: int
    last: int
    object: str


class PartRecord(_Model):
    """One part: where it is sealed and what was found, applied and measured.

    object: id of the sealed part in the compartment of its modality; '' if the part was not sealed.
    code: '' for a protected part, else a SkipCode or QuarantineCode.
    bytes_in / bytes_out: encoded size before and after the road; bytes_stored: what the vault's pack took.
    findings: count by entity type. applied: (entity, operator, count).
    seconds: by stage ('inspect', 'transform', 'seal').
    near_duplicate_of: asset id, where the policy keeps and flags near-duplicates.
    regions: what can be restored, where the policy seals regions.
    """

    path: str
    modality: Modality
    media_type: str
    object: str = ""
    code: str = ""
    detail: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    bytes_stored: int = 0
    findings: dict[str, int] = Field(default_factory=dict)
    applied: tuple[tuple[str, str, int], ...] = ()
    metrics: dict[str, float | str] = Field(default_factory=dict)
    seconds: dict[str, float] = Field(default_factory=dict)
    near_duplicate_of: str = ""
    regions: tuple[RegionRecord, ...] = ()


class Node(_Model):
    """The tree of an asset: a leaf names a part by index; a container has members by key and what `join` needs."""

    part: int | None = None
    container: str = ""
    skeleton: dict[str, Any] = Field(default_factory=dict)
    members: dict[str, Node] = Field(default_factory=dict)
    code: str = ""  # a member that was skipped or quarantined before it became a part


class AssetRecord(_Model):
    """One asset's run.

    asset: keyed id of (place, content). name: its relative path after the text road, safe to show.
    size: bytes of the input. duplicate_of: asset id, for outcome 'skipped' by deduplication.
    original: object id in `originals` if the policy sealed the input. expires: day (UTC, ISO 8601) after which the
    policy wants it erased, '' for never. policy_digest: BLAKE3 of the policy's JSON.
    """

    version: int = 1
    asset: str
    name: str
    media_type: str = ""
    size: int = 0
    outcome: Outcome
    code: str = ""
    detail: str = ""
    run: str
    policy: str
    policy_digest: str
    tree: Node = Node()
    parts: tuple[PartRecord, ...] = ()
    duplicate_of: str = ""
    original: str = ""
    expires: str = ""


class RunRecord(_Model):
    """One run over a source: when (UTC, ISO 8601), how long (wall seconds), with what and how it ended."""

    run: str
    started: str
    seconds: float
    version: str
    policy: str
    policy_digest: str
    workers: int
    counts: dict[str, int]  # outcome -> assets
    interrupted: bool = False
