"""The spool: durable, sealed, and whole up to where it was torn."""

from __future__ import annotations

from pathlib import Path

import pytest

from polyveil.errors import IntegrityError
from polyveil.live.spool import Spool
from polyveil.vault import Unlock, Vault

RECORDS = [f"planted secret {number}".encode() * 20 for number in range(5)]


def written(vault: Vault, folder: Path) -> Path:
    spool = Spool(folder, vault, "one")
    segment = spool.segment()
    for record in RECORDS:
        segment.append(record)
    segment.sync()
    assert list(spool.read(segment.id)) == RECORDS
    segment.close()
    return segment.path


def test_another_process_reads_it_and_the_disk_does_not_show_it(vault: Path, key: Path, tmp_path: Path) -> None:
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        path = written(opened, tmp_path / "spool")
        again = Spool(tmp_path / "spool", opened, "one")
        assert again.waiting() == [path.stem]
        assert list(again.read(path.stem)) == RECORDS
        assert b"planted" not in path.read_bytes()
        again.done(path.stem)
        assert again.waiting() == []


@pytest.mark.parametrize("cut", [1, 10, 300, 500, 1400, 2000])
def test_torn_at_the_end(vault: Path, key: Path, tmp_path: Path, cut: int) -> None:
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        path = written(opened, tmp_path / "spool")
        path.write_bytes(path.read_bytes()[:-cut])
        read = list(Spool(tmp_path / "spool", opened, "one").read(path.stem))
        assert read == RECORDS[: len(read)]
        assert len(read) < len(RECORDS)
        assert cut > 300 or len(read) == len(RECORDS) - 1


def test_changed_or_of_another_source(vault: Path, key: Path, tmp_path: Path) -> None:
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        path = written(opened, tmp_path / "spool")
        with pytest.raises(IntegrityError):
            list(Spool(tmp_path / "spool", opened, "two").read(path.stem))
        data = bytearray(path.read_bytes())
        data[-400] ^= 1
        path.write_bytes(data)
        with pytest.raises(IntegrityError):
            list(Spool(tmp_path / "spool", opened, "one").read(path.stem))
