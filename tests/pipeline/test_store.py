from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from polyveil.errors import IntegrityError, UnlockError, UsageError
from polyveil.pipeline.forget import erase_stored, forget
from polyveil.pipeline.restore import restore
from polyveil.pipeline.store import snapshots, store
from polyveil.vault import Unlock, Vault
from polyveil.vault.content import Manifest
from polyveil.vault.gc import gc
from polyveil.vault.grants import grant


@pytest.fixture
def offer(tmp_path: Path) -> Unlock:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    return Unlock(key_file=key)


@pytest.fixture
def vault(tmp_path: Path, offer: Unlock) -> Iterator[Vault]:
    with Vault.create(tmp_path / "v", offer) as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Small and large, empty, linked, nested, with modes and odd names."""
    root = tmp_path / "files"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "nothing").mkdir()
    dice = random.Random(4)
    for number in range(40):
        (root / "deep" / f"n{number}.txt").write_bytes(f"letter {number} ".encode() * dice.randrange(1, 900))
    (root / "deep" / "er" / "film.bin").write_bytes(dice.randbytes(3_300_000))
    (root / "twice.bin").write_bytes((root / "deep" / "er" / "film.bin").read_bytes())
    (root / "table.csv").write_bytes(b"".join(b"%d,%d\n" % (n, n * n) for n in range(120_000)))
    (root / "empty").touch()
    (root / "名前 with space\n").write_bytes(b"odd")
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o750)
    (root / "link").symlink_to("deep/n1.txt")
    (root / "dangling").symlink_to("nowhere")
    os.utime(root / "empty", ns=(10**18, 10**18 + 12345))
    return root


def tree(root: Path) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(root.rglob("*")):
        state = path.lstat()
        kind = stat.S_IFMT(state.st_mode)
        content: object = path.read_bytes() if kind == stat.S_IFREG else ""
        target = str(path.readlink()) if kind == stat.S_IFLNK else ""
        mode, time = (0, 0) if kind == stat.S_IFLNK else (state.st_mode, state.st_mtime_ns)
        found[str(path.relative_to(root))] = (kind, mode, time, target, content)
    return found


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("level", [1, 3])
def test_what_was_stored_comes_back_as_it_was(
    vault: Vault, files: Path, tmp_path: Path, workers: int, level: int
) -> None:
    done = store(vault, [files], level=level, workers=workers)
    assert done.skipped == ()
    assert done.files == 46
    assert done.written < done.size - 3_300_000  # the film is there once
    back = restore(vault, tmp_path / "back", workers=workers)
    assert (back.files, back.size, back.damaged) == (done.files, done.size, ())
    assert tree(tmp_path / "back" / "files") == tree(files)
    assert vault.verify(data=True) == []


def test_only_what_changed_is_written_again(vault: Vault, files: Path, tmp_path: Path) -> None:
    first = store(vault, [files])
    again = store(vault, [files])
    assert (again.unchanged, again.written) == (first.files, 0)
    data = bytearray((files / "table.csv").read_bytes())
    data[500_000:500_000] = b"1,1\n"
    (files / "table.csv").write_bytes(data)
    (files / "deep" / "n3.txt").unlink()
    third = store(vault, [files])
    assert third.unchanged == first.files - 2
    assert third.written < 0.6 * first.written
    restore(vault, tmp_path / "back")
    assert tree(tmp_path / "back" / "files") == tree(files)
    ids = [name for name, _ in snapshots(vault)]
    restore(vault, tmp_path / "older", snapshot=ids[0])
    assert (tmp_path / "older" / "files" / "deep" / "n3.txt").exists()
    assert vault.verify(data=True) == []


def test_chosen_paths_come_back_alone(vault: Vault, files: Path, tmp_path: Path) -> None:
    store(vault, [files])
    done = restore(vault, tmp_path / "back", paths=["files/deep/er", "files/empty"])
    assert sorted(str(path.relative_to(tmp_path / "back")) for path in (tmp_path / "back").rglob("*")) == [
        "files",
        "files/deep",
        "files/deep/er",
        "files/deep/er/film.bin",
        "files/empty",
    ]
    assert done.files == 2
    with pytest.raises(UsageError, match="nothing at these paths"):
        restore(vault, tmp_path / "none", paths=["files/dee"])
    with pytest.raises(UsageError, match="not an empty folder"):
        restore(vault, files)
    with pytest.raises(UsageError, match="no such snapshot"):
        restore(vault, tmp_path / "none", snapshot="x")


def test_a_forgotten_snapshot_gives_its_space_back_and_no_other_s(vault: Vault, files: Path, tmp_path: Path) -> None:
    store(vault, [files])
    shutil.rmtree(files / "deep")
    store(vault, [files])
    first, _second = (name for name, _ in snapshots(vault))
    (files / "twice.bin").unlink()
    assert forget(vault, first) > 0
    assert gc(vault, grace=0).packs >= 0
    assert vault.verify(data=True) == []
    restore(vault, tmp_path / "back")
    assert (tmp_path / "back" / "files" / "twice.bin").stat().st_size == 3_300_000
    with pytest.raises(UsageError, match="no such snapshot"):
        forget(vault, first)


def test_an_erased_path_is_gone_from_every_snapshot(vault: Vault, files: Path, tmp_path: Path) -> None:
    store(vault, [files])
    (files / "later").write_bytes(b"later")
    store(vault, [files])
    with pytest.raises(UsageError, match="at these paths"):
        erase_stored(vault, ["files/nobody"])
    done = erase_stored(vault, ["files/deep"])
    assert done.holds(vault.ring.root)
    assert vault.verify(data=True) == []
    for number, (name, _) in enumerate(snapshots(vault)):
        restore(vault, tmp_path / str(number), snapshot=name)
        assert not (tmp_path / str(number) / "files" / "deep").exists()
        assert (tmp_path / str(number) / "files" / "twice.bin").stat().st_size == 3_300_000  # its own copy of the film
    erase_stored(vault, ["files"])
    assert vault.info()["compartments"]["originals"]["pieces"] == 0


def test_a_damaged_file_is_named_and_the_others_come_back(vault: Vault, files: Path, tmp_path: Path) -> None:
    store(vault, [files])
    (object_id,) = {one for _, row in snapshots(vault) for one in row["objects"]}
    _, manifest = vault.reader.manifest(bytes.fromhex(object_id))
    entries = manifest.attributes["entries"]
    place = sum(manifest.attributes["pieces"][: [row[0] for row in entries].index("files/table.csv")])
    row = vault.catalog.row(manifest.pieces[place].unit)
    assert row is not None
    (path,) = (vault.folder / "packs").rglob(f"{row.pack.hex()}.*")
    data = bytearray(path.read_bytes())
    data[row.offset + 70] ^= 1
    path.write_bytes(data)
    done = restore(vault, tmp_path / "back")
    assert [name for name, _ in done.damaged] == ["files/table.csv"]
    assert not (tmp_path / "back" / "files" / "table.csv").exists()
    right = tree(files)
    right.pop("table.csv")
    assert tree(tmp_path / "back" / "files") == right


def test_a_snapshot_cannot_lead_outside(
    vault: Vault, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(vault, [files])
    really = Manifest.parse

    def crafted(raw: bytes) -> Manifest:
        made = really(raw)
        for row in made.attributes.get("entries", ()):
            row[0] = row[0].replace("files/empty", "files/../../outside")
        return made

    monkeypatch.setattr(Manifest, "parse", crafted)
    done = restore(vault, tmp_path / "deep" / "back")
    assert [problem for _, problem in done.damaged] == ["a snapshot names a path outside of itself"]
    assert not (tmp_path / "outside").exists()


def test_a_file_that_cannot_be_read_is_named(vault: Vault, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.open

    def refuse(path: str, *rest: int, **more: int) -> int:
        if str(path).endswith("n7.txt"):
            raise PermissionError(13, "Permission denied")
        return really(path, *rest, **more)

    monkeypatch.setattr(os, "open", refuse)
    done = store(vault, [files])
    assert done.skipped == (("files/deep/n7.txt", "PermissionError"),)
    assert done.files == 45


def test_who_may_store_need_not_read(vault: Vault, files: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_bytes(os.urandom(32))
    grant(vault, "depositor", ["identity"], Unlock(key_file=other))
    with Vault.open(vault.folder, Unlock(key_file=other)) as depositor:
        assert store(depositor, [files]).files == 46
        assert store(depositor, [files]).written > 0  # it cannot see what it did, yet content is known again
        with pytest.raises(UnlockError):
            restore(depositor, tmp_path / "back")
        with pytest.raises(UnlockError):
            erase_stored(depositor, ["files"])
    assert restore(vault, tmp_path / "back").files == 46
    assert vault.info()["compartments"]["originals"]["bytes"] < 6_000_000


def test_missing_sources_and_empty_vaults_are_said_plainly(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        store(vault, [tmp_path / "none"])
    with pytest.raises(UsageError, match="nothing was stored"):
        restore(vault, tmp_path / "back")


def test_damage_in_a_manifest_is_an_integrity_error(vault: Vault, files: Path) -> None:
    store(vault, [files])
    object_id = next(snapshots(vault))[1]["objects"][0]
    row = vault.catalog.row(bytes.fromhex(object_id))
    assert row is not None
    (path,) = (vault.folder / "packs").rglob(f"{row.pack.hex()}.*")
    data = bytearray(path.read_bytes())
    data[row.offset + 70] ^= 1
    path.write_bytes(data)
    with pytest.raises(IntegrityError):
        vault.reader.manifest(bytes.fromhex(object_id))
