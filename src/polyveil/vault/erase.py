"""Erasure: the keys of what is to be forgotten are destroyed, for good.

epochs/<compartment>/<id>.erase    this epoch goes as soon as the catalog does not name it any more
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from polyveil.errors import UsageError
from polyveil.vault import epochs, files, keys
from polyveil.vault.catalog import Change
from polyveil.vault.ring import COMPARTMENTS
from polyveil.vault.sealer import Sealed
from polyveil.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Erasure:
    """A certificate of erasure, signed by the vault's root key. Names ids, no person."""

    vault: str
    assets: tuple[str, ...]
    objects: int
    epochs_destroyed: tuple[str, ...]
    signature: str = ""

    def message(self) -> bytes:
        """What is signed."""
        lines = ("polyveil erasure", self.vault, *self.assets, str(self.objects), *self.epochs_destroyed)
        return "\n".join(lines).encode()

    def holds(self, root: bytes) -> bool:
        """Did the vault with this public root key sign it?"""
        return keys.signed_by(root, keys.raw(self.signature), self.message())


def erase(vault: Vault, assets: Sequence[str], objects_of: Mapping[str, Sequence[str]]) -> Erasure:
    """Destroy the keys of assets: no grant opens them any more, nor does an older copy of the catalog.

    A piece that another asset holds, too, stays for that one.

    Args:
        vault: opened by an administrator with a grant for every compartment that the assets touch.
        assets: asset ids.
        objects_of: object ids by asset, from their records.

    Raises:
        UnlockError: the caller does not administer the vault or lacks a grant.
        UsageError: an asset is not in the vault.
    """
    vault.signer()
    records = vault.catalog.assets()
    for asset in assets:
        if asset not in records:
            raise UsageError(f"asset {asset}: not in this vault")
    doomed = {bytes.fromhex(one) for asset in assets for one in (*objects_of.get(asset, ()), records[asset])}
    return destroy(vault, doomed, Change(gone_assets=list(assets)))


def destroy(vault: Vault, objects: Iterable[bytes], change: Change, sealed: Sequence[Sealed] = ()) -> Erasure:
    """Destroy the keys of objects, and do what else `change` holds, with what was `sealed` for it.

    An object that several records hold is named as often as it loses one. Raises as `erase` does.
    """
    signer = vault.signer()
    doomed = list(objects)
    for row in vault.catalog.rows_of(doomed).values():
        vault.reader.demand(COMPARTMENTS[row.compartment])  # without it nobody could tell which pieces go
    with vault.alone():
        vault.committer.digest.writing()
        vault.reader.forget()
        gone, refs = vault.committer.releasing(doomed, sealed)
        touched, moved = _rewrite(vault, set(gone))
        for compartment, _ in touched:
            vault.committer.turn_epoch(compartment)
        everything = {**(change.refs or {}), **refs}
        vault.committer.commit_locked(sealed, replace(change, gone_units=gone, refs=everything, epochs=moved))
        finish(vault, touched)
    vault.reader.forget()
    names = tuple(sorted(f"{compartment}/{epoch}" for compartment, epoch in touched))
    unsigned = Erasure(vault.ring.vault, tuple(sorted(change.gone_assets)), len(set(doomed)), names)
    certificate = replace(unsigned, signature=keys.text(signer.sign(unsigned.message())))
    vault.audit("erase", assets=list(certificate.assets), objects=certificate.objects, units=len(gone))
    return certificate


def _rewrite(vault: Vault, gone: set[bytes]) -> tuple[list[tuple[str, str]], dict[bytes, dict[bytes, bytes]]]:
    """Write what stays of every epoch that holds a secret of `gone` under a new one.

    Returns:
        The old epochs as (compartment, epoch); and old epoch -> unit -> new epoch.
    """
    touched, moved = list[tuple[str, str]](), dict[bytes, dict[bytes, bytes]]()
    for compartment in COMPARTMENTS:
        folder = vault.folder / "epochs" / compartment
        for epoch in epochs.all_epochs(folder):
            secrets = epochs.read(folder, epoch)
            if gone.isdisjoint(secrets):
                continue
            stays = [secret for unit, secret in secrets.items() if unit not in gone]
            fresh = bytes.fromhex(epochs.rewrite(folder, stays)) if stays else b""
            moved[bytes.fromhex(epoch)] = dict.fromkeys((secret.unit for secret in stays), fresh)
            files.write(folder / f"{epoch}.erase", b"")
            touched.append((compartment, epoch))
    return touched, moved


def finish(vault: Vault, touched: Iterable[tuple[str, str]]) -> None:
    """Destroy epochs that the catalog does not name any more."""
    for compartment, epoch in touched:
        folder = vault.folder / "epochs" / compartment
        epochs.destroy(folder, epoch)
        files.remove(folder / f"{epoch}.erase")


def resume(vault: Vault) -> None:
    """Finish, or take back, an erasure that was killed."""
    with vault.alone():
        for mark in sorted((vault.folder / "epochs").glob("*/*.erase")):
            if vault.catalog.names_epoch(bytes.fromhex(mark.stem)):
                files.remove(mark)  # killed before the catalog let go: nothing was erased, and nothing is lost
            else:
                finish(vault, [(mark.parent.name, mark.stem)])
    vault.reader.forget()
