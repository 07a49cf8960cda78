"""Which assets are duplicates: decided by the coordinator in plan order, so that timing changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from blake3 import blake3

from polyveil.modalities.interface import room_for
from polyveil.pipeline.job import Inspected, PartInspected
from polyveil.pipeline.ledger import Ledger
from polyveil.schema.inspection import Fingerprint


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What an asset duplicates. `exact`: the asset with the same content. `near`: asset by part path."""

    exact: str = ""
    near: tuple[tuple[str, str], ...] = ()

    def nearly_whole(self, inspected: Inspected) -> str:
        """The one asset of which every fingerprinted part of this asset is a near-duplicate, or ''."""
        marked = [part.path for part in inspected.parts if part.fingerprint and part.fingerprint.bands]
        found = dict(self.near)
        owners = {found.get(path, "") for path in marked}
        return owners.pop() if len(owners) == 1 else ""


def exact_mark(inspected: Inspected, scope: str) -> bytes:
    """One mark for the decoded content of all parts; `scope` separates policies and selections of modalities."""
    rows = sorted(
        f"{part.modality.value}:{part.fingerprint.exact.hex()}" if part.fingerprint else f"file:{inspected.digest}"
        for part in inspected.parts
    )
    return blake3("\n".join((scope, *rows)).encode()).digest()


def look_up(inspected: Inspected, ledger: Ledger, scope: str) -> Duplicate:
    """Compare an asset with all that were claimed before it."""
    owner = ledger.exact(exact_mark(inspected, scope))
    if owner and owner != inspected.asset:
        return Duplicate(exact=owner)
    near = []
    for part in inspected.parts:
        match = _nearest(part, inspected.asset, ledger)
        if match:
            near.append((part.path, match))
    return Duplicate(near=tuple(near))


def claim(inspected: Inspected, ledger: Ledger, scope: str) -> None:
    """Enter an asset into the index."""
    marks = [(part.modality, part.fingerprint) for part in inspected.parts if part.fingerprint and not part.code]
    ledger.claim(inspected.asset, exact_mark(inspected, scope), marks)


def _nearest(part: PartInspected, asset: str, ledger: Ledger) -> str:
    mark = part.fingerprint
    if mark is None or not mark.bands or part.code:
        return ""
    room = room_for(part.media_type, part.modality)
    candidates = ledger.sharing(part.modality, mark.bands)
    owners: list[tuple[str, list[Fingerprint]]] = sorted(candidates.items())
    for owner, others in owners:
        if owner != asset and any(room.similar(mark, other) for other in others):
            return owner
    return ""
