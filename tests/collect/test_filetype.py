"""Types by content: magic, structure, and the suffix only between texts."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.collect.filetype import media_type
from polyveil.schema.modality import Modality


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "application/epub+zip" if name == "mimetype" else "x")
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO(b""))
    return out.getvalue()


def _picture(kind: str) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 30, 30)).save(out, kind)
    return out.getvalue()


def _parquet() -> bytes:
    import polars as pl

    out = io.BytesIO()
    pl.DataFrame({"a": [1]}).write_parquet(out)
    return out.getvalue()


CSV = "name,city,age\nAnn,Ulm,3\nBob,Rom,4\nCat,Bonn,5\n"
ZH_CSV = "姓名,城市,电话\n覃慕鸢,北京,1\n虞若棠,上海,2\n滕听雪,成都,3\n"
MAIL = "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nbody\r\n"
OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("data", "name", "kind", "modality"),
    [
        (_picture("JPEG"), "a.txt", "image/jpeg", Modality.IMAGE),
        (_picture("PNG"), "", "image/png", Modality.IMAGE),
        (_picture("WEBP"), "", "image/webp", Modality.IMAGE),
        (_picture("AVIF"), "", "image/avif", Modality.IMAGE),
        (_picture("BMP"), "", "image/bmp", Modality.IMAGE),
        (_picture("TIFF"), "", "image/tiff", Modality.IMAGE),
        (_picture("GIF"), "", "image/gif", Modality.IMAGE),
        (_picture("SGI"), "", "image/sgi", Modality.IMAGE),
        (_picture("TGA"), "", "image/x-tga", Modality.IMAGE),
        (_picture("PCX"), "", "image/vnd.zbrush.pcx", Modality.IMAGE),
        (_picture("DDS"), "", "image/vnd.ms-dds", Modality.IMAGE),
        (_picture("PPM"), "", "image/x-portable-anymap", Modality.IMAGE),
        (b"P4 32 24 " + bytes(96), "", "image/x-portable-anymap", Modality.IMAGE),
        (b"P4 is a game", "", "text/plain", Modality.TEXT),
        (b"II+\0\x08\0\0\0\x10" + bytes(40), "", "image/tiff", Modality.IMAGE),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "", "image/heic", Modality.IMAGE),
        (b"\xff\x0a" + bytes(40), "", "image/jxl", Modality.IMAGE),
        (b"\x00\x00\x00\x18ftypisom" + bytes(40), "a.jpg", "video/mp4", None),
        (b"\x00\x00\x00\x14ftypqt  " + bytes(40), "", "video/quicktime", None),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(40), "", "audio/mp4", Modality.AUDIO),
        (b"\x1aE\xdf\xa3\x9fB\x82\x84webm" + bytes(40), "", "video/webm", None),
        (b"\x1aE\xdf\xa3\x9fB\x82\x88matroska" + bytes(40), "", "video/x-matroska", None),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40), "", "audio/wav", Modality.AUDIO),
        ((b"G" + bytes(187)) * 6, "", "video/mp2t", None),
        (bytes(4) + (b"G" + bytes(191)) * 6, "", "video/mp2t", None),
        (b"\0\0\1\xba" + bytes(40), "a.vob", "video/mpeg", None),
        (b"\0\0\1\xb3" + bytes(40), "", "video/mpeg", None),
        (b"\0\0\0\1\x67\x64\0\x15" + bytes(40), "", "video/h264", None),
        (b"\0\0\1\x09\xf0" + bytes(40), "", "video/h264", None),
        (b"\0\0\0\1\x40\1\x0c" + bytes(40), "a.mp4", "video/h265", None),
        (b"\x1f\x07\x00\xbf" + bytes(40), "", "video/x-dv", None),
        (b"DKIF\0\0\x20\0AV01" + bytes(40), "", "video/x-ivf", None),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(40), "", "video/x-ms-wmv", None),
        (bytes.fromhex("060e2b34020501010d01020101020400") + bytes(40), "", "application/mxf", None),
        (b"OggS" + bytes(24) + b"\x80theora" + bytes(40), "", "video/ogg", None),
        (b"fLaC" + bytes(40), "", "audio/flac", Modality.AUDIO),
        (b"OggS" + bytes(40), "", "audio/ogg", Modality.AUDIO),
        (bytes(128) + b"DICM" + bytes(40), "a.jpg", "application/dicom", None),
        (_picture("JPEG")[:128].ljust(128, b"\0") + b"DICM" + bytes(9), "", "application/dicom", None),
        (_parquet(), "a.csv", "application/vnd.apache.parquet", Modality.TABLE),
        (_zip("a.txt"), "", "application/zip", None),
        (_zip("[Content_Types].xml", "word/document.xml"), "a.zip", f"{OFFICE}.wordprocessingml.document", None),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), "", f"{OFFICE}.spreadsheetml.sheet", None),
        (_zip("[Content_Types].xml", "ppt/presentation.xml"), "", f"{OFFICE}.presentationml.presentation", None),
        (_zip("mimetype", "OPS/book.opf"), "", "application/epub+zip", None),
        (b"PK\x03\x04" + bytes(60), "", "application/zip", None),
        (_tar(), "", "application/x-tar", None),
        (gzip.compress(b"x", mtime=0), "", "application/gzip", None),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "", "application/pdf", None),
        (MAIL.encode(), "a.txt", "message/rfc822", None),
        (CSV.encode(), "a", "text/csv", Modality.TABLE),
        (CSV.replace(",", "\t").encode(), "", "text/tab-separated-values", Modality.TABLE),
        (b"a,b\n1,2\n", "a.csv", "text/csv", Modality.TABLE),
        (ZH_CSV.encode("gb18030"), "", "text/csv", Modality.TABLE),
        (ZH_CSV.encode("utf-16"), "k.csv", "text/csv", Modality.TABLE),
        (b"one, two words.\nAnd more.\n", "", "text/plain", Modality.TEXT),
        (b"# Title\n\nwords\n", "a.md", "text/markdown", Modality.TEXT),
        (b"# Title\n\nwords\n", "", "text/plain", Modality.TEXT),
        (b"<!DOCTYPE html><html><body>x</body></html>", "a.txt", "text/html", Modality.TEXT),
        (b'<?xml version="1.0"?><a>x</a>', "", "text/xml", Modality.TEXT),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>', "", "image/svg+xml", Modality.TEXT),
        (b'<?xml version="1.0"?>\n<!-- a --><svg:svg>x</svg:svg>', "a.xml", "image/svg+xml", Modality.TEXT),
        (b'{"a": 1}', "", "application/json", Modality.TEXT),
        (b'{"a": 1}\n{"a": 2}\n', "a.txt", "application/x-ndjson", Modality.TEXT),
        (b'{\n  "a": [1,\n 2]\n}', "", "application/json", Modality.TEXT),
        (b"[" * 5000, "", "application/json", Modality.TEXT),
        (b"a: 1\nb: 2\n", "a.yaml", "application/yaml", Modality.TEXT),
        (
            b'<?xml version="1.0"?>\n<office:document xmlns:office="x"/>',
            ".xml",
            "application/vnd.oasis.opendocument+xml",
            Modality.TEXT,
        ),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n", "", "text/vtt", Modality.TEXT),
        (b"1\n00:00:01,000 --> 00:00:02,000\nhi\n", "", "application/x-subrip", Modality.TEXT),
        ("病历:患者因反复咳嗽两周就诊,夜间加重,无发热。".encode("gb18030") * 3, "a.txt", "text/plain", Modality.TEXT),
        (json.dumps(["x" * 90_000]).encode(), "", "application/json", Modality.TEXT),
    ],
)  # fmt: skip
def test_types(data: bytes, name: str, kind: str, modality: Modality | None, tmp_path: Path) -> None:
    path = tmp_path / "item"
    path.write_bytes(data)
    assert media_type(data, name) == (kind, modality)
    assert media_type(path, name) == (kind, modality)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<64Q", *range(1, 65)),
        b"\x7fELF" + bytes(200),
        b"SQLite format 3\x00" + bytes(200),
        b"Rar!\x1a\x07\x01\x00" + bytes(200),
    ],
)
def test_what_no_room_reads_has_no_modality(data: bytes) -> None:
    assert media_type(data, "a.jpg")[1] is None


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=600), st.sampled_from(["", "a.csv", "a.jpg", "a.json"]))
def test_any_bytes_have_a_type(data: bytes, name: str) -> None:
    kind, _ = media_type(data, name)
    assert kind.count("/") == 1
