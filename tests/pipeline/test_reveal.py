"""The way back from tokens: for the identity's holder, and for nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polyveil.cli.app import build
from polyveil.errors import UnlockError, UsageError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.modalities.text.operators import encrypt_digits
from polyveil.pipeline.mask import mask
from polyveil.pipeline.reveal import reveal, reveal_digits
from polyveil.policies import load
from polyveil.schema.policy import Operator, Policy
from polyveil.vault import Unlock, Vault
from polyveil.vault.grants import grant

TEXT = "Card 4111 1111 1111 1111 of anna.meyer@klinik.example, again 4111-1111-1111-1111.\n证件号110101199003070134。\n"


def encrypting() -> Policy:
    policy = load("default")
    entities = {
        name: rule.model_copy(update={"text": Operator(op="encrypt")}) if name != "DATE_TIME" else rule
        for name, rule in policy.entities.items()
    }
    return policy.model_copy(update={"name": "tokens", "entities": entities})


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "v", Unlock(passphrase="right"))


def test_tokens_open_again(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (done,) = mask(tmp_path / "a.txt", tmp_path / "b.txt", encrypting(), identity=Identity(vault.identity_key))
    hidden = Path(done.output).read_text(encoding="utf-8")
    assert "4111" not in hidden
    assert "klinik" not in hidden
    back = reveal(vault, hidden)
    assert back.text == TEXT
    assert back.opened == 4
    assert back.closed == 0


def test_tokens_of_another_vault_stay_closed(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (done,) = mask(tmp_path / "a.txt", tmp_path / "b.txt", encrypting(), identity=Identity(bytes(32)))
    hidden = Path(done.output).read_text(encoding="utf-8")
    back = reveal(vault, hidden)
    assert back.text == hidden
    assert back.closed == 4


def test_the_audit_log_says_that_a_mask_used_the_vaults_identity(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (done,) = mask(tmp_path / "a.txt", tmp_path / "b.txt", encrypting(), vault=vault)
    assert reveal(vault, Path(done.output).read_text(encoding="utf-8")).text == TEXT
    events = [event for event in vault.log.events() if event["event"] == "mask"]
    assert [(event["principal"], event["policy"]) for event in events] == [(vault.principal.name, "tokens")]


def test_digits_open_again(vault: Vault, tmp_path: Path) -> None:
    ctx = Context(load("default"), Identity(vault.identity_key), tmp_path)
    new = encrypt_digits.apply("CREDIT_CARD", "4111 1111 1111 1111", {}, ctx)
    assert reveal_digits(vault, "CREDIT_CARD", new) == "4111 1111 1111 1111"
    with pytest.raises(UsageError):
        reveal_digits(vault, "CREDIT_CARD", "12")


def test_without_a_grant_for_the_identity_nothing_opens(vault: Vault, tmp_path: Path) -> None:
    key = tmp_path / "bob.key"
    key.write_bytes(bytes(range(32)))
    grant(vault, "bob", ["text"], Unlock(key_file=key))
    with pytest.raises(UnlockError):
        reveal(Vault.open(vault.folder, Unlock(key_file=key), principal="bob"), "{PERSON:" + "A" * 30 + "}")


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], vault: Vault
) -> None:
    monkeypatch.setenv("POLYVEIL_PASSPHRASE", "right")
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (done,) = mask(tmp_path / "a.txt", tmp_path / "b.txt", encrypting(), identity=Identity(vault.identity_key))
    call = ["reveal", str(vault.folder), done.output, "--out", str(tmp_path / "c.txt"), "--json"]
    assert build()(call, standalone_mode=False) == 0
    assert json.loads(capsys.readouterr().out)["opened"] == 4
    assert (tmp_path / "c.txt").read_text(encoding="utf-8") == TEXT
    assert (tmp_path / "c.txt").stat().st_mode & 0o777 == 0o600
    assert any(row["event"] == "reveal" for row in vault.log.events())
