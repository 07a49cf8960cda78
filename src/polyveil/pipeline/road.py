"""The road of one asset: read and inspect it, then transform it. Knows no vault and no cluster."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from blake3 import blake3

from polyveil.collect.interface import Collected
from polyveil.errors import AssetError, MissingExtraError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context, room_for
from polyveil.pipeline.job import Inspected, PartInspected
from polyveil.pipeline.names import safe_name
from polyveil.pipeline.tree import Branch, Tree, failures, leaves, split
from polyveil.schema.inspection import Transformed
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode, SkipCode
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import Policy

ALL_MODALITIES = frozenset(Modality)
GOLD = "a list of gold findings"
_T = TypeVar("_T")


def policy_digest(policy: Policy) -> str:
    """BLAKE3 of the policy's canonical JSON, 32 hexadecimal characters."""
    canonical = json.dumps(policy.model_dump(mode="json"), sort_keys=True)
    return blake3(canonical.encode()).hexdigest()[:32]


def asset_id(identity: Identity, relative: str, digest: str, policy: Policy, modalities: Collection[Modality]) -> str:
    """The id of an asset: of its place below the source, the BLAKE3 of its bytes, the policy and the scope."""
    scope = ",".join(sorted(modality.value for modality in modalities))
    return identity.keyed_id("asset", "\0".join((relative, digest, policy_digest(policy), scope)), 32)


def read(item: Collected, ctx: Context) -> bytes | Path:
    """The asset's bytes, or its file when it is larger than memory should hold. Raises AssetError when unreadable."""
    try:
        return item.load(ctx.limits.max_memory_bytes, ctx.workdir)
    except OSError as error:
        raise AssetError(QuarantineCode.UNREADABLE, error.strerror or type(error).__name__) from None


def _digest(data: bytes | Path) -> str:
    if isinstance(data, bytes):
        return str(blake3(data).hexdigest())
    hasher = blake3()
    hasher.update_mmap(data)
    return str(hasher.hexdigest())


def _refuse_gold(data: bytes | Path) -> None:
    """A file of gold findings (`labels.jsonl`) lists personal values beside the data and is not data itself."""
    if not isinstance(data, bytes) or not data.startswith(b"{"):
        return
    try:
        row = json.loads(data[: data.find(b"\n") + 1] or data)
    except (ValueError, RecursionError):
        return
    if isinstance(row, dict) and {"asset", "part", "modality", "entity", "location"} <= row.keys():
        raise AssetError(QuarantineCode.UNSUPPORTED, GOLD)


def _hints(item: Collected) -> Hints:
    return Hints(transcript=item.transcript())


def inspect_asset(item: Collected, ctx: Context, modalities: Collection[Modality] = ALL_MODALITIES) -> Inspected:
    """Read, split and inspect one asset. Never raises for bad input: the result carries the code."""
    name = safe_name(item.relative, ctx)
    digest = kind = ""
    try:
        data = read(item, ctx)
        digest = _digest(data)
        _refuse_gold(data)
        tree = split(data, item.relative, _hints(item), ctx)
        kind = tree.container if isinstance(tree, Branch) else next(leaves(tree)).media_type
        parts = tuple(_inspect_part(part, ctx, modalities) for part in leaves(tree))
        code, detail = _verdict(tree, parts)
    except AssetError as error:
        parts, code, detail = (), error.code.value, error.detail
        if detail == GOLD:
            code = SkipCode.NOT_IN_SCOPE.value
    asset = asset_id(ctx.identity, item.relative, digest, ctx.policy, modalities)
    return Inspected(asset, digest, name, kind, item.size, parts, code, detail)


def _inspect_part(part: Part, ctx: Context, modalities: Collection[Modality]) -> PartInspected:
    base = PartInspected(part.path, part.modality, part.media_type, part.size)
    if part.modality not in modalities:
        return replace(base, code=SkipCode.NOT_IN_SCOPE.value)
    started = time.perf_counter()
    result = _guarded(
        lambda: room_for(part.media_type, part.modality).inspect(part, ctx), QuarantineCode.INSPECT_FAILED
    )
    seconds = time.perf_counter() - started
    if isinstance(result, AssetError):
        return replace(base, code=result.code.value, detail=result.detail, seconds=seconds)
    return replace(
        base, findings=result.findings, fingerprint=result.fingerprint, metrics=result.metrics, seconds=seconds
    )


