"""The operating system's keyring (Secret Service, Keychain, Credential Locker), by the `keyring` library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polyveil.errors import IntegrityError, MissingExtraError, UnlockError
from polyveil.vault import keys
from polyveil.vault.keys import Unlock

_SERVICE = "polyveil"


def protect(secret: bytes, context: str, offer: Unlock) -> dict[str, str]:  # noqa: ARG001 - a provider's interface
    """Put the secret into the keyring under the service 'polyveil'. Raises UnlockError when there is no keyring."""
    name = keys.derive(secret, b"polyveil keyring entry", length=16).hex()
    _call("set_password", _SERVICE, name, keys.text(secret))
    return {"entry": name}


def reveal(description: Mapping[str, str], context: str, offer: Unlock) -> bytes:  # noqa: ARG001
    """Get it from the keyring. Raises UnlockError when it is not there or the keyring is locked."""
    found = _call("get_password", _SERVICE, description.get("entry", ""))
    if found is None:
        raise UnlockError("the keyring of this user and machine does not hold the key")
    try:
        return keys.raw(found)
    except IntegrityError:
        raise UnlockError("the keyring's entry is not what was put there") from None


def _call(what: str, *arguments: str) -> Any:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise MissingExtraError("the operating system's keyring", "keyring") from error
    try:
        return getattr(keyring, what)(*arguments)
    except (KeyringError, RuntimeError) as error:
        raise UnlockError(f"the keyring cannot be used ({type(error).__name__})") from None
