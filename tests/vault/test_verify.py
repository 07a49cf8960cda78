from __future__ import annotations

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.vault.conftest import SHARED, TEXTS, asset, of

from polyveil.errors import IntegrityError, PolyveilError, VerificationError
from polyveil.vault import COMPARTMENTS, Unlock, Vault
from polyveil.vault.erase import erase
from polyveil.vault.grants import grant

FLIPS = 1000


def files_of(folder: Path) -> list[Path]:
    """Everything that the format names: packs, catalog, key files, log. Locks and the ledger are no part of it."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock" and "state" not in path.parts
    )


def look(folder: Path, owner: Unlock, right: dict[str, bytes]) -> str:
    """What somebody who opens, verifies and reads this vault is told; wrong bytes fail the test."""
    try:
        with Vault.open(folder, owner) as vault:
            damages = vault.verify(data=True)
            for object_id, data in right.items():
                try:
                    assert vault.read(object_id) == data
                except PolyveilError:
                    assert damages, "a damage that verification did not find"
            return "; ".join(damage.problem for damage in damages)
    except PolyveilError as error:
        return str(error)


@pytest.fixture
def still(tmp_path: Path, owner: Unlock, reader_key: Unlock) -> tuple[Path, dict[str, bytes]]:
    """A vault that has seen everything and was closed."""
    folder = tmp_path / "still"
    with Vault.create(folder, owner) as vault:
        for number in range(3):
            parts = {"text": b"words %d" % number * 900, "image": SHARED, "video": os.urandom(30_000)}
            asset(vault, str(number), parts, subject="anna")
        grant(vault, "reader", ["image"], reader_key)
        erase(vault, ["2"], {"2": [one for one in of(vault, "video") if vault.attributes(one)["of"] == "2"]})
        vault.put_record("run/1", b"run")
        right = {one.object_id: vault.read(one.object_id) for one in vault.objects()}
    return folder, right


def test_a_thousand_flipped_bits_are_all_detected(still: tuple[Path, dict[str, bytes]], owner: Unlock) -> None:
    """Half of the places at random over all bytes, half at random over files: most bytes are in packs."""
    folder, right = still
    assert look(folder, owner, right) == ""
    choose = random.Random(20)
    whole = {path: path.read_bytes() for path in files_of(folder)}
    assert {path.parts[len(folder.parts)] for path in whole} >= {
        "packs",
        "epochs",
        "sessions",
        "grants",
        "principals",
        "catalog.sqlite",
        "catalog.sum",
        "vault.json",
        "audit.jsonl",
    }
    paths = [path for path, data in whole.items() if data]
    weights = [len(whole[path]) for path in paths]
    chosen = choose.choices(paths, weights, k=FLIPS // 2) + choose.choices(paths, k=FLIPS // 2)
    missed = []
    for path in chosen:
        at, bit = choose.randrange(len(whole[path])), choose.randrange(8)
        damaged = bytearray(whole[path])
        damaged[at] ^= 1 << bit
        path.write_bytes(damaged)
        if not look(folder, owner, right):
            missed.append((path.relative_to(folder), at, bit))
        for name in ("catalog.sqlite-wal", "catalog.sqlite-shm"):
            (folder / name).unlink(missing_ok=True)
        for one in (path, folder / "audit.jsonl", folder / "catalog.sqlite"):
            one.write_bytes(whole[one])
    assert missed == []


def test_damage_is_named_and_the_rest_is_readable(vault: Vault) -> None:
    (first, second) = of(vault, "audio")
    row = vault.catalog.row(bytes.fromhex(first))
    assert row is not None
    (path,) = (vault.folder / "packs").rglob(f"{row.pack.hex()}.*")
    data = bytearray(path.read_bytes())
    data[row.offset + 60] ^= 4
    path.write_bytes(data)
    assert [(one.object_id, one.compartment) for one in vault.verify()] == [(first, "audio")]
    assert len(vault.read(second)) == 300
    with pytest.raises(IntegrityError, match="damaged"):
        vault.read(first)


def test_a_lost_pack_names_its_objects_only(vault: Vault) -> None:
    shared = of(vault, "image")
    row = next(row for row in vault.catalog.rows(COMPARTMENTS.index("image"), 0))
    (path,) = (vault.folder / "packs").rglob(f"{row.pack.hex()}.*")
    inside = {one.id.hex() for one in vault.catalog.rows() if one.pack == row.pack}
    path.unlink()
    named = {one.object_id for one in vault.verify(data=True)}
    assert named == set(shared)  # both hold the piece that was in it
    assert inside - {row.id.hex()} <= named
    assert {vault.read(one) for one in of(vault, "text")} == set(TEXTS)


def swap(folder: Path, one: bytes, other: bytes) -> None:
    """Let two catalog rows change their places, in every way that the catalog allows."""
    db = sqlite3.connect(folder / "catalog.sqlite")
    columns = 'session, epoch, pack, "offset", length'
    rows = {row[0]: row[1:] for row in db.execute(f"SELECT id, {columns} FROM units")}
    for first, second in ((one, other), (other, one)):
        db.execute(
            'UPDATE units SET session=?, epoch=?, pack=?, "offset"=?, length=? WHERE id=?', (*rows[second], first)
        )
    db.commit()
    db.close()


def test_swapped_objects_do_not_open(vault: Vault) -> None:
    first, second = of(vault, "audio")
    swap(vault.folder, bytes.fromhex(first), bytes.fromhex(second))
    for one in (first, second):
        with pytest.raises(IntegrityError):
            vault.read(one)
    assert {one.object_id for one in vault.verify()} >= {first, second}


def test_ciphertext_swapped_between_compartments_does_not_open(vault: Vault) -> None:
    sound, text = of(vault, "audio")[0], of(vault, "text")[0]
    swap(vault.folder, bytes.fromhex(sound), bytes.fromhex(text))
    for one in (sound, text):
        with pytest.raises(IntegrityError):
            vault.read(one)
    assert {one.object_id for one in vault.verify()} >= {sound, text}


def test_nothing_of_another_vault_opens_in_this_one(folder: Path, owner: Unlock, tmp_path: Path) -> None:
    with Vault.create(tmp_path / "other", owner) as other:
        made = asset(other, "one", {"audio": b"of the other vault"})
    with Vault.open(folder, owner) as vault:
        for kind in ("packs", "epochs", "sessions"):
            shutil.copytree(tmp_path / "other" / kind, folder / kind, dirs_exist_ok=True)
        source = sqlite3.connect(tmp_path / "other" / "catalog.sqlite")
        target = sqlite3.connect(folder / "catalog.sqlite")
        rows = source.execute("SELECT * FROM units").fetchall()
        target.executemany(f"INSERT INTO units VALUES ({','.join('?' * len(rows[0]))})", rows)
        target.commit()
        for db in (source, target):
            db.close()
        with pytest.raises(IntegrityError):
            vault.read(made["audio"].object_id)
        assert SHARED in {vault.read(one) for one in of(vault, "image")}
    for name in ("vault.json", "principals/owner.json"):
        work = shutil.copytree(folder, tmp_path / f"v-{name.replace('/', '-')}")
        shutil.copy(tmp_path / "other" / name, work / name)
        with pytest.raises(PolyveilError):
            Vault.open(work, owner)


@pytest.mark.parametrize("what", ["truncated", "edited", "forged"])
def test_a_log_that_lies_is_found(folder: Path, owner: Unlock, what: str) -> None:
    with Vault.open(folder, owner) as vault:
        head = vault.signed_head()
        lines = vault.log.lines()
    path = folder / "audit.jsonl"
    if what == "truncated":
        path.write_bytes(b"\n".join(lines[:-2]) + b"\n")
    elif what == "edited":
        path.write_bytes(b"\n".join([*lines[:-1], lines[-1].replace(b'"open"', b'"oben"')]) + b"\n")
    else:
        import json

        row = {**json.loads(lines[-1]), "assets": 3}
        path.write_bytes(b"\n".join([*lines[:-1], json.dumps(row, sort_keys=True).encode()]) + b"\n")
    with Vault.open(folder, owner) as vault, pytest.raises(VerificationError):
        vault.log.verify(vault.check_head(head), signing=vault.signing_keys())
    if what != "truncated":
        with Vault.open(folder, owner) as vault:
            assert "audit.jsonl" in {one.object_id for one in vault.verify()}


def test_a_reader_beside_a_writer_raises_no_false_alarm(folder: Path, owner: Unlock) -> None:
    with Vault.open(folder, owner) as reader:
        rows = reader.catalog.rows()
        next(rows)  # a read transaction, that keeps the WAL
        with Vault.open(folder, owner) as writer:
            asset(writer, "three", {"text": b"beside" * 4000})
        assert [damage for damage in reader.verify() if damage.object_id == "catalog.sqlite"] == []
        list(rows)
    with Vault.open(folder, owner) as again:
        assert again.verify(data=True) == []
        asset(again, "four", {"text": b"later" * 4000})
    assert (folder / "catalog.sum").exists()
    with Vault.open(folder, owner) as again:
        assert again.verify(data=True) == []
