from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.conftest import SHARED, TEXTS, asset, of

from polyveil.errors import UnlockError, UsageError, VerificationError
from polyveil.vault import COMPARTMENTS, Unlock, Vault, keys, rotate, shares
from polyveil.vault import sessions as session_files
from polyveil.vault.commit import rewrapped
from polyveil.vault.grants import grant, group, revoke
from polyveil.vault.recover import recover, recover_index
from polyveil.vault.ring import IDENTITY
from polyveil.vault.rotate import reencrypt, stale


def key(folder: Path, name: str) -> Unlock:
    path = folder / f"{name}.key"
    path.write_bytes(os.urandom(32))
    return Unlock(key_file=path)


def test_revocation_takes_the_key_away_and_keeps_the_others(vault: Vault, reader_key: Unlock, owner: Unlock) -> None:
    grant(vault, "reader", ["image", "text"], reader_key)
    with Vault.open(vault.folder, reader_key) as reader:
        old = reader.reader.pair("image")
    revoke(vault, "reader", ["image"])
    with Vault.open(vault.folder, reader_key) as reader:
        assert not reader.opens("image")
        assert reader.opens("text")
        assert old is not None
        for name in session_files.known(vault.folder / "sessions", "image"):  # what was kept opens no session any more
            session = session_files.read(vault.folder / "sessions", "image", name)
            assert session.generation == 2
            with pytest.raises(Exception, match="does not open"):
                old.open(session.wrapped, session_files.info(vault.ring.vault, "image", name, session.born))
    with Vault.open(vault.folder, owner) as again:
        assert again.verify(data=True) == []
        assert asset(again, "new", {"image": b"new"})["image"].session.generation == 2


def test_the_identity_key_is_granted_by_itself(vault: Vault, reader_key: Unlock) -> None:
    grant(vault, "runner", [IDENTITY], reader_key)
    with Vault.open(vault.folder, reader_key) as runner:
        assert runner.identity_key == vault.identity_key
        assert not any(runner.opens(name) for name in COMPARTMENTS)
        asset(runner, "made by the runner", {"text": b"sealed" * 4000})
    assert b"sealed" * 4000 in {vault.read(one) for one in of(vault, "text")}
    revoke(vault, "runner", [IDENTITY])
    with Vault.open(vault.folder, reader_key) as runner, pytest.raises(UnlockError):
        _ = runner.identity_key


def test_nobody_is_locked_out_by_mistake(vault: Vault) -> None:
    for what in ("image", IDENTITY):
        with pytest.raises(UsageError, match="nobody could open it"):
            revoke(vault, "owner", [what])
    with pytest.raises(UsageError, match="no such compartment"):
        grant(vault, "owner", ["images"])
    with pytest.raises(UsageError, match="no such principal"):
        grant(vault, "nobody", ["image"])


def test_what_takes_two_people_opens_for_two_people_only(vault: Vault, tmp_path: Path, owner: Unlock) -> None:
    offers = {name: key(tmp_path, name) for name in ("ann", "bea", "cem")}
    for name, offer in offers.items():
        grant(vault, name, ["text"], offer)
    asset(vault, "three", {"originals": b"the face" * 3000})
    group(vault, "custodians", list(offers), 2, ["originals"])
    revoke(vault, "owner", ["originals"])
    with Vault.open(vault.folder, owner) as again:
        assert not again.opens("originals")
        assert again.verify(data=True) == []
    for pair in (("ann", "cem"), ("bea", "ann")):
        together = Unlock(members=tuple(offers[name] for name in pair))
        with Vault.open(vault.folder, together) as opened:
            assert opened.principal.name == "custodians"
            assert [opened.read(one) for one in of(opened, "originals")] == [b"the face" * 3000]
            opened.log.verify(signing=opened.signing_keys())
    for alone in (("ann",), ("ann", "ann")):
        with pytest.raises(UnlockError):
            Vault.open(vault.folder, Unlock(members=tuple(offers[name] for name in alone)), principal="custodians")
    for offer in offers.values():
        with Vault.open(vault.folder, offer) as single:
            assert not single.opens("originals")


def test_a_principal_may_keep_its_private_key_to_itself(vault: Vault, tmp_path: Path) -> None:
    for name in ("bob", "eve"):
        keys.write_pair(tmp_path / name)
    assert (tmp_path / "bob").stat().st_mode & 0o777 == 0o600
    grant(vault, "bob", ["image"], public=keys.read_public(tmp_path / "bob.pub"))
    with Vault.open(vault.folder, Unlock(key_file=tmp_path / "bob")) as bob:
        assert bob.principal.name == "bob"
        assert {bob.read(one) for one in of(bob, "image")} == {SHARED}
        assert not bob.opens("text")
        bob.log.verify(signing=bob.signing_keys())
    with pytest.raises(UnlockError):
        Vault.open(vault.folder, Unlock(key_file=tmp_path / "eve"))
    with pytest.raises(UsageError, match="is no public key"):
        keys.read_public(tmp_path / "bob")
    with pytest.raises(UsageError, match="cannot be written"):
        keys.write_pair(tmp_path / "bob")
    revoke(vault, "bob", ["image"])
    with Vault.open(vault.folder, Unlock(key_file=tmp_path / "bob")) as bob:
        assert not bob.opens("image")


