"""One identity across modalities: keyed pseudonyms, date shifts and ids."""

from polyveil.identity.identity import Identity

__all__ = ["Identity"]
