"""Grants: who is let into which compartment, alone or only together with others."""

from __future__ import annotations

from collections.abc import Sequence

from polyveil.errors import UnlockError, UsageError
from polyveil.vault.keys import Public, Unlock
from polyveil.vault.ring import IDENTITY
from polyveil.vault.rotate import rotate
from polyveil.vault.vault import Vault, check_compartments


def grant(
    vault: Vault,
    name: str,
    compartments: Sequence[str],
    unlock: Unlock | None = None,
    *,
    administers: bool = False,
    public: Public | None = None,
) -> None:
    """Let a principal into compartments; `unlock` or `public` makes the principal if there is none of that name.

    Args:
        vault: opened by an administrator.
        name: the principal.
        unlock: what will open it, if it is made now.
        compartments: their names, or 'identity' for the key of the pseudonyms, which running the road takes.
        public: keys of a new principal who keeps the private ones elsewhere.
        administers: a new principal may grant, revoke, rotate and erase.

    Raises:
        UnlockError: the caller does not administer the vault, or has no grant to pass on.
        UsageError: unknown compartment, or unknown principal and no `unlock`.
    """
    signer = vault.signer()
    chosen = check_compartments(compartments, identity=True)
    secrets = {what: _held(vault, what) for what in chosen}
    if name not in vault.ring.principals.names():
        if public is not None:
            vault.ring.principals.add_public(name, public, signer)
        elif unlock is None:
            raise UsageError(f"'{name}': there is no such principal. Give a passphrase or a key to make one.")
        else:
            vault.ring.principals.add(name, unlock, signer, administers=administers)
    for what, secret in secrets.items():
        vault.ring.grant(name, what, vault.ring.generation(what), secret, signer)
    vault.audit("grant", to=name, compartments=chosen)


def group(vault: Vault, name: str, members: Sequence[str], threshold: int, compartments: Sequence[str]) -> None:
    """Make a principal that opens only when `threshold` of its members come together, and let it in.

    Raises:
        UnlockError, UsageError: as `grant`; unknown members or impossible numbers.
    """
    signer = vault.signer()
    chosen = check_compartments(compartments, identity=True)
    secrets = {what: _held(vault, what) for what in chosen}
    vault.ring.principals.add_group(name, members, threshold, signer)
    for what, secret in secrets.items():
        vault.ring.grant(name, what, vault.ring.generation(what), secret, signer)
    vault.audit("group", to=name, members=sorted(members), threshold=threshold, compartments=chosen)


def revoke(vault: Vault, name: str, compartments: Sequence[str]) -> None:
    """Take grants back: the compartments get fresh keys, wrapped to everyone but `name`.

    The identity key cannot be exchanged, since the pseudonyms hang on it: its grant is only removed.

    Raises:
        UnlockError: the caller does not administer the vault, or has no grant.
        UsageError: unknown compartment, or nobody would have a grant any more.
    """
    vault.signer()
    chosen = check_compartments(compartments, identity=True)
    for what in chosen:
        others = [one for one in vault.ring.granted(what) if one != name]
        if not others:
            raise UsageError(f"'{name}' alone has a grant for '{what}': nobody could open it any more")
    for what in chosen:
        if what == IDENTITY:
            vault.ring.drop_grants(IDENTITY, 1, only=name)
        else:
            rotate(vault, what, without=name)
    vault.audit("revoke", principal_revoked=name, compartments=chosen)


def _held(vault: Vault, what: str) -> bytes:
    secret = vault.ring.open_grant(vault.principal, what, vault.ring.generation(what))
    if secret is None:
        raise UnlockError(f"principal '{vault.principal.name}' has no grant for '{what}' to pass on")
    return secret
