from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.vault.conftest import SHARED, TEXTS, asset, of

from polyveil.errors import IntegrityError, UnlockError, UsageError
from polyveil.vault import COMPARTMENTS, Unlock, Vault, epochs
from polyveil.vault import erase as room
from polyveil.vault.catalog import Catalog
from polyveil.vault.erase import erase
from polyveil.vault.gc import gc
from polyveil.vault.grants import grant
from polyveil.vault.reader import Reader
from polyveil.vault.rotate import reencrypt, rotate


def objects_of(vault: Vault, name: str) -> list[str]:
    return [
        one for part in ("text", "image", "audio") for one in of(vault, part) if vault.attributes(one)["of"] == name
    ]


def backup_catalog(folder: Path, target: Path) -> None:
    source = sqlite3.connect(folder / "catalog.sqlite")
    with sqlite3.connect(target) as copy:
        source.backup(copy)
    copy.close()
    source.close()


def test_what_was_erased_opens_with_no_older_catalog_and_no_grant(folder: Path, owner: Unlock, tmp_path: Path) -> None:
    """Every file after the erasure and before a collection, with yesterday's catalog, all grants and all sessions."""
    with Vault.open(folder, owner) as vault:
        rotate(vault, "text")
        reencrypt(vault, "text")  # the older ciphertext still lies in its pack, under its older secret
        doomed = objects_of(vault, "one")
        record = vault.catalog.assets()["one"]
        stays = objects_of(vault, "two")
        backup_catalog(folder, tmp_path / "older.sqlite")
        packs = shutil.copytree(folder / "packs", tmp_path / "packs")
        certificate = erase(vault, ["one"], {"one": doomed})
        assert certificate.holds(vault.ring.root)
        assert certificate.objects == 4
        assert vault.asset_ids() == {"two"}
        assert vault.catalog.assets_of("anna") == set()
        assert {vault.read(one) for one in stays} >= {TEXTS[1], SHARED}
    copied = shutil.copytree(folder, tmp_path / "copied")
    shutil.copytree(packs, copied / "packs", dirs_exist_ok=True)
    for older in (Catalog(tmp_path / "older.sqlite"), Catalog(copied / "catalog.sqlite")):
        with Vault.open(copied, owner) as again:
            reader = Reader(copied, again.ring, again.principal, older, again.store)
            for object_id in (*doomed, record):
                with pytest.raises(IntegrityError):
                    reader.open(bytes.fromhex(object_id))
            known = {row.id: row for row in older.rows()}
            gone = set(known) - {row.id for row in again.catalog.rows()}
            for unit in gone:  # no unit of the erased opens on its own either, whatever epoch one tries
                for epoch in epochs.all_epochs(copied / "epochs" / COMPARTMENTS[known[unit].compartment]):
                    assert unit not in epochs.read(copied / "epochs" / COMPARTMENTS[known[unit].compartment], epoch)
        older.close()
    raw = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix == ".key")
    assert len(raw) == 32 * len(list(folder.rglob("*.key")))


def test_shared_content_survives_for_the_other_subject_only(vault: Vault) -> None:
    erase(vault, ["one"], {"one": objects_of(vault, "one")})
    (left,) = of(vault, "image")
    assert vault.read(left) == SHARED
    assert vault.verify(data=True) == []
    erase(vault, ["two"], {"two": objects_of(vault, "two")})
    assert list(vault.catalog.rows()) == []
    assert vault.verify(data=True) == []


def test_a_certificate_is_of_its_vault_and_of_its_words(vault: Vault) -> None:
    from dataclasses import replace

    certificate = erase(vault, ["two"], {"two": objects_of(vault, "two")})
    assert certificate.holds(vault.ring.root)
    assert not replace(certificate, assets=("one",)).holds(vault.ring.root)
    assert not certificate.holds(os.urandom(32))


def test_erasing_takes_an_administrator_with_grants_and_an_asset(vault: Vault, reader_key: Unlock) -> None:
    with pytest.raises(UsageError, match="not in this vault"):
        erase(vault, ["nine"], {})
    grant(vault, "reader", ["linkage"], reader_key, administers=True)
    with (
        Vault.open(vault.folder, reader_key) as reader,
        pytest.raises(UnlockError, match="no grant for compartment"),
    ):
        erase(reader, ["one"], {"one": objects_of(vault, "one")})
    assert vault.verify(data=True) == []


@pytest.mark.parametrize("moment", ["before the catalog let go", "after the catalog let go"])
def test_a_killed_erasure_is_finished_or_taken_back(
    folder: Path, owner: Unlock, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    class KilledError(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise KilledError

    with Vault.open(folder, owner) as vault:
        doomed = objects_of(vault, "one")
        with monkeypatch.context() as patched:
            if moment.startswith("before"):
                patched.setattr(Catalog, "apply", kill)
            else:
                patched.setattr(room, "finish", kill)
            with pytest.raises(KilledError):
                erase(vault, ["one"], {"one": doomed})
    assert list((folder / "epochs").glob("*/*.erase"))
    with Vault.open(folder, owner) as again:
        assert not list((folder / "epochs").glob("*/*.erase"))
        assert again.verify(data=True) == []
        assert again.asset_ids() == ({"one", "two"} if moment.startswith("before") else {"two"})
        assert TEXTS[1] in {again.read(one) for one in of(again, "text")}


def test_a_collection_takes_garbage_and_nothing_else(vault: Vault) -> None:
    sealer = vault.sealer()
    sealer.seal("video", os.urandom(2_000_000), media_type="test/video")  # never committed
    sealer.close()
    size = sum(path.stat().st_size for path in (vault.folder / "packs").rglob("*.pack"))
    assert gc(vault).packs == 0  # it may be about to be committed
    erase(vault, ["one"], {"one": objects_of(vault, "one")})
    done = gc(vault, grace=0)
    after = sum(path.stat().st_size for path in (vault.folder / "packs").rglob("*.pack"))
    assert done.bytes_freed > 2_000_000
    assert 0 <= done.bytes_freed - (size - after) <= 36 * 2 * len(COMPARTMENTS)  # a new pack has a trailer of its own
    assert vault.verify(data=True) == []
    assert {vault.read(one) for one in of(vault, "text")} == {TEXTS[1]}
    assert gc(vault, grace=0).bytes_freed == 0
    assert [event["event"] for event in vault.log.events()].count("gc") == 3


def test_a_sparse_pack_is_written_anew(vault: Vault) -> None:
    names = [f"a{n}" for n in range(20)]
    sealer = vault.sealer()
    data = {name: os.urandom(100_000) for name in names}
    sealed = {name: sealer.seal("video", data[name], media_type="test/video") for name in names}
    records = {name: sealer.seal("linkage", b"r", media_type="test/record") for name in names}
    sealer.close()
    vault.commit_many((name, [sealed[name], records[name]], []) for name in names)
    erase(vault, names[2:], {name: [sealed[name].object_id] for name in names[2:]})
    done = gc(vault, grace=0)
    assert done.rewritten >= 1
    assert {vault.read(sealed[name].object_id) for name in names[:2]} == {data[name] for name in names[:2]}
    assert vault.verify(data=True) == []


def test_a_secret_that_was_replaced_is_collected(vault: Vault) -> None:
    asset(vault, "three", {"table": b"rows" * 9000})
    rotate(vault, "table")
    assert reencrypt(vault, "table") == 2
    assert gc(vault, grace=0).secrets == 2
    assert vault.verify(data=True) == []
    (one,) = of(vault, "table")
    assert vault.read(one) == b"rows" * 9000
