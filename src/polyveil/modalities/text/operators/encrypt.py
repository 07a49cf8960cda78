"""encrypt: a token that the identity key opens again (AES-SIV, RFC 5297; deterministic, so equal values stay equal)."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from polyveil.errors import VerificationError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:  # noqa: ARG001 - operator interface
    """No parameters. The token is `{ENTITY:text}`: base64url with '.' for '-', two of which would end a comment."""
    sealed = _cipher(ctx.identity).encrypt(value.encode(), [entity.encode()])
    return f"{{{entity}:{base64.urlsafe_b64encode(sealed).decode().rstrip('=').replace('-', '.')}}}"


def reveal(token: str, identity: Identity) -> str:
    """The value of a token. Raises VerificationError if the key or the token is not the right one."""
    try:
        entity, _, text = token.strip("{}").partition(":")
        text = text.replace(".", "-")  # older tokens hold '-'
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return _cipher(identity).decrypt(sealed, [entity.encode()]).decode()
    except (InvalidTag, ValueError):
        raise VerificationError("the token does not open under this identity key") from None


def _cipher(identity: Identity) -> AESSIV:
    return AESSIV(identity.digest("encrypt", "mac") + identity.digest("encrypt", "ctr"))
