from __future__ import annotations

import os
import pickle
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from polyveil.errors import IntegrityError, PolyveilError, UnlockError, UsageError, VaultError
from polyveil.vault import COMPARTMENTS, LINKAGE, Sealed, Sealer, Unlock, Vault, administer
from polyveil.vault.keys import ARGON2_PASSES

OWNER = Unlock(passphrase="the owner's passphrase")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault with two assets; tests work on copies, since Argon2id is slow on purpose."""
    folder = tmp_path_factory.mktemp("vaults") / "v"
    vault = Vault.create(folder, OWNER)
    sealer = vault.sealer()
    for number in range(2):
        text = sealer.seal(
            "text", f"text {number} ".encode() * 200_000, media_type="text/plain", attributes={"n": number}
        )
        image = sealer.seal("image", os.urandom(3000), media_type="image/png")
        record = sealer.seal(LINKAGE, f"record {number}".encode(), media_type="application/json")
        vault.commit(f"asset{number}", [text, image, record], subjects=[f"subject{number}"])
    sealer.flush()
    sealer.close()
    vault.close()
    return folder


@pytest.fixture
def vault(made: Path, tmp_path: Path) -> Vault:
    return Vault.open(shutil.copytree(made, tmp_path / "v"), OWNER)


@contextmanager
def sealing(vault: Vault) -> Iterator[Sealer]:
    sealer: Sealer = pickle.loads(pickle.dumps(vault.sealer()))
    try:
        yield sealer
    finally:
        sealer.close()


def of(vault: Vault, compartment: str) -> list[str]:
    return sorted(info.object_id for info in vault.objects(compartment))


def test_what_was_sealed_comes_back_with_its_attributes(vault: Vault) -> None:
    texts = {vault.attributes(one)["n"]: vault.read(one) for one in of(vault, "text")}
    assert texts == {0: b"text 0 " * 200_000, 1: b"text 1 " * 200_000}
    assert {vault.media_type(one) for one in of(vault, "image")} == {"image/png"}
    assert dict(vault.records()) == {"asset0": b"record 0", "asset1": b"record 1"}
    assert vault.verify(data=True) == []


def test_any_range_can_be_read(vault: Vault) -> None:
    whole = b"text 0 " * 200_000
    one = next(one for one in of(vault, "text") if vault.attributes(one)["n"] == 0)
    with vault.open_object(one) as stream:
        for start, count in ((0, 5), (1_048_570, 20), (1_399_990, 50), (1_400_000, 1)):
            stream.seek(start)
            got = b""
            while len(got) < count and (piece := stream.read(count - len(got))):
                got += piece
            assert got == whole[start : start + count]


def test_committing_twice_adds_nothing(vault: Vault) -> None:
    with sealing(vault) as sealer:
        one = sealer.seal(LINKAGE, b"x", media_type="application/json")
    before = len(list(vault.objects()))
    assert vault.commit("asset0", [one]) is False
    assert vault.commit("asset9", [one]) is True
    assert vault.commit("asset9", [one]) is False
    assert len(list(vault.objects())) == before + 1


def test_a_pickled_sealer_holds_public_keys_only_and_seals(vault: Vault) -> None:
    raw = pickle.dumps(vault.sealer())
    for compartment in COMPARTMENTS:
        pair = vault.ring.open_grant(vault.principal, compartment, 1)
        assert pair is not None
        assert pair.raw not in raw
        assert pair.raw[:64] not in raw
    with sealing(vault) as sealer:
        one = sealer.seal("audio", b"sound", media_type="audio/flac")
    vault.commit("asset5", [one])
    assert vault.read(one.object_id) == b"sound"


def test_a_grant_opens_its_compartment_and_no_other(vault: Vault) -> None:
    other = Unlock(passphrase="somebody else")
    administer.grant(vault, "reader", ["image"], other)
    reader = Vault.open(vault.folder, other)
    assert reader.principal.name == "reader"
    assert [name for name in COMPARTMENTS if reader.opens(name)] == ["image"]
    assert all(reader.read(one) == vault.read(one) for one in of(vault, "image"))
    for one in of(vault, "text") + of(vault, LINKAGE):
        with pytest.raises(UnlockError, match="no grant"):
            reader.read(one)
    with pytest.raises(UnlockError):
        _ = reader.identity_key
    with pytest.raises(UnlockError, match="administer"):
        administer.grant(reader, "third", ["image"], other)


def test_the_catalog_does_not_say_what_belongs_together(vault: Vault) -> None:
    db = sqlite3.connect(vault.folder / "catalog.sqlite")
    columns = {row[1] for row in db.execute("PRAGMA table_info(objects)")}
    assert columns == {"id", "compartment", "session", "epoch", "pack", "offset", "length"}
    packs = dict[str, set[str]]()
    for compartment, pack, session in db.execute("SELECT compartment, pack, session FROM objects"):
        packs.setdefault(pack, set()).add(compartment)
        packs.setdefault(session, set()).add(compartment)
    assert all(len(compartments) == 1 for compartments in packs.values())


def test_revocation_takes_the_key_away_and_keeps_the_others(vault: Vault) -> None:
    other = Unlock(passphrase="somebody else")
    administer.grant(vault, "reader", ["image", "text"], other)
    old_grant = next((vault.folder / "grants").glob("image.1.reader"))
    administer.revoke(vault, "reader", ["image"])
    reader = Vault.open(vault.folder, other)
    assert not reader.opens("image")
    assert reader.opens("text")
    assert not old_grant.exists()
    owner = Vault.open(vault.folder, OWNER)
    assert owner.verify(data=True) == []
    with sealing(owner) as sealer:
        assert sealer.seal("image", b"new", media_type="image/png").session.generation == 2


def test_the_owner_cannot_lock_everyone_out(vault: Vault) -> None:
    with pytest.raises(UsageError, match="nobody"):
        administer.revoke(vault, "owner", ["image"])


def test_what_was_erased_does_not_open_even_with_the_older_catalog_and_all_grants(vault: Vault, tmp_path: Path) -> None:
    vault.catalog.close()
    older = tmp_path / "older.sqlite"
    source = sqlite3.connect(vault.folder / "catalog.sqlite")
    with sqlite3.connect(older) as target:
        source.backup(target)
    source.close()
    doomed = [one for one in of(vault, "text") if vault.attributes(one)["n"] == 0]
    stays = [one for one in of(vault, "text") if one not in doomed]
    certificate = administer.erase(vault, ["asset0"], {"asset0": doomed})
    assert certificate.objects == 2
    assert vault.asset_ids() == {"asset1"}
    assert vault.read(stays[0]) == b"text 1 " * 200_000
    vault.close()
    for name in ("catalog.sqlite-wal", "catalog.sqlite-shm"):
        (vault.folder / name).unlink(missing_ok=True)
    shutil.copy(older, vault.folder / "catalog.sqlite")
    again = Vault.open(vault.folder, OWNER)
    with pytest.raises(IntegrityError, match="destroyed"):
        again.read(doomed[0])


def test_a_certificate_is_signed_by_the_vault(vault: Vault) -> None:
    from polyveil.vault.keys import raw, signed_by

    certificate = administer.erase(vault, ["asset1"], {"asset1": []})
    assert signed_by(vault.ring.root, raw(certificate.signature), certificate.message())
    assert not signed_by(vault.ring.root, raw(certificate.signature), certificate.message() + b"x")


def test_wrong_keys_and_missing_vaults_are_said_plainly(made: Path, tmp_path: Path) -> None:
    with pytest.raises(UnlockError, match="wrong passphrase"):
        Vault.open(made, Unlock(passphrase="not it"))
    with pytest.raises(UsageError, match="is no vault"):
        Vault.open(tmp_path / "nowhere", OWNER)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match="is no vault"):
        Vault.create(tmp_path / "full", OWNER)
    with pytest.raises(UsageError, match="POLYVEIL_PASSPHRASE"):
        Vault.open(made, Unlock())
    assert ARGON2_PASSES >= 3


def test_a_key_file_unlocks_too(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    Vault.create(tmp_path / "v", Unlock(key_file=key)).close()
    assert len(Vault.open(tmp_path / "v", Unlock(key_file=key)).identity_key) == 32
    key.write_bytes(b"short")
    with pytest.raises(UsageError, match="32 bytes"):
        Vault.open(tmp_path / "v", Unlock(key_file=key))


def test_no_plaintext_and_no_key_lies_in_the_vault(vault: Vault) -> None:
    everything = b"".join(path.read_bytes() for path in vault.folder.rglob("*") if path.is_file())
    assert b"text 0 text 0" not in everything
    assert b"record 0" not in everything
    assert vault.identity_key not in everything
    assert vault.principal.pair.raw not in everything


def test_two_sealers_at_once_do_not_disturb_each_other(vault: Vault) -> None:
    sealed: list[Sealed] = []
    with sealing(vault) as first, sealing(vault) as second:
        for number in range(20):
            sealed.append(first.seal("table", f"a{number}".encode(), media_type="text/csv"))
            sealed.append(second.seal("table", f"b{number}".encode(), media_type="text/csv"))
    vault.commit("many", sealed)
    assert {vault.read(one.object_id) for one in sealed} == {f"{x}{n}".encode() for x in "ab" for n in range(20)}


def test_a_full_disk_is_said_plainly_and_stays_as_it_was(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with sealing(vault) as sealer:
        sealer.seal("text", b"x", media_type="text/plain")
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(VaultError, match="No space left"):
                sealer.flush()
    assert vault.verify(data=True) == []


def test_every_flipped_bit_is_detected_and_none_gives_wrong_bytes(made: Path, tmp_path: Path) -> None:
    choose = random.Random(20)
    right = {
        one.object_id: (one.compartment, Vault.open(made, OWNER).read(one.object_id))
        for one in Vault.open(made, OWNER).objects()
    }
    packs = sorted((made / "packs").rglob("*.pack")) + sorted((made / "packs").rglob("*.open"))
    epochs = sorted((made / "epochs").glob("*"))
    work = shutil.copytree(made, tmp_path / "v")
    opened = Vault.open(work, OWNER)
    for path in [*packs, *epochs]:
        target = work / path.relative_to(made)
        whole = path.read_bytes()
        for place in {choose.randrange(len(whole)) for _ in range(60)}:
            damaged = bytearray(whole)
            damaged[place] ^= 1 << choose.randrange(8)
            target.write_bytes(damaged)
            fresh = Vault(work, opened.ring, opened.principal, opened.catalog, opened.log)
            seen = 0
            for object_id, (_, data) in right.items():
                try:
                    assert fresh.read(object_id) == data
                except PolyveilError:
                    seen += 1
            assert seen or (path.suffix in (".pack", ".open") and _unread(path, place, opened))
        target.write_bytes(whole)


def _unread(path: Path, place: int, vault: Vault) -> bool:
    """Is this byte outside every object? Records before objects serve to rebuild an index, not to read."""
    rows = [row for row in vault.catalog.rows() if row.pack == path.stem]
    return not any(row.offset <= place < row.offset + row.length for row in rows)


@pytest.mark.parametrize("name", ["vault.json", "principals/owner.json", "grants/text.1.owner"])
def test_flipped_bits_in_key_files_are_detected(made: Path, tmp_path: Path, name: str) -> None:
    choose = random.Random(21)
    work = shutil.copytree(made, tmp_path / "v")
    whole = (made / name).read_bytes()
    for _ in range(12):
        damaged = bytearray(whole)
        damaged[choose.randrange(len(whole))] ^= 1 << choose.randrange(7)
        if _same_json(whole, bytes(damaged)):
            continue
        (work / name).write_bytes(damaged)
        with pytest.raises(PolyveilError):
            _read_texts(work)


def _read_texts(folder: Path) -> None:
    opened = Vault.open(folder, OWNER)
    for one in opened.objects("text"):
        opened.read(one.object_id)


def _same_json(a: bytes, b: bytes) -> bool:
    import json

    try:
        return bool(json.loads(a) == json.loads(b))
    except ValueError:
        return False


def test_swapped_objects_do_not_open(vault: Vault) -> None:
    first, second = of(vault, "image")
    db = sqlite3.connect(vault.folder / "catalog.sqlite")
    rows = {
        row[0]: row[1:] for row in db.execute("SELECT id, pack, offset, length FROM objects WHERE compartment='image'")
    }
    for one, other in ((first, second), (second, first)):
        db.execute("UPDATE objects SET pack=?, offset=?, length=? WHERE id=?", (*rows[other], one))
    db.commit()
    db.close()
    for one in (first, second):
        with pytest.raises(IntegrityError):
            vault.read(one)
