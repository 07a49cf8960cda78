"""One identity across modalities: keyed pseudonyms, date shifts and ids."""

from polyveil.identity.identity import Identity, NoIdentity

__all__ = ["Identity", "NoIdentity"]
