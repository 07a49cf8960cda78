from __future__ import annotations

import stat
from pathlib import Path

import pytest

from polyveil.console.accounts import SCOPES, Accounts
from polyveil.console.sessions import Sessions
from polyveil.errors import IntegrityError, UsageError

PASSWORD = "a password for tests"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path)
    made.add("ada", PASSWORD, ("read", "content"))
    return made


def test_a_password_opens_its_own_account_alone(accounts: Accounts, tmp_path: Path) -> None:
    found = accounts.check("ada", PASSWORD)
    assert found is not None
    assert found.scopes == ("read", "content")
    assert accounts.check("ada", PASSWORD + " ") is None
    assert accounts.check("bob", PASSWORD) is None
    path = tmp_path / "console" / "accounts.json"
    assert "$argon2id$" in path.read_text()
    assert PASSWORD not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "password", "scopes"),
    [("Ada", PASSWORD, SCOPES), ("../x", PASSWORD, SCOPES), ("", PASSWORD, SCOPES), ("bob", "short", SCOPES),
     ("bob", PASSWORD, ("everything",))],
)  # fmt: skip
def test_bad_accounts_are_refused(accounts: Accounts, name: str, password: str, scopes: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        accounts.add(name, password, scopes)
    assert accounts.names() == ["ada"]


def test_tokens_have_no_more_scopes_than_their_account(accounts: Accounts, tmp_path: Path) -> None:
    token, secret = accounts.issue("ada", "backup", ("read",), days=1)
    found = accounts.by_token(secret)
    assert found is not None
    assert found.scopes == ("read",)
    assert secret not in (tmp_path / "console" / "accounts.json").read_text()
    with pytest.raises(UsageError, match="no scope review"):
        accounts.issue("ada", "", ("review",), days=1)
    accounts.add("ada", PASSWORD, ("content",))
    narrowed = accounts.by_token(secret)
    assert narrowed is not None
    assert narrowed.scopes == ()
    assert accounts.withdraw(token.id, "bob") is False
    assert accounts.withdraw(token.id, "ada") is True
    assert accounts.by_token(secret) is None


def test_tokens_expire_and_go_with_their_account(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    _, brief = accounts.issue("ada", "", ("read",), days=1)
    _, lasting = accounts.issue("ada", "", ("read",), days=0)
    now = __import__("time").time()
    monkeypatch.setattr("polyveil.console.accounts.time.time", lambda: now + 2 * 86_400)
    assert accounts.by_token(brief) is None
    assert accounts.by_token(lasting) is not None
    accounts.remove("ada")
    assert accounts.by_token(lasting) is None
    with pytest.raises(UsageError):
        accounts.remove("ada")


def test_a_damaged_file_lets_nobody_in(accounts: Accounts, tmp_path: Path) -> None:
    (tmp_path / "console" / "accounts.json").write_text('{"accounts": {')
    with pytest.raises(IntegrityError):
        accounts.check("ada", PASSWORD)


def test_sessions_end(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(accounts)
    began = sessions.login("ada", PASSWORD)
    assert began is not None
    secret, session = began
    assert sessions.find(secret) is session
    assert sessions.find("other") is None
    now = __import__("time").monotonic()
    monkeypatch.setattr("polyveil.console.sessions.time.monotonic", lambda: now + 3700)
    assert sessions.find(secret) is None


def test_guessing_is_stopped(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions(accounts)
    tried = [0]

    def check(_name: str, _password: str) -> None:
        tried[0] += 1

    monkeypatch.setattr(accounts, "check", check)
    for _ in range(9):
        assert sessions.login("ada", "guess") is None
    assert tried[0] == 5
