"""Key providers: what keeps the 32-byte secret that opens a principal's bundle. Found by entry point.

Group `polyveil.keyproviders`; each names a module with the two functions of `KeyProvider`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, cast

from polyveil import plugins
from polyveil.errors import IntegrityError, UsageError
from polyveil.vault.keys import Unlock

Description = dict[str, str]
"""What a principal's file says of its secret; never the secret. 'provider' is the provider's name."""


class KeyProvider(Protocol):
    """A module that keeps secrets."""

    def protect(self, secret: bytes, context: str, offer: Unlock) -> Description:
        """Put a fresh 32-byte secret away. `context` names vault and principal and is bound to it where that can be.

        Raises:
            UsageError: the offer lacks something. UnlockError: the service refuses.
        """

    def reveal(self, description: Mapping[str, str], context: str, offer: Unlock) -> bytes:
        """The secret again.

        Raises:
            UnlockError: wrong passphrase or key, or the service refuses.
        """


def provider(name: str) -> KeyProvider:
    """Raises UsageError if there is none of that name."""
    try:
        return cast("KeyProvider", plugins.load("keyproviders", name))
    except KeyError:
        known = ", ".join(sorted(plugins.available("keyproviders")))
        raise UsageError(f"'{name}': no such key provider. There are: {known}.") from None


def protect(secret: bytes, context: str, offer: Unlock) -> Description:
    """Put a secret away with the provider that the offer names. Raises as `KeyProvider.protect` does."""
    return {**provider(offer.kind).protect(secret, context, offer), "provider": offer.kind}


def reveal(description: Mapping[str, str], context: str, offer: Unlock) -> bytes:
    """Get a secret back. Raises as `KeyProvider.reveal` does; IntegrityError when it is no secret."""
    secret = provider(description.get("provider", "")).reveal(description, context, offer)
    if len(secret) != 32:
        raise IntegrityError("a key provider gave something else than it was given")
    return secret
