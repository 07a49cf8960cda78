"""The encrypted store: compartments with keys of their own. Its parts are imported when they are first named."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polyveil.vault.keys import Unlock
    from polyveil.vault.ring import COMPARTMENTS, IDENTITY, LINKAGE, ORIGINALS
    from polyveil.vault.sealer import Sealed, Sealer
    from polyveil.vault.vault import ObjectInfo, Vault
    from polyveil.vault.verify import Damage

_HOMES = {
    "Unlock": "keys",
    "COMPARTMENTS": "ring",
    "IDENTITY": "ring",
    "LINKAGE": "ring",
    "ORIGINALS": "ring",
    "Sealed": "sealer",
    "Sealer": "sealer",
    "ObjectInfo": "vault",
    "Vault": "vault",
    "Damage": "verify",
}

__all__ = [
    "COMPARTMENTS",
    "IDENTITY",
    "LINKAGE",
    "ORIGINALS",
    "Damage",
    "ObjectInfo",
    "Sealed",
    "Sealer",
    "Unlock",
    "Vault",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'polyveil.vault' has no attribute '{name}'")
    return getattr(import_module(f"polyveil.vault.{_HOMES[name]}"), name)
