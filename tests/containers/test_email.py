"""E-mail: headers and bodies become texts, attachments members, and a valid message comes back."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polyveil.containers import email as container
from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known

NAME, ADDRESS = "Okonjo Valeska", "okonjo@valeska.example"


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir, Limits(**bounds))


def _message() -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = f"{NAME} <{ADDRESS}>"
    mail["To"] = "张慕鸢 <muyuan@valeska.example>"
    mail["Subject"] = "化验单 results"
    mail["Date"] = "Mon, 23 Nov 2026 10:12:00 +0800"
    mail["Message-ID"] = "<first@valeska-laptop.example>"
    mail["References"] = "<zero@valeska-laptop.example> <first@valeska-laptop.example>"
    mail["Received"] = "from valeska-laptop (10.1.2.3)"
    mail["X-Originating-IP"] = "10.1.2.3"
    mail.set_content("Dear all, 你好\n")
    mail.add_alternative('<p>Dear all <img src="cid:pic@valeska"></p>', subtype="html")
    mail.get_payload(1).add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<pic@valeska>")  # type: ignore[union-attr]
    mail.add_attachment(b"id,name\n1,x\n", "text", "csv", filename="Okonjo Valeska.csv")
    return mail


def _bytes(data: bytes | Path) -> bytes:
    return data if isinstance(data, bytes) else data.read_bytes()


def _split(data: bytes, tmp_path: Path) -> tuple[Split, dict[str, Member]]:
    result = container.split(data, Hints(), _ctx(tmp_path))
    return result, {one.key: one for one in result.members}


def _pieces(members: dict[str, Member], **changed: bytes) -> dict[str, Piece]:
    suffixes = {"text/html": ".html", "text/plain": ".txt"}
    return {
        key: Piece(changed.get(key, one.data), one.media_type, suffixes.get(one.media_type, ".bin"))
        for key, one in members.items()
    }


def _parsed(joined: Joined) -> EmailMessage:
    parsed = message_from_bytes(_bytes(joined.data), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def test_split_gives_headers_bodies_and_attachments(tmp_path: Path) -> None:
    _, members = _split(_message().as_bytes(), tmp_path)
    assert list(members) == ["headers", "body/0", "body/1", "attachment/0", "attachment/1"]
    assert _bytes(members["headers"].data).decode().splitlines() == [
        f"From: {NAME} <{ADDRESS}>",
        "To: 张慕鸢 <muyuan@valeska.example>",
        "Subject: 化验单 results",
        "Date: 2026-11-23 10:12:00+08:00",
    ]
    assert _bytes(members["body/0"].data).decode().strip() == "Dear all, 你好"
    assert "cid:part0" in _bytes(members["body/1"].data).decode()
    assert members["attachment/1"].hints.name == "attachment.csv"
    assert [members[key].modality for key in members] == [Modality.TEXT] * 3 + [None] * 2


def test_people_of_the_headers_are_known_to_all_members(tmp_path: Path) -> None:
    _, members = _split(_message().as_bytes(), tmp_path)
    for member in members.values():
        assert {Known("PERSON", NAME), Known("EMAIL_ADDRESS", ADDRESS), Known("PERSON", "张慕鸢")} <= set(
            member.hints.known
        )


def test_the_skeleton_holds_nothing_personal(tmp_path: Path) -> None:
    result, _ = _split(_message().as_bytes(), tmp_path)
    assert "valeska" not in repr(result.skeleton).lower()


def test_join_makes_a_valid_message_without_traces(tmp_path: Path) -> None:
    result, members = _split(_message().as_bytes(), tmp_path)
    head = "From: Ann Poe <ann@poe.example>\nTo: [REDACTED]\nSubject: 化验\nDate: 2026-01-02 03:04:05+08:00\n"
    joined = container.join(result.skeleton, _pieces(members, headers=head.encode()), _ctx(tmp_path))
    parsed = _parsed(joined)
    assert parsed["From"] == "Ann Poe <ann@poe.example>"
    assert parsed["From"].addresses[0].addr_spec == "ann@poe.example"
    assert parsed["To"].groups[0].display_name == "[REDACTED]"
    assert not parsed["To"].defects
    assert parsed["Subject"] == "化验"
    assert parsed["Date"].datetime.isoformat() == "2026-01-02T03:04:05+08:00"
    body = parsed.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Dear all, 你好"
    assert [one.get_filename() for one in parsed.iter_attachments()] == ["attachment-1.bin"]
    assert b"<part0>" in _bytes(joined.data)
    assert b"valeska" not in _bytes(joined.data).lower()


def test_the_same_members_give_the_same_bytes(tmp_path: Path) -> None:
    result, members = _split(_message().as_bytes(), tmp_path)
    made = [_bytes(container.join(result.skeleton, _pieces(members), _ctx(tmp_path)).data) for _ in range(2)]
    assert made[0] == made[1]


def test_threads_hang_together(tmp_path: Path) -> None:
    result, members = _split(_message().as_bytes(), tmp_path)
    parsed = _parsed(container.join(result.skeleton, _pieces(members), _ctx(tmp_path)))
    assert parsed["References"].split()[1] == parsed["Message-ID"]


@pytest.mark.parametrize("missing", ["body/0", "body/1", "attachment/0", "attachment/1"])
def test_absent_members_are_left_out(missing: str, tmp_path: Path) -> None:
    result, members = _split(_message().as_bytes(), tmp_path)
    del members[missing]
    parsed = _parsed(container.join(result.skeleton, _pieces(members), _ctx(tmp_path)))
    assert sum(not one.is_multipart() for one in parsed.walk()) == 3


def test_join_without_anything_but_headers(tmp_path: Path) -> None:
    result, members = _split(_message().as_bytes(), tmp_path)
    only = {"headers": _pieces(members)["headers"]}
    assert _parsed(container.join(result.skeleton, only, _ctx(tmp_path)))["Subject"] == "化验单 results"


def test_a_header_cannot_be_smuggled_in(tmp_path: Path) -> None:
    result, members = _split(_message().as_bytes(), tmp_path)
    head = b"Subject: a\nX-Evil: b\nContent-Type: text/evil\nSubject: c\n"
    parsed = _parsed(container.join(result.skeleton, _pieces(members, headers=head), _ctx(tmp_path)))
    assert parsed["Subject"] == "a"
    assert parsed["X-Evil"] is None
    assert parsed.get_content_type() == "multipart/mixed"


def test_an_attached_message_is_a_member(tmp_path: Path) -> None:
    outer = EmailMessage()
    outer["From"] = ADDRESS
    outer.set_content("see below")
    outer.add_attachment(_message())
    _, members = _split(outer.as_bytes(), tmp_path)
    assert members["attachment/0"].hints.name == "attachment.eml"
    assert b"Okonjo" in _bytes(members["attachment/0"].data)


@pytest.mark.parametrize(
    ("data", "bounds", "code"),
    [
        (
            b'From: a@b.example\nContent-Type: multipart/encrypted; boundary="x"\n\n--x\n\nq\n--x--\n',
            {},
            QuarantineCode.ENCRYPTED,
        ),
        (b"From: a@b.example\nContent-Type: application/pkcs7-mime\n\nx\n", {}, QuarantineCode.ENCRYPTED),
        (b"From: a@b.example\n\n" + b"x" * 2000, {"max_memory_bytes": 1000}, QuarantineCode.TOO_LARGE),
    ],
)
def test_refused(data: bytes, bounds: dict[str, int], code: QuarantineCode, tmp_path: Path) -> None:
    with pytest.raises(AssetError) as caught:
        container.split(data, Hints(), _ctx(tmp_path, **bounds))
    assert caught.value.code is code


def test_nesting_is_bounded(tmp_path: Path) -> None:
    data = b"x"
    for number in range(60):
        data = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n%b\n--b%d--\n' % (number, number, data, number)
    with pytest.raises(AssetError) as caught:
        container.split(b"From: a@b.example\n" + data, Hints(), _ctx(tmp_path))
    assert caught.value.code is QuarantineCode.BOMB


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"Content-Type: text/plain; charset=gb18030\n\n" + "张慕鸢".encode("gb18030"), "张慕鸢"),
        (b"Content-Type: text/plain; charset=no-such\n\n" + "张慕鸢".encode(), "张慕鸢"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n", "hello"),
        (b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9\n", "café"),
    ],
)
def test_bodies_are_decoded(raw: bytes, body: str, tmp_path: Path) -> None:
    _, members = _split(b"From: a@b.example\nMIME-Version: 1.0\n" + raw, tmp_path)
    assert _bytes(members["body/0"].data).decode().strip() == body


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_headers_of_raw_bytes_are_read(encoding: str, tmp_path: Path) -> None:
    lines = [
        "From: 王芳 <wangfang@huaxin.cn>",
        "To: Ms. Wang (王芳)",
        "Subject: 请转告王芳女士 =?utf-8?B?5byg5Lyf?=",
    ]
    _, members = _split("\n".join([*lines, "", "hi"]).encode(encoding), tmp_path)
    head = members["headers"].data
    assert isinstance(head, bytes)
    assert head.decode().splitlines() == [*lines[:2], "Subject: 请转告王芳女士 张伟"]


_LINE = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["From", "To", "Subject", "Date", "Content-Type", "X"]), _LINE)), _LINE)
def test_any_message_splits_and_joins_or_is_refused(tmp_path: Path, headers: list[tuple[str, str]], body: str) -> None:
    data = "".join(f"{name}: {value}\n" for name, value in headers) + "\n" + body
    try:
        result, members = _split(data.encode(), tmp_path)
        joined = container.join(result.skeleton, _pieces(members), _ctx(tmp_path))
    except AssetError as error:
        assert error.code is not QuarantineCode.UNSAFE_PATH  # noqa: PT017 - any other code is right here
        return
    assert isinstance(message_from_bytes(_bytes(joined.data), policy=policy.default), EmailMessage)


@pytest.mark.parametrize(
    ("body", "coding", "shown"),
    [
        ("Dear all,\nsee you.\n", "7bit", b"Dear all,\r\nsee you.\r\n"),
        ("Dear all, \u4f60\u597d\nFrom here on\n", "8bit", "Dear all, \u4f60\u597d\r\n".encode()),
        ("Caf\u00e9 " * 200 + "\n", "quoted-printable", b"Caf=C3=A9 Caf=C3=A9"),
        ("a\n--=-polyveil-0--\nb\n", "quoted-printable", b"\r\n--=3D-polyveil-0--\r\nb"),
    ],
)
def test_bodies_can_be_read_in_an_editor(body: str, coding: str, shown: bytes, tmp_path: Path) -> None:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = ADDRESS
    mail.set_content(body, cte="base64")
    mail.add_attachment(b"x", "application", "octet-stream", filename="x.bin")
    split, members = _split(mail.as_bytes(), tmp_path)
    joined = container.join(split.skeleton, _pieces(members), _ctx(tmp_path))
    assert shown in _bytes(joined.data)
    first, second = _parsed(joined).iter_parts()
    assert first["Content-Transfer-Encoding"] == coding
    assert first.get_content().replace("\r\n", "\n") == body  # the line ends of mail
    assert second.get_content() == b"x"
