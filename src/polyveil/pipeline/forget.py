"""Forget: a snapshot that is not wanted any more; or files that must not exist any more, in whatever snapshot."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from polyveil.errors import UsageError
from polyveil.pipeline.store import listed, snapshots
from polyveil.vault import ORIGINALS, Sealed, Vault
from polyveil.vault.catalog import Change
from polyveil.vault.content import Manifest, Piece
from polyveil.vault.erase import Erasure, destroy


def forget(vault: Vault, snapshot: str) -> int:
    """Drop a snapshot; what no other snapshot holds becomes garbage for `gc`. Returns the number of units let go.

    Raises:
        UsageError: no such snapshot. UnlockError: a grant is missing.
    """
    vault.signer()
    row = dict(snapshots(vault)).get(snapshot)
    record = vault.catalog.record(f"snapshot/{snapshot}")
    if row is None or record is None:
        raise UsageError(f"'{snapshot}': there is no such snapshot. See: polyveil vault snapshots {vault.folder}")
    vault.reader.demand(ORIGINALS)
    doomed = [bytes.fromhex(one) for one in (*row["objects"], record)]
    gone = vault.committer.release(doomed, Change(gone_records=[f"snapshot/{snapshot}"]))
    vault.audit("forget", snapshot=snapshot, units=len(gone))
    return len(gone)


def erase_stored(vault: Vault, paths: Sequence[str]) -> Erasure:
    """Destroy the keys of stored files, by path or folder, in every snapshot.

    Raises:
        UsageError: no snapshot holds such a path. UnlockError: not an administrator, or a grant is missing.
    """
    vault.signer()
    vault.reader.demand(ORIGINALS)
    wanted = tuple(path.rstrip("/") for path in paths)
    found = list(snapshots(vault))
    sealer = vault.sealer()
    try:
        smaller: dict[str, Sealed] = {}
        for object_id in {one for _, row in found for one in row["objects"]}:
            rest = _without(vault.reader.manifest(bytes.fromhex(object_id))[1], wanted)
            if rest is not None:
                smaller[object_id] = sealer.assemble(ORIGINALS, rest, ())
        if not smaller:
            raise UsageError("no snapshot holds anything at these paths")
        records: dict[str, Sealed] = {}
        holders: Counter[str] = Counter()
        for name, row in found:
            changed = [one for one in row["objects"] if one in smaller]
            if changed:
                holders.update(changed)
                objects = [smaller[one].object_id if one in smaller else one for one in row["objects"]]
                records[f"snapshot/{name}"] = vault.seal_record(
                    sealer, f"snapshot/{name}", json.dumps({**row, "objects": objects}).encode()
                )
        sealer.flush()
    finally:
        sealer.close()
    before = [bytes.fromhex(vault.catalog.record(name) or "") for name in records]
    doomed = [bytes.fromhex(one) for one, number in holders.items() for _ in range(number)]
    more = {bytes.fromhex(smaller[one].object_id): number - 1 for one, number in holders.items() if number > 1}
    change = Change(records={name: bytes.fromhex(one.object_id) for name, one in records.items()}, refs=more)
    return destroy(vault, [*doomed, *before], change, sealed=[*smaller.values(), *records.values()])


def _without(manifest: Manifest, wanted: Sequence[str]) -> Manifest | None:
    """The same object without some files; None if it holds none of them."""
    rows: list[list[object]] = []
    counts: list[int] = []
    pieces: list[Piece] = []
    for entry, own in listed(manifest):
        if any(entry.path == path or entry.path.startswith(f"{path}/") for path in wanted):
            continue
        rows.append(entry.row())
        counts.append(len(own))
        pieces.extend(own)
    if len(rows) == len(manifest.attributes["entries"]):
        return None
    attributes = {"entries": rows, "pieces": counts}
    return Manifest(manifest.media_type, attributes, sum(piece.length for piece in pieces), tuple(pieces))