def test_a_rotation_reads_old_and_new_and_rewraps_by_the_key(vault: Vault) -> None:
    before = {path: path.read_bytes() for path in (vault.folder / "packs").rglob("*.pack")}
    assert rotate.rotate(vault, "text") == 2  # sessions
    assert {path: path.read_bytes() for path in (vault.folder / "packs").rglob("*.pack")} == before
    asset(vault, "three", {"text": b"x" * 20_000})
    assert rotate.rotate(vault, "text") == 3
    assert {vault.read(one) for one in of(vault, "text")} == {*TEXTS, b"x" * 20_000}
    assert vault.verify(data=True) == []


def test_what_was_sealed_for_the_older_key_is_rewrapped_or_handed_on(vault: Vault, owner: Unlock) -> None:
    sealer = vault.sealer()
    late = sealer.seal("text", b"late", media_type="test/text")
    sealer.flush()
    with Vault.open(vault.folder, owner) as other:
        rotate.rotate(other, "text")
        rotate.rotate(other, "text")
    vault.commit("late", [late])
    assert vault.read(late.object_id) == b"late"
    assert session_files.read(vault.folder / "sessions", "text", late.session.id).generation == 3
    session_files.write(vault.folder / "sessions", late.session)  # as one without a grant would have left it
    with Vault.open(vault.folder, owner) as again:
        assert again.read(late.object_id) == b"late"
        assert again.verify(data=True) == []
    sealer.close()


