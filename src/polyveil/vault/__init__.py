"""The encrypted store: compartments with keys of their own."""

from polyveil.vault.keys import Unlock
from polyveil.vault.ring import COMPARTMENTS, LINKAGE, ORIGINALS
from polyveil.vault.sealer import Sealed, Sealer
from polyveil.vault.vault import Damage, ObjectInfo, Vault

__all__ = ["COMPARTMENTS", "LINKAGE", "ORIGINALS", "Damage", "ObjectInfo", "Sealed", "Sealer", "Unlock", "Vault"]
