from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.errors import VerificationError
from polyveil.vault.audit import AuditLog, included, inclusion_proof, merkle_root
from polyveil.vault.keys import Signer

SIGNER = Signer.generate()
KEYS = {"owner": SIGNER.public}


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    log = AuditLog(tmp_path / "audit.jsonl", "v")
    for number in range(7):
        log.append("export", "owner", SIGNER, files=number)
    return log


def test_an_untouched_log_verifies_and_grows(log: AuditLog) -> None:
    head = log.verify()
    assert head.size == 7
    log.append("grant", "owner", SIGNER)
    assert log.verify(head).size == 8


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [*lines[:3], lines[3].replace(b'"files": 3', b'"files": 4'), *lines[4:]],
        lambda lines: [*lines[:3], *lines[4:]],
        lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
        lambda lines: lines[1:],
    ],
    ids=["edited", "dropped", "reordered", "beheaded"],
)
def test_the_chain_shows_a_changed_log(
    log: AuditLog, tmp_path: Path, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    (tmp_path / "audit.jsonl").write_bytes(b"\n".join(change(log.lines())) + b"\n")
    with pytest.raises(VerificationError):
        log.verify()


def test_truncation_shows_against_an_exported_head(log: AuditLog, tmp_path: Path) -> None:
    head = log.head()
    (tmp_path / "audit.jsonl").write_bytes(b"\n".join(log.lines()[:5]) + b"\n")
    log.verify()  # a chain alone cannot tell
    with pytest.raises(VerificationError, match="2 events are missing"):
        log.verify(head)


def test_a_rewritten_log_shows_against_an_exported_head(log: AuditLog, tmp_path: Path) -> None:
    head = log.head()
    (tmp_path / "audit.jsonl").unlink()
    for number in range(9):
        log.append("export", "owner", SIGNER, files=number)
    with pytest.raises(VerificationError, match="exported head"):
        log.verify(head)


def test_a_torn_last_line_is_no_event_and_is_overwritten(log: AuditLog, tmp_path: Path) -> None:
    with (tmp_path / "audit.jsonl").open("ab") as stream:
        stream.write(b'{"event": "half')
    assert log.verify().size == 7
    log.append("grant", "owner", SIGNER)
    assert log.verify().size == 8


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=33), st.data())
def test_inclusion_proofs_hold_for_their_leaf_only(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, proof = merkle_root(leaves), inclusion_proof(leaves, index)
    assert included(leaves[index], proof, root)
    assert not included(leaves[index] + b"x", proof, root)


def test_the_empty_and_the_known_tree_of_rfc_6962() -> None:
    # test vectors of the certificate-transparency reference implementation
    assert merkle_root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    leaves = [
        bytes.fromhex(one)
        for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
    ]
    assert merkle_root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
