from __future__ import annotations

import os
import pickle
import sqlite3
from pathlib import Path

import pytest
from tests.vault.conftest import SHARED, TEXTS, asset, of

from polyveil.errors import IntegrityError, UnlockError, UsageError, VaultError
from polyveil.vault import COMPARTMENTS, LINKAGE, Sealed, Sealer, Unlock, Vault
from polyveil.vault.catalog import StaleError
from polyveil.vault.grants import grant
from polyveil.vault.providers.passphrase import KIB, PASSES


def sealer_of(vault: Vault) -> Sealer:
    """What a worker gets."""
    sent: Sealer = pickle.loads(pickle.dumps(vault.sealer()))
    return sent


def test_what_was_sealed_comes_back_with_its_attributes(vault: Vault) -> None:
    texts = {vault.attributes(one)["of"]: vault.read(one) for one in of(vault, "text")}
    assert texts == {"one": TEXTS[0], "two": TEXTS[1]}
    assert {vault.media_type(one) for one in of(vault, "image")} == {"test/image"}
    assert dict(vault.records()) == {"one": b"record one", "two": b"record two"}
    assert vault.verify(data=True) == []


def test_any_range_can_be_read(vault: Vault) -> None:
    one = next(one for one in of(vault, "text") if vault.attributes(one)["of"] == "one")
    with vault.open_object(one) as stream:
        for start, count in ((0, 5), (1_048_570, 20), (1_399_990, 5), (1_399_999, 1)):
            stream.seek(start)
            got = b""
            while len(got) < count and (piece := stream.read(count - len(got))):
                got += piece
            assert got == TEXTS[0][start : start + count]
        assert stream.seek(0, os.SEEK_END) == len(TEXTS[0])
        assert stream.read(10) == b""


def test_committing_twice_adds_nothing(vault: Vault) -> None:
    sealer = sealer_of(vault)
    one = sealer.seal(LINKAGE, b"x", media_type="test/record")
    sealer.flush()
    before = len(list(vault.objects()))
    assert vault.commit("one", [one]) is False
    assert vault.commit("nine", [one]) is True
    assert vault.commit("nine", [one]) is False
    assert len(list(vault.objects())) == before + 1
    sealer.close()


def test_a_sealer_holds_public_keys_only_and_seals(vault: Vault) -> None:
    raw = pickle.dumps(vault.sealer())
    for compartment in COMPARTMENTS:
        pair = vault.reader.pair(compartment)
        assert pair is not None
        assert pair.raw not in raw
        assert pair.raw[:64] not in raw
    assert vault.identity_key not in raw
    sealer = sealer_of(vault)
    one = sealer.seal("audio", b"sound", media_type="test/audio")
    sealer.flush()
    vault.commit("five", [one])
    assert vault.read(one.object_id) == b"sound"
    sealer.close()


def test_the_same_content_is_stored_once_in_a_compartment_and_never_across(vault: Vault) -> None:
    before = vault.info()["compartments"]
    assert before["image"]["pieces"] == 1  # SHARED stands in two assets
    asset(vault, "three", {"image": SHARED, "video": SHARED})
    after = vault.info()["compartments"]
    assert after["image"]["pieces"] == 1
    assert after["video"]["pieces"] == 1
    assert {vault.read(one) for one in of(vault, "image") + of(vault, "video")} == {SHARED}


def test_content_sealed_by_two_at_the_same_moment_is_kept_and_let_go_of_twice(vault: Vault, owner: Unlock) -> None:
    data = os.urandom(50_000)
    with Vault.open(vault.folder, owner) as other:
        other.reader.index("video")  # both have looked before either wrote
        vault.reader.index("video")
        asset(vault, "a", {"video": data})
        asset(other, "b", {"video": data})
        assert other.info()["compartments"]["video"]["pieces"] == 2
        other.withdraw(["a", "b"])
        assert {other.read(one) for one in of(other, "video")} == {data}


def test_shared_content_that_was_erased_meanwhile_is_not_referred_to(vault: Vault) -> None:
    sealer = vault.sealer()
    sealed = sealer.seal("image", SHARED, media_type="test/image")
    lost = Sealed(sealed.object_id, "image", sealed.session, sealed.units[-1:], frozenset({b"?" * 24}))
    sealer.flush()
    with pytest.raises(StaleError, match="run again"):
        vault.commit("late", [lost])
    assert not vault.committed("late")
    sealer.close()


def test_a_grant_opens_its_compartment_and_no_other(vault: Vault, reader_key: Unlock) -> None:
    grant(vault, "reader", ["image"], reader_key)
    with Vault.open(vault.folder, reader_key) as reader:
        assert reader.principal.name == "reader"
        assert [name for name in COMPARTMENTS if reader.opens(name)] == ["image"]
        assert all(reader.read(one) == SHARED for one in of(vault, "image"))
        for one in of(vault, "text") + of(vault, LINKAGE) + of(vault, "audio"):
            with pytest.raises(UnlockError, match="no grant"):
                reader.read(one)
        with pytest.raises(UnlockError, match="identity key"):
            _ = reader.identity_key
        with pytest.raises(UnlockError, match="administer"):
            grant(reader, "third", ["image"], reader_key)


