from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
import zstandard
from tests.containers.pdf.documents import drawn

from polyveil.evaluate.gold import Label
from polyveil.evaluate.leakscan import scan
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality

NAME, HAN, ACCOUNT = "Wilhelmina Okonkwo-Brandt", "欧阳靖雯", "GB33BUKB20201555555555"


def labels(*values: str) -> list[Label]:
    return [Label("a", "", Modality.TEXT, Finding("PERSON", Span(0, 1), 1.0, "gold", value)) for value in values]


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", content * 3)
    return buffer.getvalue()


def _mail(text: str) -> bytes:
    message = EmailMessage()
    message["From"] = "someone@example.org"
    message["Subject"] = text
    message.set_content("nothing")
    message.add_attachment(_zip(text.encode()), maintype="application", subtype="zip", filename="a.zip")
    return message.as_bytes()


def _parquet(text: str) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"x": [text]}).write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("value", [NAME, HAN, ACCOUNT])
@pytest.mark.parametrize(
    "hide",
    [
        lambda text: b"before " + text.encode() + b" after",
        lambda text: text.upper().encode(),
        lambda text: b"\0" + text.encode("utf-16-le"),
        lambda text: text.encode("gb18030"),
        lambda text: json.dumps({"x": text}).encode(),
        lambda text: b"q=" + quote(text).encode(),
        lambda text: base64.b64encode(b"some words, then " + text.encode() + b" and more words after it"),
        lambda text: base64.b64encode(b"some words, then it" + text.encode() + b" and more words after it"),
        lambda text: _zip(text.encode()),
        _mail,
        _parquet,
    ],
)
def test_a_value_is_found_however_it_is_written(tmp_path: Path, value: str, hide: Any) -> None:
    (tmp_path / "out.bin").write_bytes(hide(value))
    result = scan(tmp_path, labels(value))
    assert {(leak.file, leak.entity) for leak in result.leaks} == {("out.bin", "PERSON")}
    assert value not in repr(result)


def test_a_value_in_a_file_name_is_a_leak(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.txt").write_text("nothing")
    assert {leak.way for leak in scan(tmp_path, labels(NAME)).leaks} == {"name"}


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("Somebody else wrote this, and an account GB00 0000.")
    result = scan(tmp_path, labels(NAME, HAN, ACCOUNT))
    assert result.leaks == ()
    assert (result.files, result.values) == (1, 3)


def test_what_an_engine_reads_in_a_picture_is_searched_without_spaces_and_case(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 20)).save(tmp_path / "scan.png")
    result = scan(tmp_path, labels(NAME), read=lambda _picture: "name: WILHELMINA okonkwo brandt")
    assert {leak.way for leak in result.leaks} == {"ocr"}
    assert result.pictures == 1


def test_short_chinese_names_are_looked_for_in_pictures(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 20)).save(tmp_path / "card.png")
    assert scan(tmp_path, labels("覃望舒"), read=lambda _picture: "姓名:覃 望舒").leaks
    assert not scan(tmp_path, labels("Ann"), read=lambda _picture: "planning").leaks


def _tar(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("0.parquet")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _pdf(text: str) -> bytes:
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    stream = DecodedStreamObject()
    stream.set_data(f"({text}) pop".encode())
    writer._add_object(stream.flate_encode())
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_pdf_is_searched_as_a_reader_reads_it_and_one_that_does_not_open_is_unread(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(drawn("garden", means=dict(zip("garden", "Quandt", strict=True))))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7\nnothing")
    result = scan(tmp_path, labels("Quandt"))
    assert ([leak.way for leak in result.leaks], result.unread) == (["document text"], ("b.pdf",))


@pytest.mark.parametrize(
    "hide",
    [
        lambda text: _tar(_parquet(text)),
        lambda text: gzip.compress(text.encode()),
        lambda text: bz2.compress(text.encode()),
        lambda text: lzma.compress(text.encode()),
        lambda text: zstandard.compress(text.encode()),
        lambda text: _zip(_zip(text.encode())),
        _pdf,
        lambda text: " ".join(text.replace(" ", "").replace("-", "")).encode(),
    ],
)
def test_a_value_is_found_in_nested_and_respaced_forms(tmp_path: Path, hide: Any) -> None:
    (tmp_path / "out.bin").write_bytes(hide(ACCOUNT))
    result = scan(tmp_path, labels(ACCOUNT))
    assert [leak.entity for leak in result.leaks][:1] == ["PERSON"]
    assert result.unread == ()


def test_pictures_inside_archives_are_read(tmp_path: Path) -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (40, 20)).save(picture, "PNG")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("0.png", picture.getvalue())
    result = scan(tmp_path, labels(HAN), read=lambda _picture: f"姓名:{HAN}")
    assert {leak.way for leak in result.leaks} == {"ocr"}


def test_pictures_in_documents_are_read(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 20)).save(tmp_path / "page.pdf")
    result = scan(tmp_path, labels(HAN), read=lambda _picture: f"姓名:{HAN}")
    assert {leak.way for leak in result.leaks} == {"ocr"}
    assert result.unread == ()


def test_a_code_in_a_picture_is_decoded(tmp_path: Path) -> None:
    import segno

    segno.make(f"MECARD:N:{NAME};;").save(str(tmp_path / "code.png"), scale=5, border=4)
    result = scan(tmp_path, labels(NAME), read=lambda _picture: "")
    assert {leak.way for leak in result.leaks} == {"code"}


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04" + bytes(80), b"\x1f\x8bxx", b"\x89PNG\r\n\x1a\n" + bytes(40), b"\x1aE\xdf\xa3" + bytes(40)],
)
def test_what_does_not_open_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "broken").write_bytes(data)
    assert scan(tmp_path, labels(NAME), read=lambda _picture: "").unread == ("broken",)
