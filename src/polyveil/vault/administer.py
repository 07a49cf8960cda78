"""What an administrator does with a vault: grants, revocation, rotation, erasure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polyveil.errors import UnlockError, UsageError
from polyveil.vault import epochs, keys
from polyveil.vault.catalog import Session
from polyveil.vault.keys import KeyPair, Unlock
from polyveil.vault.sealer import session_info
from polyveil.vault.vault import Vault, check_compartments


def grant(vault: Vault, name: str, compartments: Sequence[str], unlock: Unlock | None = None) -> None:
    """Let a principal into compartments; `unlock` makes the principal if there is none of that name.

    Raises:
        UnlockError: the caller does not administer the vault, or has no grant to pass on.
        UsageError: unknown compartment, or unknown principal and no `unlock`.
    """
    signer = vault.signer()
    chosen = check_compartments(compartments)
    if name not in vault.ring.principals():
        if unlock is None:
            raise UsageError(f"'{name}': there is no such principal. Give a passphrase or key file to make one.")
        vault.ring.add_principal(name, unlock, signer)
    for compartment in chosen:
        generation = vault.ring.generations[compartment]
        vault.ring.grant(name, compartment, generation, _pair(vault, compartment, generation))
    vault.audit("grant", to=name, compartments=chosen)


def revoke(vault: Vault, name: str, compartments: Sequence[str]) -> None:
    """Take grants back: the compartments get fresh keys, wrapped to everyone but `name`. Raises as `grant` does."""
    chosen = check_compartments(compartments)
    for compartment in chosen:
        rotate(vault, compartment, without=name)
    vault.audit("revoke", principal_revoked=name, compartments=chosen)


def rotate(vault: Vault, compartment: str, *, without: str = "") -> int:
    """Give a compartment a fresh key pair and re-wrap its sessions: work in the number of keys, not of data.

    An interrupted rotation leaves both generations' grants; the next one finishes the re-wrapping. Returns the
    number of sessions re-wrapped.

    Raises:
        UnlockError: the caller does not administer the vault or has no grant for the compartment.
        UsageError: it would leave nobody with a grant.
    """
    signer, ring = vault.signer(), vault.ring
    old = ring.generations[compartment]
    _pair(vault, compartment, old)
    holders = [name for name in ring.granted(compartment) if name != without]
    if vault.principal.name not in holders:
        raise UsageError("an administrator cannot revoke an own grant: nobody could pass it on any more")
    pair = KeyPair.generate()
    for name in holders:
        ring.grant(name, compartment, old + 1, pair)
    ring.generations[compartment] = old + 1
    ring.public[compartment] = pair.public
    ring.save(signer)
    sessions = vault.catalog.sessions(compartment)
    fresh = []
    for session in sessions:
        secret = _opened(vault, session)
        info = session_info(ring.vault, compartment, session.id)
        fresh.append(Session(session.id, compartment, old + 1, keys.seal_to(pair.public, secret, info)))
    vault.catalog.rewrap(fresh)
    for generation in range(1, old + 1):
        ring.drop_grants(compartment, generation)
    vault.audit("rotate", compartment=compartment, generation=old + 1)
    return len(fresh)


def _opened(vault: Vault, session: Session) -> bytes:
    pair = _pair(vault, session.compartment, session.generation)
    return pair.open(session.wrapped, session_info(vault.ring.vault, session.compartment, session.id))


def _pair(vault: Vault, compartment: str, generation: int) -> KeyPair:
    pair = vault.ring.open_grant(vault.principal, compartment, generation)
    if pair is None:
        raise UnlockError(f"principal '{vault.principal.name}' has no grant for compartment '{compartment}'")
    return pair


@dataclass(frozen=True, slots=True)
class Erasure:
    """A certificate of erasure, signed by the vault's root key. Names ids, no person."""

    vault: str
    assets: tuple[str, ...]
    objects: int
    epochs_destroyed: tuple[str, ...]
    signature: str

    def message(self) -> bytes:
        """What is signed."""
        return "\n".join(
            ("polyveil erasure", self.vault, *self.assets, str(self.objects), *self.epochs_destroyed)
        ).encode()


def erase(vault: Vault, assets: Sequence[str], objects_of: dict[str, Sequence[str]]) -> Erasure:
    """Destroy the keys of assets: no grant opens them any more, nor does an older copy of the catalog.

    Args:
        vault: opened by an administrator.
        assets: asset ids.
        objects_of: object ids by asset, from their records.

    Raises:
        UnlockError: the caller does not administer the vault. UsageError: an asset is not in the vault.
    """
    signer = vault.signer()
    records = vault.catalog.assets()
    for asset in assets:
        if asset not in records:
            raise UsageError(f"asset {asset}: not in this vault")
    doomed = {object_id for asset in assets for object_id in (*objects_of.get(asset, ()), records[asset])}
    touched = sorted({row.epoch for object_id in doomed if (row := vault.catalog.row(object_id)) is not None})
    folder = vault.folder / "epochs"
    moved = {epoch: epochs.rewrite(folder, epoch, doomed) for epoch in touched}
    vault.catalog.forget(doomed, set(assets), moved)
    for epoch in touched:
        epochs.destroy(folder, epoch)
    vault.forget_epochs(touched)
    unsigned = Erasure(vault.ring.vault, tuple(sorted(assets)), len(doomed), tuple(touched), "")
    certificate = Erasure(
        unsigned.vault,
        unsigned.assets,
        unsigned.objects,
        unsigned.epochs_destroyed,
        keys.text(signer.sign(unsigned.message())),
    )
    vault.audit("erase", assets=list(certificate.assets), objects=certificate.objects)
    return certificate
