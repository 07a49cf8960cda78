"""Mailboxes: messages in order, separators that say nothing."""

import mailbox
from pathlib import Path

import pytest

from polyveil.collect.filetype import media_type
from polyveil.containers import mbox
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import Outcome, QuarantineCode
from polyveil.schema.part import Hints

MAIL = (
    "From: Valeska Okonjo <valeska.okonjo@example.org>\nTo: Marek Dvorak <m.dvorak@example.org>\n"
    "Subject: Letter {}\nMIME-Version: 1.0\n\nDear Mr Dvorak,\n>From here on call +44 20 7946 0958.\n"
)
BOX = "".join(
    f"From valeska.okonjo@example.org Thu Mar  7 10:00:0{n} 2024\n{MAIL.format(n)}\n" for n in range(3)
).encode()


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir, Limits(**bounds))


def test_messages_are_members_in_order(tmp_path: Path) -> None:
    for data in (BOX, BOX.replace(b"\n", b"\r\n")):
        assert media_type(data) == ("application/mbox", None)
        found = mbox.split(data, Hints(), _ctx(tmp_path)).members
        assert [one.key for one in found] == ["message/0", "message/1", "message/2"]
        for number, one in enumerate(found):
            assert isinstance(one.data, bytes)
            assert f"Letter {number}".encode() in one.data
            assert b"\nFrom here on" in one.data
            assert media_type(one.data)[0] == "message/rfc822"


def test_a_letter_that_begins_with_from_is_no_mailbox() -> None:
    assert media_type(b"From London we went on at 10:30 to Leeds.\nIt rained.\n")[0] == "text/plain"


def test_a_masked_mailbox_opens_and_holds_nothing(tmp_path: Path) -> None:
    source, target = tmp_path / "a.mbox", tmp_path / "b.mbox"
    source.write_bytes(BOX)
    (result,) = mask(source, target, load("default"), identity=Identity(b"k" * 32))
    assert (result.outcome, result.parts_quarantined, result.output) == (Outcome.PROTECTED, 0, str(target))
    data = target.read_bytes()
    box = mailbox.mbox(target)
    with_bodies = b"".join(bytes(one.get_payload(decode=True)) for one in box)
    assert [str(one["Subject"]) for one in box] == ["Letter 0", "Letter 1", "Letter 2"]
    box.close()
    for secret in (b"Valeska", b"Okonjo", b"okonjo", b"Dvorak", b"7946"):
        assert secret not in data + with_bodies


def test_limits(tmp_path: Path) -> None:
    for bounds in ({"max_members": 2}, {"max_text_bytes": 100}):
        with pytest.raises(AssetError) as caught:
            mbox.split(BOX, Hints(), _ctx(tmp_path, **bounds))
        assert caught.value.code is QuarantineCode.TOO_LARGE