def test_the_files_do_not_say_what_belongs_together(vault: Vault) -> None:
    """A principal with `image` alone sees of the others' units neither a shared pack, session, epoch nor an order."""
    db = sqlite3.connect(vault.folder / "catalog.sqlite")
    columns = {row[1] for row in db.execute("PRAGMA table_info(units)")}
    assert columns == {"id", "compartment", "role", "refs", "session", "epoch", "pack", "offset", "length"}
    places = dict[str, set[int]]()
    for compartment, *ids in db.execute("SELECT compartment, session, epoch, pack FROM units"):
        for kind, one in zip(("session", "epoch", "pack"), ids, strict=True):
            places.setdefault(f"{kind}{one.hex()}", set()).add(compartment)
    assert all(len(compartments) == 1 for compartments in places.values())
    ids = [row[0] for row in db.execute("SELECT id FROM units")]
    assert ids == sorted(ids)  # stored by random id, with no row number
    db.close()


def test_units_of_a_run_stand_in_packs_in_no_order_of_theirs(vault: Vault) -> None:
    sealer = vault.sealer()
    sealed = [sealer.seal("table", bytes([n]), media_type="test/table") for n in range(64)]
    sealer.flush()
    places = [(one.units[0].place.pack, one.units[0].place.offset) for one in sealed]
    assert len({pack for pack, _ in places}) == 2
    assert places != sorted(places)
    sealer.close()


def test_wrong_keys_and_missing_vaults_are_said_plainly(made: Path, tmp_path: Path, reader_key: Unlock) -> None:
    with pytest.raises(UnlockError, match="wrong passphrase or key"):
        Vault.open(made, reader_key)
    with pytest.raises(UnlockError, match="wrong passphrase or key"):
        Vault.open(made, Unlock(passphrase="there is no passphrase here"))
    with pytest.raises(UnlockError, match="no principal 'nobody'"):
        Vault.open(made, reader_key, principal="nobody")
    with pytest.raises(UsageError, match="is no vault"):
        Vault.open(tmp_path / "nowhere", reader_key)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match="is no vault"):
        Vault.create(tmp_path / "full", reader_key)
    with pytest.raises(UsageError, match="POLYVEIL_PASSPHRASE"):
        Vault.open(made, Unlock())


def test_a_passphrase_opens_a_vault(tmp_path: Path) -> None:
    Vault.create(tmp_path / "v", Unlock(passphrase="correct horse")).close()
    with Vault.open(tmp_path / "v", Unlock(passphrase="correct horse")) as vault:
        assert len(vault.identity_key) == 32
    with pytest.raises(UnlockError, match="wrong passphrase"):
        Vault.open(tmp_path / "v", Unlock(passphrase="correct hors"))
    assert (PASSES, KIB) >= (3, 64 * 1024)


def test_no_plaintext_and_no_key_lies_in_the_vault(vault: Vault) -> None:
    everything = b"".join(path.read_bytes() for path in vault.folder.rglob("*") if path.is_file())
    assert b"text 0 text 0" not in everything
    assert b"record one" not in everything
    assert vault.identity_key not in everything
    assert vault.principal.pair.raw not in everything
    assert SHARED[:64] not in everything


def test_a_full_disk_is_said_plainly_and_stays_as_it_was(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    sealer = vault.sealer()
    sealer.seal("text", b"x", media_type="text/plain")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(VaultError, match="No space left"):
            sealer.flush()
    sealer.close()
    assert vault.verify(data=True) == []


def test_a_vault_that_cannot_be_written_is_not_opened_unlogged(folder: Path, owner: Unlock) -> None:
    log = folder / "audit.jsonl"
    log.unlink()
    log.mkdir()
    with pytest.raises((VaultError, IsADirectoryError)):
        Vault.open(folder, owner)


def test_an_older_catalog_is_refused(folder: Path, owner: Unlock) -> None:
    old = (folder / "catalog.sqlite").read_bytes()
    with Vault.open(folder, owner) as vault:
        asset(vault, "three", {"text": b"later"})
    (folder / "catalog.sqlite").write_bytes(old)
    with pytest.raises(IntegrityError, match="rolled back"):
        Vault.open(folder, owner)


def test_a_missing_catalog_is_not_an_empty_one(folder: Path, owner: Unlock) -> None:
    (folder / "catalog.sqlite").unlink()
    with pytest.raises(IntegrityError, match="recover --index"):
        Vault.open(folder, owner)