def _guarded(work: Callable[[], _T], code: QuarantineCode) -> _T | AssetError:
    """Run a room; whatever it raises becomes a value. The detail names the exception's type, never its text."""
    try:
        return work()
    except AssetError as error:
        return error
    except MissingExtraError as error:
        return AssetError(QuarantineCode.MISSING_EXTRA, str(error))
    except ImportError as error:
        return AssetError(QuarantineCode.MISSING_EXTRA, f"module {error.name}")
    except MemoryError:
        return AssetError(QuarantineCode.TOO_LARGE, "out of memory")
    except Exception as error:  # noqa: BLE001 - a defect in a room or a library costs one part, not the run
        return AssetError(code, type(error).__name__)


def _verdict(tree: Tree, parts: Iterable[PartInspected]) -> tuple[str, str]:
    """The asset's own code: set when a required part failed, when no part is left, or none is in scope."""
    needed = required_paths(tree)
    failed: list[tuple[str, str]] = [(item.code.value, item.detail) for item in failures(tree)]
    usable = skipped = False
    for part in parts:
        if not part.code:
            usable = True
        elif part.code == SkipCode.NOT_IN_SCOPE.value:
            skipped = True
        else:
            failed.append((part.code, part.detail))
            if part.path in needed:
                return part.code, part.detail
    if usable:
        return "", ""
    if failed:
        return failed[0]
    return (SkipCode.NOT_IN_SCOPE.value, "") if skipped else (QuarantineCode.EMPTY.value, "no parts")


def required_paths(tree: Tree, path: str = "") -> set[str]:
    """Paths of the members without which their container cannot be joined."""
    if not isinstance(tree, Branch):
        return set()
    found = set()
    for key, member in tree.members.items():
        below = f"{path}/{key}" if path else key
        if key in tree.required:
            found.add(below)
        found |= required_paths(member, below)
    return found


@dataclass(frozen=True, slots=True)
class PartDone:
    """A part after transform: the new part, or why there is none."""

    inspected: PartInspected
    result: Transformed | None
    code: str = ""
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """An asset after transform. `parts` are in the order of the tree's leaves; `data` is the input as it was read."""

    tree: Tree
    parts: tuple[PartDone, ...]
    data: bytes | Path = field(repr=False)
    code: str = ""
    detail: str = ""


def transform_asset(item: Collected, inspected: Inspected, ctx: Context) -> Done:
    """Read the asset again, check that it is the one that was inspected, and transform every part.

    Raises:
        AssetError: the asset cannot be read or split any more, or changed since it was inspected.
    """
    data = read(item, ctx)
    if _digest(data) != inspected.digest:
        raise AssetError(QuarantineCode.UNREADABLE, "changed while it was being processed")
    tree = split(data, item.relative, _hints(item), ctx)
    known: Mapping[str, PartInspected] = {part.path: part for part in inspected.parts}
    parts = []
    for part in leaves(tree):
        if part.path not in known:
            raise AssetError(QuarantineCode.CORRUPT, "splits differently each time")
        parts.append(_transform_part(part, known[part.path], ctx))
    needed = required_paths(tree)
    broken = next((part for part in parts if part.code and part.inspected.path in needed), None)
    if broken is None and not any(part.result for part in parts):
        broken = next((part for part in parts if part.code), None)
    code, detail = (broken.code, broken.detail) if broken else ("", "")
    return Done(tree, tuple(parts), data, code, detail)


def _transform_part(part: Part, inspected: PartInspected, ctx: Context) -> PartDone:
    if inspected.code:
        return PartDone(inspected, None, inspected.code, inspected.detail)
    started = time.perf_counter()
    result = _guarded(
        lambda: room_for(part.media_type, part.modality).transform(part, inspected.findings, ctx),
        QuarantineCode.TRANSFORM_FAILED,
    )
    seconds = time.perf_counter() - started
    if isinstance(result, AssetError):
        return PartDone(inspected, None, result.code.value, result.detail, seconds)
    return PartDone(inspected, result, seconds=seconds)
