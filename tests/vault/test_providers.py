from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from tests.vault.key_service import TOKEN, Key, KeyService, key_service

from polyveil.errors import IntegrityError, UnlockError, UsageError
from polyveil.vault import Unlock, Vault, providers
from polyveil.vault.grants import grant


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyService]:
    with key_service() as running:
        running.keys["one"] = Key()
        for name, value in {
            "AWS_ENDPOINT_URL": running.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_MAX_ATTEMPTS": "1",
            "VAULT_ADDR": running.url,
            "VAULT_TOKEN": TOKEN,
        }.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.mark.parametrize("kind", ["aws-kms", "transit"])
def test_a_key_service_opens_a_vault_as_long_as_it_gives_the_key(
    service: KeyService, tmp_path: Path, kind: str
) -> None:
    offer = Unlock(provider=f"{kind}:one")
    with Vault.create(tmp_path / "v", offer) as vault:
        identity = vault.identity_key
    with Vault.open(tmp_path / "v", Unlock(provider=kind)) as again:  # the vault knows which key it was
        assert again.identity_key == identity
    for state in ("Disabled", "PendingDeletion"):
        service.keys["one"].state = state
        with pytest.raises(UnlockError, match="refuses"):
            Vault.open(tmp_path / "v", offer, principal="owner")
    service.keys["one"].state = "Enabled"
    Vault.open(tmp_path / "v", offer).close()
    del service.keys["one"]
    with pytest.raises(UnlockError, match="refuses"):
        Vault.open(tmp_path / "v", offer, principal="owner")
    service.keys["one"] = Key()  # another key of the same name does not open it
    with pytest.raises(UnlockError, match="refuses"):
        Vault.open(tmp_path / "v", offer, principal="owner")


@pytest.mark.parametrize("kind", ["aws-kms", "transit"])
def test_what_a_service_keeps_is_bound_to_vault_and_principal(service: KeyService, kind: str) -> None:
    offer = Unlock(provider=f"{kind}:one")
    kept = providers.protect(os.urandom(32), "vault 1, ann", offer)
    assert len(providers.reveal(kept, "vault 1, ann", offer)) == 32
    with pytest.raises(UnlockError, match="refuses"):
        providers.reveal(kept, "vault 1, bob", offer)


def test_transit_refuses_versions_that_were_withdrawn_and_wrong_tokens(
    service: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = Unlock(provider="transit:one")
    secret = os.urandom(32)
    kept = providers.protect(secret, "c", offer)
    service.keys["one"].versions[2] = os.urandom(32)
    assert providers.reveal(kept, "c", offer) == secret
    service.keys["one"].least = 2
    with pytest.raises(UnlockError, match="refuses"):
        providers.reveal(kept, "c", offer)
    service.keys["one"].least = 1
    monkeypatch.setenv("VAULT_TOKEN", "another")
    with pytest.raises(UnlockError, match="Forbidden"):
        providers.reveal(kept, "c", offer)
    monkeypatch.delenv("VAULT_ADDR")
    with pytest.raises(UsageError, match="VAULT_ADDR"):
        providers.reveal(kept, "c", offer)


@pytest.mark.parametrize("address", ["aws-kms", "transit", "transit:", "aws-kms:"])
def test_a_service_needs_the_name_of_a_key(service: KeyService, address: str) -> None:
    with pytest.raises(UsageError, match="name the key"):
        providers.protect(os.urandom(32), "c", Unlock(provider=address))


@pytest.mark.parametrize("kind", ["aws-kms", "transit"])
def test_a_service_that_is_away_is_said_plainly(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "VAULT_ADDR"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "VAULT_TOKEN"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(UnlockError, match="cannot be reached"):
        providers.protect(os.urandom(32), "c", Unlock(provider=f"{kind}:one"))


class MemoryKeyring(KeyringBackend):
    """A keyring as an operating system has one, in memory; it can be locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.kept[service, username] = password


def test_the_keyring_of_the_system_opens_a_vault(tmp_path: Path) -> None:
    before, ring = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ring)
    try:
        Vault.create(tmp_path / "v", Unlock(provider="keyring")).close()
        Vault.open(tmp_path / "v", Unlock(provider="keyring")).close()
        (name,) = ring.kept
        assert name[0] == "polyveil"
        ring.locked = True
        with pytest.raises(UnlockError, match="KeyringLocked"):
            Vault.open(tmp_path / "v", Unlock(provider="keyring"), principal="owner")
        ring.locked = False
        ring.kept[name] = "somebody's password"
        with pytest.raises(UnlockError, match="not what was put there"):
            Vault.open(tmp_path / "v", Unlock(provider="keyring"), principal="owner")
        ring.kept.clear()
        with pytest.raises(UnlockError, match="does not hold"):
            Vault.open(tmp_path / "v", Unlock(provider="keyring"), principal="owner")
    finally:
        keyring.set_keyring(before)


def test_principals_of_different_providers_share_a_vault(service: KeyService, folder: Path, owner: Unlock) -> None:
    with Vault.open(folder, owner) as vault:
        grant(vault, "service", ["text"], Unlock(provider="transit:one"))
        grant(vault, "person", ["image"], Unlock(passphrase="words"))
    with Vault.open(folder, Unlock(provider="transit")) as opened:
        assert opened.principal.name == "service"
    with Vault.open(folder, Unlock(passphrase="words")) as opened:
        assert opened.principal.name == "person"
    row = json.loads((folder / "principals" / "person.json").read_text())
    assert "words" not in json.dumps(row)


def test_key_files_and_unknown_providers(tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_bytes(b"short")
    with pytest.raises(UsageError, match="32 bytes"):
        Vault.create(tmp_path / "v", Unlock(key_file=short))
    assert not (tmp_path / "v").exists()
    with pytest.raises(UsageError, match="cannot be read"):
        Vault.create(tmp_path / "v", Unlock(key_file=tmp_path / "none"))
    with pytest.raises(UsageError, match="no such key provider"):
        Vault.create(tmp_path / "v", Unlock(provider="hsm:1"))
    assert list(tmp_path.iterdir()) == [short]


def test_a_principal_s_file_cannot_ask_for_endless_work(tmp_path: Path) -> None:
    offer = Unlock(passphrase="x")
    kept = providers.protect(os.urandom(32), "c", offer)
    for change in ({"kib": "99999999"}, {"passes": "1000000"}, {"lanes": "0"}, {"kib": "many"}):
        with pytest.raises(IntegrityError):
            providers.reveal({**kept, **change}, "c", offer)
