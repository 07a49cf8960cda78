"""Small files that announce much: the readers of HEIC and camera raw files stay within what the file holds."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from tests.modalities.image.odd_pictures import PICTURES

from polyveil.errors import AssetError
from polyveil.modalities.image import heif, raw
from polyveil.modalities.image.codec import decode
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def _heif(iloc: bytes, mdat: bytes) -> bytes:
    """One HEVC picture of 8 x 8, item 1."""
    infe = _box(b"infe", bytes((2, 0, 0, 0)) + struct.pack(">HH", 1, 0) + b"hvc1\0")
    pool = _box(b"hvcC", bytes(23)) + _box(b"ispe", bytes(4) + struct.pack(">II", 8, 8))
    links = _box(b"ipma", bytes(4) + struct.pack(">IHB", 1, 1, 2) + bytes((1, 2)))
    meta = _box(b"pitm", bytes(4) + struct.pack(">H", 1)) + _box(b"iinf", bytes(4) + struct.pack(">H", 1) + infe)
    meta += _box(b"iprp", _box(b"ipco", pool) + links) + _box(b"iloc", iloc)
    return _box(b"ftyp", b"heic\0\0\0\0heic") + _box(b"meta", bytes(4) + meta) + _box(b"mdat", mdat)


@pytest.mark.parametrize(
    "iloc",
    [
        bytes(6) + struct.pack(">HHHH", 1, 1, 0, 6),  # six pieces that take no bytes, each the whole file
        bytes(6) + struct.pack(">HHHH", 1, 1, 0, 65_535),
        bytes(6) + struct.pack(">H", 3) + b"".join(struct.pack(">HHH", item, 0, 10_000) for item in range(3)),
    ],
)
def test_items_of_a_heic_file_are_no_longer_than_the_file(iloc: bytes) -> None:
    with pytest.raises(ValueError, match=r"more bytes|too many"):
        heif.parse(_heif(iloc, bytes(1000)))


def test_a_heic_picture_that_is_larger_than_it_says_is_refused() -> None:
    whole = PICTURES["HEIC"].make()
    at = whole.index(b"ispe") + 8
    part = Part("", Modality.IMAGE, "image/heic", whole)
    assert decode(part, Limits()).frames[0].shape[:2] == (64, 96)
    small = whole[:at] + struct.pack(">II", 8, 8) + whole[at + 8 :]
    with pytest.raises(AssetError) as refused:
        decode(replace(part, data=small), Limits())
    assert refused.value.code is QuarantineCode.CORRUPT


def test_entries_of_a_raw_file_that_point_to_one_place_are_not_read_each() -> None:
    rows = b"".join(struct.pack("<HHII", tag, 3, 50_000, 8) for tag in [*range(250, 400), *[273] * 500])
    count = len(rows) // 12
    data = b"II*\0" + struct.pack("<I", 8 + 100_000) + bytes(100_000) + struct.pack("<H", count) + rows + bytes(4)
    assert sum(len(numbers) for one in raw._directories(data) for numbers in one.values()) == 150
    assert not raw.recognised(data)
    assert raw.preview(data) is None


def test_a_preview_that_says_its_size_twice_is_measured_by_both() -> None:
    """Two frame headers in a preview: the first small, the second of 60 000 x 60 000 pixels."""

    def header(side: int) -> bytes:
        return b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, side, side, 1) + bytes((1, 0x11, 0))

    jpeg = b"\xff\xd8" + header(8) + header(60_000) + b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 0, 63, 0)
    rows = [(50706, 1, 4, 1), (513, 4, 1, 8 + 2 + 3 * 12 + 4), (514, 4, 1, len(jpeg))]
    table = struct.pack("<H", 3) + b"".join(struct.pack("<HHII", *row) for row in rows) + bytes(4)
    part = Part("", Modality.IMAGE, "image/tiff", b"II*\0" + struct.pack("<I", 8) + table + jpeg)
    with pytest.raises(AssetError) as refused:
        decode(part, Limits())
    assert refused.value.code in {QuarantineCode.BOMB, QuarantineCode.TOO_LARGE}
