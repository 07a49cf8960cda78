"""Outlook messages: made here as compound files ([MS-CFB]), read with olefile, come back as e-mails."""

import struct
from collections.abc import Mapping
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.collect.filetype import media_type
from polyveil.containers import msg
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.outcome import Outcome, QuarantineCode
from polyveil.schema.part import Hints

Storage = Mapping[str, "bytes | Storage"]
FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


class _Chains:
    """Data in sectors of one size, and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size, self.data, self.table = size, bytearray(), list[int]()

    def put(self, data: bytes) -> int:
        count = -(-len(data) // self.size)
        if count == 0:
            return END
        first = len(self.table)
        self.table += [first + number + 1 for number in range(count - 1)] + [END]
        self.data += data.ljust(count * self.size, b"\0")
        return first


def compound(root: Storage) -> bytes:
    """A compound file of version 3 ([MS-CFB] 2): one branch of siblings to the right, small streams apart."""
    sectors, small = _Chains(512), _Chains(64)
    rows: list[tuple[str, int, int, int, int, int]] = [("Root Entry", 5, NONE, NONE, END, 0)]

    def add(storage: Storage) -> int:
        first = following = NONE
        for name, content in reversed(list(storage.items())):
            if isinstance(content, bytes):
                place = (small if len(content) < 4096 else sectors).put(content)
                rows.append((name, 2, following, NONE, place, len(content)))
            else:
                child = add(content)
                rows.append((name, 1, following, child, 0, 0))
            first = following = len(rows) - 1
        return first

    child = add(root)
    minifat = struct.pack(f"<{len(small.table)}I", *small.table)
    minifat = minifat.ljust(-(-len(minifat) // 512) * 512, b"\xff")
    rows[0] = ("Root Entry", 5, NONE, child, sectors.put(bytes(small.data)), len(small.data))
    mini_first = sectors.put(minifat)
    directory = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name) * 2 + 2, kind, 1, NONE, right, below)
        + bytes(36)
        + struct.pack("<IQ", first, size)
        for name, kind, right, below, first, size in rows
    )
    dir_first = sectors.put(directory.ljust(-(-len(directory) // 512) * 512, b"\0"))
    fats = -(-(len(sectors.table) + 4) // 124)
    places = [len(sectors.table) + number for number in range(fats)]
    table = sectors.table + [FAT] * fats
    table += [FREE] * (fats * 128 - len(table))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6xII", 0x3E, 3, 0xFFFE, 9, 6, 0, fats)
    head += struct.pack("<IIIIIII", dir_first, 0, 4096, mini_first, len(minifat) // 512, END, 0)
    head += struct.pack("<109I", *places, *[FREE] * (109 - fats))
    return head + bytes(sectors.data) + struct.pack(f"<{len(table)}I", *table)


def _properties(size: int, *rows: tuple[int, int]) -> bytes:
    return bytes(size) + b"".join(struct.pack("<IIQ", tag, 6, value) for tag, value in rows)


def _text(tag: str, value: str) -> tuple[str, bytes]:
    return f"__substg1.0_{tag}001F", value.encode("utf-16-le")


def _message(header: int, *, body: str, attached: Storage | None = None) -> Storage:
    moment = 133_543_080_000_000_000  # 2024-03-06 10:00 UTC
    entries: dict[str, bytes | Storage] = {
        "__properties_version1.0": _properties(header, (0x00390040, moment)),
        "__recip_version1.0_#00000000": dict(
            (
                ("__properties_version1.0", _properties(8, (0x0C150003, 2))),
                _text("3001", "Marek Dvorak"),
                _text("39FE", "m.dvorak@example.org"),
            )
        ),
        **dict((_text("0037", "Results of Valeska Okonjo"), _text("0C1A", "Valeska Okonjo"), _text("1000", body))),
        **dict((_text("5D01", "valeska.okonjo@example.org"), _text("007D", "Received: from laptop ([203.0.113.9])"))),
    }
    if attached is not None:
        entries["__attach_version1.0_#00000000"] = attached
    return entries


NOTE = "Dear Mr Dvorak,\r\nplease call me on +44 20 7946 0958.\r\nValeska Okonjo\r\n"
FILE: Storage = dict(
    (("__substg1.0_37010102", b"Call Valeska Okonjo: +44 20 7946 0123\n" * 200), _text("3707", "Okonjo.txt"))
)
INNER: Storage = {"__substg1.0_3701000D": _message(24, body="Forwarded by Valeska Okonjo")}


@pytest.mark.parametrize("attached", [None, FILE, INNER])
def test_a_message_comes_back_as_an_email_without_what_was_masked(attached: Storage | None, tmp_path: Path) -> None:
    data = compound(_message(32, body=NOTE, attached=attached))
    assert media_type(data) == ("application/vnd.ms-outlook", None)
    (tmp_path / "a.msg").write_bytes(data)
    (result,) = mask(tmp_path / "a.msg", tmp_path / "b.eml", load("default"), identity=Identity(b"k" * 32))
    assert (result.outcome, result.parts_quarantined) == (Outcome.PROTECTED, 0)
    mail = message_from_bytes((tmp_path / "b.eml").read_bytes(), policy=policy.default)
    assert mail["Cc"].addresses[0].domain.endswith(".example.org")
    assert mail["From"].addresses[0].domain.endswith(".example.org")
    assert abs(mail["Date"].datetime.year - 2024) <= 1
    parts = [bytes(part.get_payload(decode=True)) for part in mail.walk() if not part.is_multipart()]
    assert len(parts) == (1 if attached is None else 2)
    assert b"please call me on" in parts[0]
    whole = b"".join(parts) + (tmp_path / "b.eml").read_bytes()
    for secret in (b"Valeska", b"Okonjo", b"okonjo", b"Dvorak", b"7946", b"203.0.113.9"):
        assert secret not in whole


def test_other_compound_files_are_no_messages() -> None:
    assert media_type(compound({"WordDocument": b"x" * 5000})) == ("application/x-ole-storage", None)


def test_a_message_of_rtf_alone_keeps_it_as_an_attachment(tmp_path: Path) -> None:
    rtf = rb"{\rtf1\ansi Please call Mr Valeska Okonjo.}"
    head = (len(rtf) + 12).to_bytes(4, "little") + len(rtf).to_bytes(4, "little") + b"MELA" + bytes(4)
    made = {**_message(32, body=""), "__substg1.0_10090102": head + rtf}
    (tmp_path / "a.msg").write_bytes(compound(made))
    (result,) = mask(tmp_path / "a.msg", tmp_path / "b.eml", load("default"), identity=Identity(b"k" * 32))
    assert (result.outcome, result.parts_quarantined) == (Outcome.PROTECTED, 0)
    mail = message_from_bytes((tmp_path / "b.eml").read_bytes(), policy=policy.default)
    body = next(bytes(part.get_payload(decode=True)) for part in mail.walk() if part.get_content_subtype() == "rtf")
    assert b"Please call" in body
    assert b"Okonjo" not in body


def test_a_message_whose_rtf_is_damaged_is_refused(tmp_path: Path) -> None:
    made = {**_message(32, body=""), "__substg1.0_10090102": b"compressed"}
    with pytest.raises(AssetError) as caught:
        msg.split(compound(made), Hints(), Context(load("default"), Identity(b"k" * 32), tmp_path))
    assert caught.value.code is QuarantineCode.CORRUPT


HAN = "<p>患者欧阳静怡，手机13912345678，请联系陈志强。</p>"


def _string8(tag: str, value: str, coding: str) -> tuple[str, bytes]:
    return f"__substg1.0_{tag}001E", value.encode(coding)


@pytest.mark.parametrize(
    ("coding", "pages", "declared"),
    [
        ("gb18030", ((0x3FFD0003, 936), (0x3FDE0003, 936)), ""),
        ("gb18030", ((0x3FFD0003, 54936), (0x3FDE0003, 54936)), ""),
        ("gb18030", (), '<meta charset="gb2312">'),
        ("gb18030", (), ""),
        ("big5", ((0x3FFD0003, 950), (0x3FDE0003, 950)), ""),
        ("utf-8", ((0x3FFD0003, 65001),), ""),
    ],
)
def test_names_in_any_encoding_are_read_as_names(
    coding: str, pages: tuple[tuple[int, int], ...], declared: str, tmp_path: Path
) -> None:
    words = HAN.translate(str.maketrans("欧阳静陈强请联", "歐陽靜陳強請聯")) if coding == "big5" else HAN
    words = words.replace("手机", "手機").replace("联系", "聯繫").replace("聯系", "聯繫") if coding == "big5" else words
    person, other = words[5:9], words[words.index("。") - 3 : words.index("。")]
    receiver: Storage = dict(
        (
            ("__properties_version1.0", _properties(8, (0x0C150003, 1))),
            _string8("3001", other, coding),
            _string8("39FE", "a@example.org", coding),
        )
    )
    made: Storage = {
        "__properties_version1.0": _properties(32, (0x00390040, 133_543_080_000_000_000), *pages),
        "__recip_version1.0_#00000000": receiver,
        **dict((_string8("0037", person, coding), _string8("0C1A", person, coding))),
        "__substg1.0_10130102": f"<html><head>{declared}</head><body>{words}</body></html>".encode(coding),
    }
    (tmp_path / "a.msg").write_bytes(compound(made))
    (result,) = mask(tmp_path / "a.msg", tmp_path / "b.eml", load("default"), identity=Identity(b"k" * 32))
    assert result.outcome is Outcome.PROTECTED
    mail = message_from_bytes((tmp_path / "b.eml").read_bytes(), policy=policy.default)
    page = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    assert words[3:5] in page  # read as what it says
    shown = f"{page} {mail['Subject']} {mail['From']} {mail['To']}"
    torn = [one.encode(coding).decode("cp1252", "replace") for one in (person, other)]
    assert not [one for one in (person, other, *torn, "13912345678") if one in shown]


WHOLE = compound(_message(32, body=NOTE, attached=FILE))


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
def test_damage_is_an_asset_error_or_nothing(place: int, noise: bytes) -> None:
    data = WHOLE[:place] + noise + WHOLE[place + len(noise) :]
    try:
        msg.split(data, Hints(), Context(load("default"), Identity(b"k" * 32), Path()))
    except AssetError:
        return  # nothing else is raised


def test_an_office_file_with_a_password_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(compound({"EncryptionInfo": b"\x04\x00" * 40, "EncryptedPackage": b"\x00" * 5000}))
    report = mask(path, tmp_path / "out.docx", load("default"))
    assert [(one.outcome, one.code) for one in report] == [(Outcome.QUARANTINED, QuarantineCode.ENCRYPTED)]