@pytest.mark.parametrize("step", range(9))
def test_an_interrupted_rotation_stays_readable_and_the_next_one_finishes_it(
    folder: Path, owner: Unlock, reader_key: Unlock, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    class KilledError(BaseException):
        pass

    from polyveil.vault import files

    writes, removals = files.write, files.sync_folder
    left = step

    def counted(*arguments: object) -> None:
        nonlocal left
        if left == 0:
            raise KilledError
        left -= 1
        writes(*arguments)  # type: ignore[arg-type]

    with Vault.open(folder, owner) as vault:
        asset(vault, "three", {"image": b"another session"})
        grant(vault, "reader", ["image"], reader_key)
        with monkeypatch.context() as patched:
            patched.setattr(files, "write", counted)
            try:
                rotate.rotate(vault, "image")
            except KilledError:
                killed = True
            else:
                killed = False
    assert removals is files.sync_folder
    for offer in (owner, reader_key):
        with Vault.open(folder, offer) as again:
            assert SHARED in {again.read(one) for one in of(again, "image")}
    with Vault.open(folder, owner) as again:
        rotate.rotate(again, "image")
        assert not again.ring.older("image")
        for name in session_files.known(folder / "sessions", "image"):
            assert session_files.read(folder / "sessions", "image", name).generation == again.ring.generations["image"]
        assert again.verify(data=True) == []
    assert killed == (step < 7)  # two grants, the one handed on, the description, three sessions


def test_reencryption_goes_on_where_it_was_killed(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate, "BATCH", 2)
    for number in range(4):
        asset(vault, f"a{number}", {"table": os.urandom(50_000)})
    right = {one: vault.read(one) for one in of(vault, "table")}
    rotate.rotate(vault, "table")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reencrypt(vault, "table", stop)
    assert stale(vault, "table")
    assert {one: vault.read(one) for one in of(vault, "table")} == right
    assert reencrypt(vault, "table") == 6
    assert not stale(vault, "table")
    assert {one: vault.read(one) for one in of(vault, "table")} == right
    assert vault.verify(data=True) == []


@settings(max_examples=20)
@given(st.data())
def test_any_k_shares_open_and_fewer_do_not(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    threshold = data.draw(st.integers(2, count))
    secret = os.urandom(32)
    made = shares.split(secret, threshold, count)
    chosen = data.draw(st.permutations(made))
    assert shares.join(chosen[:threshold]) == secret
    with pytest.raises(UnlockError):
        shares.join(chosen[: threshold - 1])


def test_a_mistyped_share_is_noticed() -> None:
    made = shares.split(os.urandom(32), 2, 2)
    words = made[0].split()
    words[10] = "academic" if words[10] != "academic" else "acid"
    with pytest.raises(UnlockError, match="checksum"):
        shares.join([" ".join(words), made[1]])
    for text in ("2", "1-of-3", "4-of-3", "2-of-99", "two-of-three"):
        with pytest.raises(UsageError, match="K-of-N"):
            shares.parse(text)
    assert shares.parse("2-of-3") == (2, 3)


def test_recovery_shares_make_a_new_administrator(tmp_path: Path, owner: Unlock, reader_key: Unlock) -> None:
    made = shares.split(os.urandom(32), 2, 3)
    with Vault.create(tmp_path / "v", owner, recovery=made) as vault:
        asset(vault, "one", {"text": b"kept"})
        rotate.rotate(vault, "text")  # rotation keeps the recovery in
    with pytest.raises(UnlockError):
        recover(tmp_path / "v", (made[0],), "new", reader_key)
    recover(tmp_path / "v", (made[0], made[2]), "new", reader_key)
    with Vault.open(tmp_path / "v", reader_key) as again:
        assert again.principal.name == "new"
        assert [again.read(one) for one in of(again, "text")] == [b"kept"]
        assert len(again.identity_key) == 32
        revoke(again, "owner", list(COMPARTMENTS))
    with Vault.open(tmp_path / "v", owner) as lost:
        assert not any(lost.opens(name) for name in COMPARTMENTS)


def test_a_vault_without_recovery_says_so(made: Path, reader_key: Unlock) -> None:
    with pytest.raises(UnlockError, match="without recovery shares"):
        recover(made, ("a", "b"), "new", reader_key)


def test_a_lost_catalog_is_rebuilt_from_packs(folder: Path, owner: Unlock) -> None:
    with Vault.open(folder, owner) as vault:
        rotate.rotate(vault, "text")
        reencrypt(vault, "text")
        vault.put_record("run/1", b"first")
        vault.put_record("run/1", b"second")
        asset(vault, "three", {"image": SHARED}, subject="anna")
        vault.withdraw(["three"])
        right = {one.object_id: vault.read(one.object_id) for one in vault.objects()}
        rows = {row.id: (row.compartment, row.role, row.refs) for row in vault.catalog.rows()}
        subjects, assets = vault.catalog.subjects(), vault.catalog.assets()
        gone = {one.object_id for one in vault.objects("image")} - set(right)
        assert not gone
    (folder / "catalog.sqlite").write_bytes(b"not a database any more")
    done = recover_index(folder, owner)
    with Vault.open(folder, owner) as again:
        assert {one: again.read(one) for one in right} == right
        assert again.get_record("run/1") == b"second"
        assert again.catalog.subjects() >= subjects
        assert {name: again.catalog.assets()[name] for name in assets} == assets
        found = {row.id: (row.compartment, row.role, row.refs) for row in again.catalog.rows()}
        assert {unit: found[unit] for unit in rows if rows[unit][1]} == {u: rows[u] for u in rows if rows[u][1]}
        assert again.verify(data=True) == []
        assert done.objects >= len(right)
    assert (folder / "catalog.sqlite.lost").exists()


def test_what_was_erased_does_not_come_back_with_the_catalog(folder: Path, owner: Unlock) -> None:
    from polyveil.vault.erase import erase

    with Vault.open(folder, owner) as vault:
        doomed = [one for one in of(vault, "text") if vault.attributes(one)["of"] == "one"]
        erase(vault, ["one"], {"one": doomed})
    (folder / "catalog.sqlite").unlink()
    recover_index(folder, owner)
    with Vault.open(folder, owner) as again:
        assert again.asset_ids() == {"two"}
        assert {again.read(one) for one in of(again, "text")} == {TEXTS[1]}


def test_rebuilding_takes_every_grant(folder: Path, owner: Unlock, reader_key: Unlock) -> None:
    with Vault.open(folder, owner) as vault:
        grant(vault, "reader", ["text"], reader_key)
    with pytest.raises(UnlockError, match="no grant"):
        recover_index(folder, reader_key)


def test_a_session_of_another_compartment_does_not_rewrap(vault: Vault, reader_key: Unlock) -> None:
    grant(vault, "reader", ["text"], reader_key)
    with Vault.open(vault.folder, reader_key) as reader:
        name = next(session_files.known(vault.folder / "sessions", "image"))
        with pytest.raises(UnlockError):
            rewrapped(reader.reader, session_files.read(vault.folder / "sessions", "image", name))


def test_heads_and_events_are_signed_by_principals(vault: Vault, reader_key: Unlock) -> None:
    grant(vault, "reader", ["text"], reader_key)
    with Vault.open(vault.folder, reader_key) as reader:
        head = reader.signed_head()
    assert vault.check_head(head).size == head["size"]
    for change in ({"size": head["size"] - 1}, {"root": "0" * 64}, {"principal": "owner"}, {"principal": "nobody"}):
        with pytest.raises(VerificationError, match="not signed"):
            vault.check_head({**head, **change})
    vault.log.verify(vault.check_head(head), signing=vault.signing_keys())
    events = {event["event"]: event["principal"] for event in vault.log.events()}
    assert events["grant"] == "owner"
    assert [event["principal"] for event in vault.log.events()][-1] == "reader"
