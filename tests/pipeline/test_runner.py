from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from polyveil.errors import UnlockError
from polyveil.pipeline.erase import erase, expired
from polyveil.pipeline.export import export
from polyveil.pipeline.protect import protect
from polyveil.vault import COMPARTMENTS, Unlock, Vault
from polyveil.vault.grants import grant


def offer(path: Path) -> Unlock:
    path.write_bytes(os.urandom(32))
    return Unlock(key_file=path)


def test_who_runs_the_road_need_not_be_able_to_read(tmp_path: Path) -> None:
    """A grant for the identity key is enough for `protect`: it seals with public keys and opens nothing."""
    owner, runner = offer(tmp_path / "owner"), offer(tmp_path / "runner")
    with Vault.create(tmp_path / "v", owner) as vault:
        grant(vault, "runner", ["identity"], runner)
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / f"{name}.txt").write_text(f"write to {name}.miller@example.org today\n")
    for policy in ("default", "strict"):
        done = protect([tmp_path / "in"], vault=tmp_path / "v", unlock=runner, workers=0, policy=policy)
        assert done.counts == {"protected": 2}, "another policy is another run"
    with Vault.open(tmp_path / "v", runner) as opened:
        assert not any(opened.opens(name) for name in COMPARTMENTS)
        with pytest.raises(UnlockError):
            list(opened.records())
    with Vault.open(tmp_path / "v", owner) as vault:
        assert vault.verify(data=True) == []
        assert export(vault, tmp_path / "out").files == 4
        events = [row for row in vault.log.events() if row["event"] in ("protect", "policy")]
        assert [row["event"] for row in events] == ["protect", "policy", "protect"]
        assert {row["principal"] for row in events} == {"runner"}
        assert (events[1]["older"], events[1]["newer"]) == (events[0]["policy_digest"], events[2]["policy_digest"])
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*.txt"))
    assert b"miller" not in written


def test_what_outlived_its_policy_is_erased(tmp_path: Path) -> None:
    owner = offer(tmp_path / "owner")
    (tmp_path / "a.txt").write_text("write to a.miller@example.org\n")
    (tmp_path / "b.txt").write_text("write to b.miller@example.org\n")
    policy = tmp_path / "short.yaml"
    policy.write_text("name: short\nextends: default\nstorage: {retention_days: 30}\n")
    protect([tmp_path / "a.txt"], vault=tmp_path / "v", unlock=owner, workers=0, policy=str(policy))
    protect([tmp_path / "b.txt"], vault=tmp_path / "v", unlock=owner, workers=0)
    with Vault.open(tmp_path / "v", owner) as vault:
        today = datetime.now(UTC).date()
        assert expired(vault) == []
        assert expired(vault, (today + timedelta(days=30)).isoformat()) == []
        over = expired(vault, (today + timedelta(days=31)).isoformat())
        assert len(over) == 1
        assert erase(vault, assets=over).assets == tuple(over)
        assert len(vault.asset_ids()) == 1
        assert vault.verify(data=True) == []
