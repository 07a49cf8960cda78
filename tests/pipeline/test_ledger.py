from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from polyveil.errors import VaultError
from polyveil.identity import Identity
from polyveil.pipeline.job import Inspected, PartInspected
from polyveil.pipeline.ledger import Ledger
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Fingerprint
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality

KEY = Identity(bytes(range(32)))
OTHER = Identity(bytes(32))


def inspected(asset: str = "a1") -> Inspected:
    finding = Finding("PERSON", Span(3, 9), 0.9, "names", value="Quillon")
    mark = Fingerprint(b"e" * 32, b"near", (b"b1", b"b2"))
    part = PartInspected("", Modality.TEXT, "text/plain", 12, (finding,), mark, {"words": 3.0})
    return Inspected(asset, "00ff", "note.txt", "text/plain", 12, (part,))


def test_an_inspection_survives_reopening_with_its_values(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, KEY) as ledger:
        ledger.start(["k1", "k2"])
        ledger.inspected("k1", inspected())
    with Ledger(path, KEY) as ledger:
        assert ledger.unfinished()
        ((key, found),) = ledger.inspections()
        assert key == "k1"
        assert found == inspected()
        assert found.parts[0].findings[0].value == "Quillon"
        ledger.finish([("k1", "protected", "a1"), ("k2", "quarantined", "a2")])
        assert not ledger.unfinished()
        assert list(ledger.inspections()) == []
        assert ledger.forget_quarantined(["k1", "k2"]) == {"a2"}
        assert ledger.stages() == {"k1": "protected"}


def test_no_value_and_no_mark_lies_open_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, KEY) as ledger:
        ledger.inspected("k1", inspected())
        ledger.claim("a1", b"exact-mark", [(Modality.TEXT, Fingerprint(b"e" * 32, b"near-mark", (b"band-mark",)))])
    raw = b"".join(item.read_bytes() for item in tmp_path.iterdir())
    for secret in (b"Quillon", b"note.txt", b"exact-mark", b"near-mark", b"band-mark"):
        assert secret not in raw


def test_rows_of_another_key_are_done_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, KEY) as ledger:
        ledger.inspected("k1", inspected())
    with Ledger(path, OTHER) as ledger:
        assert list(ledger.inspections()) == []


def test_claims_are_found_by_shared_bands_and_released(tmp_path: Path) -> None:
    mark = Fingerprint(b"e" * 32, b"n", (b"b1", b"b2"))
    with Ledger(tmp_path / "ledger.sqlite", KEY) as ledger:
        ledger.claim("a1", b"m1", [(Modality.IMAGE, mark)])
        assert ledger.exact(b"m1") == "a1"
        assert ledger.exact(b"m2") is None
        assert ledger.sharing(Modality.IMAGE, [b"b2", b"zz"]) == {"a1": [Fingerprint(b"e" * 32, b"n")]}
        assert ledger.sharing(Modality.AUDIO, [b"b2"]) == {}
        ledger.release("a1")
        assert ledger.exact(b"m1") is None
        assert ledger.sharing(Modality.IMAGE, [b"b2"]) == {}


def test_the_first_claim_of_a_mark_wins(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite", KEY) as ledger:
        ledger.claim("a1", b"m", [])
        ledger.claim("a2", b"m", [])
        assert ledger.exact(b"m") == "a1"


def test_a_file_that_is_no_database_is_a_vault_error(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database, and long enough to be read as one" * 10)
    with pytest.raises(VaultError, match="ledger"):
        Ledger(path, KEY)


def test_the_schema_keeps_keys_only(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger(path, KEY).close()
    tables = {row[0] for row in sqlite3.connect(path).execute("SELECT name FROM sqlite_master WHERE type='table'")}
    assert tables == {"jobs", "exact", "marks", "bands"}
