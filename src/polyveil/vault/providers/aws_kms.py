"""AWS KMS: the secret is encrypted by a key that never leaves the service. Address: aws-kms:KEY-ID-OR-ALIAS.

Credentials, region and endpoint come from the AWS environment variables alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polyveil.errors import MissingExtraError, UnlockError, UsageError
from polyveil.vault import keys
from polyveil.vault.keys import Unlock


def protect(secret: bytes, context: str, offer: Unlock) -> dict[str, str]:
    """Encrypt the secret; the encryption context binds vault and principal. Raises UnlockError if KMS refuses."""
    key = offer.provider.partition(":")[2]
    if not key:
        raise UsageError("name the key: aws-kms:KEY-ID, aws-kms:alias/NAME or its ARN")
    answer = _call("encrypt", KeyId=key, Plaintext=secret, EncryptionContext={"polyveil": context})
    return {"key": str(answer["KeyId"]), "wrapped": keys.text(answer["CiphertextBlob"])}


def reveal(description: Mapping[str, str], context: str, offer: Unlock) -> bytes:  # noqa: ARG001 - a provider's interface
    """Decrypt it. Raises UnlockError if KMS refuses: no permission, key disabled or deleted."""
    answer = _call(
        "decrypt",
        KeyId=description.get("key", ""),
        CiphertextBlob=keys.raw(description.get("wrapped")),
        EncryptionContext={"polyveil": context},
    )
    return bytes(answer["Plaintext"])


def _call(what: str, **arguments: Any) -> Any:
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as error:
        raise MissingExtraError("AWS KMS", "aws") from error
    try:
        return getattr(boto3.client("kms"), what)(**arguments)
    except ClientError as error:
        raise UnlockError(f"AWS KMS refuses ({error.response['Error']['Code']})") from None
    except BotoCoreError as error:
        raise UnlockError(f"AWS KMS cannot be reached ({type(error).__name__})") from None
