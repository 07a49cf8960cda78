"""Sessions: who is logged in, in memory only; a console that stops logs everybody out."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass, field

from polyveil.console.accounts import Accounts, Token

LOCAL = "Local"
"""Whoever came in with the key from the terminal; no account has a name with a capital."""

IDLE_S = 3600.0
LONGEST_S = 12 * 3600.0
_TRIES = 5  # failed logins of one name within _WINDOW_S, before it has to wait
_WINDOW_S = 300.0


@dataclass(slots=True)
class Session:
    """One visitor. `csrf` must come with every change that a cookie vouches for."""

    account: str
    scopes: tuple[str, ...]
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    began: float = field(default_factory=time.monotonic)
    seen: float = field(default_factory=time.monotonic)
    over: bool = False

    def may(self, scope: str) -> bool:
        return scope in self.scopes and not self.over


class Sessions:
    """The sessions of one console."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self._live: dict[str, Session] = {}
        self._failed: dict[str, list[float]] = {}
        self._checking = threading.BoundedSemaphore(2)  # Argon2id takes 64 MiB a guess

    def begin(self, account: str, scopes: tuple[str, ...]) -> tuple[str, Session]:
        """A new session and the secret for its cookie."""
        secret = secrets.token_urlsafe(32)
        self._live[_key(secret)] = made = Session(account, scopes)
        return secret, made

    def login(self, name: str, password: str) -> tuple[str, Session] | None:
        """A session for a right password; None for a wrong one, or after too many wrong ones."""
        now = time.monotonic()
        recent = [one for one in self._failed.get(name, []) if now - one < _WINDOW_S]
        if len(recent) >= _TRIES:
            return None
        with self._checking:
            found = self.accounts.check(name, password)
        if found is None:
            if len(self._failed) > 10_000:
                self._failed.clear()
            self._failed[name] = [*recent, now]
            return None
        self._failed.pop(name, None)
        return self.begin(found.name, found.scopes)

    def find(self, secret: str) -> Session | None:
        """The session of a cookie; it ends after an hour without a request, or after half a day."""
        found = self._live.get(_key(secret))
        if found is None or not self.valid(found):
            self.end(secret)
            return None
        found.seen = time.monotonic()
        return found

    def valid(self, session: Session) -> bool:
        """Does a session still hold? A page that stays open asks this before it shows or does more."""
        now = time.monotonic()
        late = now - session.seen > IDLE_S or now - session.began > LONGEST_S
        if session.over or late or not self._still_there(session):
            session.over = True
        return not session.over

    def _still_there(self, session: Session) -> bool:
        """An account that was removed or lost scopes ends its sessions."""
        if session.account == LOCAL:
            return True
        account = self.accounts.account(session.account)
        return account is not None and set(session.scopes) <= set(account.scopes)

    def end(self, secret: str) -> None:
        found = self._live.pop(_key(secret), None)
        if found is not None:
            found.over = True

    def bearer(self, secret: str) -> Session | None:
        """What a token allows, as a session of one request."""
        token: Token | None = self.accounts.by_token(secret)
        return Session(token.account, token.scopes) if token else None


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
