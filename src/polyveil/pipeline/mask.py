"""Mask: one file or folder in, de-identified copies out. No vault, nothing kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from polyveil.collect import collect
from polyveil.collect.interface import Collected
from polyveil.containers.interface import Joined
from polyveil.errors import AssetError, UsageError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context, Progress
from polyveil.pipeline import road, work
from polyveil.pipeline.export import write_file
from polyveil.pipeline.joined import join
from polyveil.pipeline.left_out import left_out
from polyveil.pipeline.media_types import named
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.tree import failures
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import Outcome, SkipCode
from polyveil.schema.policy import Policy
from polyveil.vault import Vault


@dataclass(frozen=True, slots=True)
class Masked:
    """What became of one file. `output` is '' if nothing was written. findings: count by entity type.

    left_out: what the file held and the copy does not, by kind.
    """

    name: str
    outcome: Outcome
    output: str = ""
    code: str = ""
    detail: str = ""
    findings: dict[str, int] | None = None
    parts_quarantined: int = 0
    left_out: dict[str, int] | None = None


def mask(
    source: Path,
    out: Path,
    policy: Policy,
    *,
    identity: Identity | None = None,
    vault: Vault | None = None,
    limits: Limits | None = None,
    tell: Callable[[Masked], None] = lambda _masked: None,
    progress: Progress = lambda _fraction, _frames=None, /: None,
    workers: int = 1,
) -> list[Masked]:
    """De-identify `source` into `out`: a file into a file, a folder into a folder of copies under safe names.

    Args:
        source: a file or folder.
        out: the file to write, or the folder for the copies.
        policy: the policy; the suffix of a single output file chooses its format where that can be chosen.
        identity: the identity map; by default a fresh random one, so that pseudonyms agree within this call only.
        vault: whose identity map is used in its place, which its audit log then tells.
        limits: bounds on one file.
        tell: called with each result.
        progress: told how far the current file is.
        workers: processes among which a long film is divided.

    Raises:
        UsageError: the source does not exist or the output cannot be written.
        UnlockError: the vault's principal has no grant for the identity key.
    """
    if not source.exists():
        raise UsageError(f"{source}: no such file or folder")
    if out.exists() and source.is_file() != out.is_file():
        raise UsageError(f"{out}: is a {'folder' if out.is_dir() else 'file'}, the source is not")
    if out.exists() and source.samefile(out):
        raise UsageError(f"{out}: is the source itself. Name another output.")
    who = identity or Identity(vault.identity_key if vault else secrets.token_bytes(32))
    if vault:  # before the first file: what a killed call wrote was written under this key too
        vault.audit("mask", policy=policy.name, policy_digest=road.policy_digest(policy))
    bounds = limits or Limits()
    results = []
    taken: set[Path] = set()
    for item in collect(str(source), bounds):
        with private_folder() as workdir:
            chosen = _by_suffix(policy, out) if source.is_file() else policy
            ctx = Context(chosen, who, workdir, bounds, progress, workers=workers)
            masked, joined = _one(item, ctx)
            if joined is not None:
                fitting = out.with_name(named(out.name, joined.media_type))  # a .wav comes out as .flac
                target = fitting if source.is_file() else _free(out / named(masked.name, joined.media_type), taken)
                target.parent.mkdir(parents=True, exist_ok=True)
                write_file(target, joined.data)
                masked = replace(masked, output=str(target))
        results.append(masked)
        tell(masked)
    return results


def _one(item: Collected, ctx: Context) -> tuple[Masked, Joined | None]:
    inspected = road.inspect_asset(item, ctx)
    name = inspected.name
    if inspected.code:
        outcome = Outcome.SKIPPED if inspected.code in set(SkipCode) else Outcome.QUARANTINED
        return Masked(name, outcome, code=inspected.code, detail=inspected.detail), None
    try:
        done = road.transform_asset(item, inspected, ctx)
        if done.code:
            return Masked(name, Outcome.QUARANTINED, code=done.code, detail=done.detail), None
        paths = {part.inspected.path: number for number, part in enumerate(done.parts)}

        def fetch(index: int) -> tuple[bytes | Path, str] | None:
            result = done.parts[index].result
            return None if result is None else (result.part.data, result.part.media_type)

        joined = join(work.node(done.tree, paths), fetch, ctx)
    except AssetError as error:
        return Masked(name, Outcome.QUARANTINED, code=error.code.value, detail=error.detail), None
    counts: dict[str, int] = {}
    for part in done.parts:
        for entity, number in work.counts(part.inspected.findings).items():
            counts[entity] = counts.get(entity, 0) + number
    broken = sum(1 for part in done.parts if part.code) + sum(1 for _ in failures(done.tree))
    gone = left_out(done.tree, [part.result.metrics for part in done.parts if part.result is not None])
    return Masked(name, Outcome.PROTECTED, findings=counts, parts_quarantined=broken, left_out=gone), joined


def _by_suffix(policy: Policy, out: Path) -> Policy:
    """Let `--out clip.mkv` or `--out photo.webp` choose the format."""
    suffix = out.suffix.lower().lstrip(".")
    images = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "webp": "webp", "avif": "avif", "jxl": "jxl"}
    roads: dict[str, object] = {}
    if suffix in ("mp4", "mkv", "webm"):
        roads["video"] = policy.roads.video.model_copy(update={"container": suffix})
    if suffix in images:
        roads["image"] = policy.roads.image.model_copy(update={"format": images[suffix]})
    if suffix in ("flac", "opus"):
        roads["audio"] = policy.roads.audio.model_copy(update={"format": suffix})
    if suffix in ("parquet", "csv"):
        roads["table"] = policy.roads.table.model_copy(update={"format": suffix})
    return policy.model_copy(update={"roads": policy.roads.model_copy(update=roads)}) if roads else policy


def _free(target: Path, taken: set[Path]) -> Path:
    number, free = 1, target
    while free in taken:
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    taken.add(free)
    return free
