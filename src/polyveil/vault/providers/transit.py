"""The transit engine of HashiCorp Vault or OpenBao. Address: transit:KEY, or transit:MOUNT/KEY.

Server and token come from the environment variables VAULT_ADDR and VAULT_TOKEN (or BAO_ADDR and BAO_TOKEN).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from polyveil.errors import MissingExtraError, UnlockError, UsageError
from polyveil.vault import keys
from polyveil.vault.keys import Unlock


def protect(secret: bytes, context: str, offer: Unlock) -> dict[str, str]:
    """Encrypt the secret; vault and principal are bound as associated data. Raises UnlockError if it refuses."""
    mount, _, key = offer.provider.partition(":")[2].rpartition("/")
    if not key:
        raise UsageError("name the key: transit:KEY or transit:MOUNT/KEY")
    row = {"mount": mount or "transit", "key": key}
    answer = _call("encrypt_data", row, plaintext=keys.text(secret), associated_data=keys.text(context.encode()))
    return {**row, "wrapped": str(answer["data"]["ciphertext"])}


def reveal(description: Mapping[str, str], context: str, offer: Unlock) -> bytes:  # noqa: ARG001 - a provider's interface
    """Decrypt it. Raises UnlockError if the server refuses: no permission, key deleted, version withdrawn."""
    answer = _call(
        "decrypt_data",
        description,
        ciphertext=description.get("wrapped", ""),
        associated_data=keys.text(context.encode()),
    )
    return keys.raw(answer["data"]["plaintext"])


def _call(what: str, row: Mapping[str, str], **arguments: Any) -> Any:
    try:
        import hvac
        from hvac.exceptions import VaultError as Refused
        from requests.exceptions import RequestException
    except ImportError as error:
        raise MissingExtraError("the transit engine", "transit") from error
    address = os.environ.get("VAULT_ADDR") or os.environ.get("BAO_ADDR")
    if not address:
        raise UsageError("set VAULT_ADDR (or BAO_ADDR) to the server's address, and VAULT_TOKEN to a token")
    client = hvac.Client(url=address, token=os.environ.get("VAULT_TOKEN") or os.environ.get("BAO_TOKEN"))
    try:
        transit = client.secrets.transit
        return getattr(transit, what)(name=row.get("key"), mount_point=row.get("mount"), **arguments)
    except Refused as error:
        raise UnlockError(f"the transit engine refuses ({type(error).__name__})") from None
    except RequestException as error:
        raise UnlockError(f"the transit engine cannot be reached ({type(error).__name__})") from None
