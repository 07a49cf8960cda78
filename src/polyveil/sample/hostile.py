"""Files that break careless programs: each has to end quarantined or safely handled."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from random import Random

from polyveil.sample.gold import Item

HUGE = 20_000
"""Pixels along one side of the oversized picture."""


def items(photo: bytes, film: bytes, rng: Random) -> Iterator[Item]:
    """All hostile files. `photo` is any JPEG, `film` any MP4; they are cut or misnamed."""
    yield Item("hostile/truncated.jpg", photo[: len(photo) // 3])
    yield Item("hostile/picture_named_as_text.txt", photo)
    yield Item("hostile/empty.csv", b"")
    yield Item("hostile/bomb.zip", zip_bomb())
    yield Item("hostile/oversized.png", oversized_png())
    yield Item("hostile/slip.zip", zip_slip())
    yield Item("hostile/encrypted.zip", encrypted_zip())
    yield Item("hostile/noise.bin", rng.randbytes(4096))
    yield Item(
        "hostile/truncated.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Ty"
    )
    yield Item("hostile/truncated.mp4", film[: len(film) // 3])


def zip_bomb() -> bytes:
    """64 MiB of zeros in 64 KB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        info = zipfile.ZipInfo("zeros.txt")
        info.compress_type = zipfile.ZIP_DEFLATED
        target.writestr(info, bytes(64 * 1024 * 1024))
    return out.getvalue()


def oversized_png() -> bytes:
    """20 000 x 20 000 pixels of one bit in about 50 KB (PNG specification, ISO/IEC 15948)."""
    packer = zlib.compressobj(9)
    row = b"\0" + bytes(HUGE // 8)
    body = b"".join(packer.compress(row) for _ in range(HUGE)) + packer.flush()
    header = struct.pack(">IIBBBBB", HUGE, HUGE, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def zip_slip() -> bytes:
    """A member that would be written two folders up."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr(zipfile.ZipInfo("../../outside.txt"), b"should never be written")
    return out.getvalue()


def encrypted_zip() -> bytes:
    """A member that is marked as encrypted (APPNOTE.TXT 4.4.4, bit 0)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr(zipfile.ZipInfo("sealed.txt"), b"\x5c" * 40)
    data = bytearray(out.getvalue())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(magic) + place
        struct.pack_into("<H", data, at, struct.unpack_from("<H", data, at)[0] | 1)
    return bytes(data)
