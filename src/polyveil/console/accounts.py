"""Accounts of a console and their tokens: who may come in, and for what.

Passwords are kept as Argon2id (RFC 9106) in PHC form, tokens as SHA-256: 32 random bytes need no slow hash.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from polyveil.errors import IntegrityError, UsageError

SCOPES = ("read", "content", "submit", "review", "analyse", "audit")
"""What a session or token may do.

read: figures, names and codes. content: see and download de-identified data. submit: send files down the road.
review: see sealed originals and correct findings. analyse: spend privacy budget. audit: the audit log.
"""

MIN_PASSWORD = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}\Z")
_PASSES, _LANES, _MEMORY_KIB = 3, 4, 64 * 1024  # RFC 9106 section 4, second recommended option


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come in with a password."""

    name: str
    password: str = field(repr=False)  # PHC string
    scopes: tuple[str, ...] = SCOPES


@dataclass(frozen=True, slots=True)
class Token:
    """A key for scripts. `expires`: seconds since 1970, 0 for never."""

    id: str
    account: str
    name: str
    scopes: tuple[str, ...]
    digest: str = field(repr=False)
    expires: int = 0


class Accounts:
    """The accounts file of one vault: `state/console/accounts.json`, mode 0600."""

    def __init__(self, state: Path) -> None:
        self._path = state / "console" / "accounts.json"

    # -- reading --------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """Names of the accounts, sorted."""
        return sorted(self._read()["accounts"])

    def account(self, name: str) -> Account | None:
        row = self._read()["accounts"].get(name)
        return Account(name, row["password"], tuple(row["scopes"])) if row else None

    def check(self, name: str, password: str) -> Account | None:
        """The account if the password is its own. Takes as long for a name that does not exist."""
        found = self.account(name)
        phc = found.password if found else _nobody()
        try:
            Argon2id.verify_phc_encoded(password.encode(), phc)
        except InvalidKey:
            return None
        return found

    def tokens(self, account: str | None = None) -> list[Token]:
        """Tokens of an account, or all."""
        rows = [Token(**{**row, "scopes": tuple(row["scopes"])}) for row in self._read()["tokens"]]
        return [one for one in rows if account in (None, one.account)]

    def by_token(self, secret: str) -> Token | None:
        """The token with this secret, with no more scopes than its account has now; None if none, or expired."""
        digest = _digest(secret)
        for one in self.tokens():
            if secrets.compare_digest(one.digest, digest) and (not one.expires or one.expires > time.time()):
                owner = self.account(one.account)
                if owner is None:
                    return None
                kept = tuple(scope for scope in one.scopes if scope in owner.scopes)
                return Token(one.id, one.account, one.name, kept, "", one.expires)
        return None

    # -- writing --------------------------------------------------------------------------------------------------

    def add(self, name: str, password: str, scopes: tuple[str, ...] = SCOPES) -> None:
        """Make an account, or give one a new password and scopes; its tokens stay.

        Raises:
            UsageError: a bad name, a short password, or an unknown scope.
        """
        if not _NAME.match(name):
            raise UsageError("an account's name has 1 to 32 characters of a-z, 0-9, '.', '_' and '-'")
        if len(password) < MIN_PASSWORD:
            raise UsageError(f"a password has {MIN_PASSWORD} characters or more")
        check_scopes(scopes)
        with self._changing() as data:
            data["accounts"][name] = {"password": hashed(password), "scopes": list(scopes)}

    def remove(self, name: str) -> None:
        """Drop an account and its tokens. Raises UsageError if there is none."""
        with self._changing() as data:
            if data["accounts"].pop(name, None) is None:
                raise UsageError(f"'{name}': no such account")
            data["tokens"] = [row for row in data["tokens"] if row["account"] != name]

    def issue(self, account: str, name: str, scopes: tuple[str, ...], days: int) -> tuple[Token, str]:
        """A new token and its secret, which is shown this once. `days` 0: it does not expire.

        Raises:
            UsageError: no such account, or scopes beyond its own.
        """
        check_scopes(scopes)
        owner = self.account(account)
        if owner is None:
            raise UsageError(f"'{account}': no such account")
        beyond = set(scopes) - set(owner.scopes)
        if beyond:
            raise UsageError(f"'{account}' has no scope {', '.join(sorted(beyond))}")
        secret = "pv_" + secrets.token_urlsafe(32)
        expires = int(time.time()) + days * 86_400 if days else 0
        token = Token(secrets.token_hex(6), account, name[:64], scopes, _digest(secret), expires)
        with self._changing() as data:
            data["tokens"].append({**asdict(token), "scopes": list(scopes)})
        return token, secret

    def withdraw(self, token_id: str, account: str | None = None) -> bool:
        """Drop a token; False if there is none (of that account)."""
        with self._changing() as data:
            kept = [row for row in data["tokens"] if row["id"] != token_id or account not in (None, row["account"])]
            gone = len(kept) < len(data["tokens"])
            data["tokens"] = kept
        return gone

    def _read(self) -> dict[str, Any]:
        try:
            data = json.loads(self._path.read_text())
        except FileNotFoundError:
            return {"accounts": {}, "tokens": []}
        except ValueError:
            data = None
        if not isinstance(data, dict) or set(data) != {"accounts", "tokens"}:
            raise IntegrityError(f"{self._path}: is damaged. Remove it and add the accounts again.")
        return data

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._path.parent / "accounts.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            data = self._read()
            yield data
            fresh = self._path.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                json.dump(data, out)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(self._path)


def check_scopes(scopes: tuple[str, ...]) -> None:
    """Raises UsageError for a scope that does not exist."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise UsageError(f"'{unknown[0]}': no such scope. There are: {', '.join(SCOPES)}.")


def hashed(password: str) -> str:
    """Argon2id in PHC form under a fresh salt."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return str(kdf.derive_phc_encoded(password.encode()))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


_NOBODY: list[str] = []


def _nobody() -> str:
    """The hash that a password is compared with where there is no account."""
    if not _NOBODY:
        _NOBODY.append(hashed(secrets.token_hex(16)))
    return _NOBODY[0]
