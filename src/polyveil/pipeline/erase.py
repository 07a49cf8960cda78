"""Erase: which assets are a person's, and which objects are an asset's, then the vault destroys their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from polyveil.errors import UsageError
from polyveil.identity import Identity
from polyveil.pipeline.ledger import Ledger
from polyveil.pipeline.work import subject_id
from polyveil.schema.record import AssetRecord
from polyveil.vault import Vault
from polyveil.vault.erase import Erasure
from polyveil.vault.erase import erase as destroy


def expired(vault: Vault, today: str = "") -> list[str]:
    """Assets that their policy wants erased by now. today: a day as ISO 8601 writes it. Raises UnlockError."""
    day = today or datetime.now(UTC).date().isoformat()
    found = ((asset, AssetRecord.model_validate_json(row).expires) for asset, row in vault.records())
    return sorted(asset for asset, until in found if until and until < day)


def erase(vault: Vault, *, subject: str | None = None, assets: Sequence[str] = ()) -> Erasure:
    """Erase assets, or all assets that name a person (by a name, number or address that was found in them).

    The fingerprints by which later duplicates would be known go, too.

    Raises:
        UsageError: nothing in the vault is linked to that person. UnlockError: not an administrator.
    """
    chosen, identity = set(assets), Identity(vault.identity_key)
    if subject is not None:
        chosen |= vault.catalog.assets_of(subject_id(identity, subject))
        if not chosen:
            raise UsageError("nothing in this vault is linked to that person")
    objects: dict[str, list[str]] = {}
    for asset, row in vault.records():
        if asset in chosen:
            record = AssetRecord.model_validate_json(row)
            objects[asset] = [part.object for part in record.parts if part.object]
            if record.original:
                objects[asset].append(record.original)
    certificate = destroy(vault, sorted(chosen), {asset: tuple(ids) for asset, ids in objects.items()})
    with Ledger(vault.state_folder() / "ledger.sqlite", identity) as ledger:
        for asset in chosen:
            ledger.release(asset)
    return certificate
