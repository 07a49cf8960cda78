"""What can be decoded out of an exported file: members, headers, tables, streams, pictures.

Written apart from the containers of the road on purpose: a check that shares its code with what it checks shares its
mistakes. Types are told by their first bytes.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from polyveil.containers import packed
from polyveil.errors import AssetError

DEEPEST = 4
LARGEST = 512 * 1024**2
"""Bytes that one file may expand to; beyond, the rest counts as unread."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]{40,}={0,2}")
_STREAM = re.compile(rb"stream\r?\n(.{1,33554432}?)\r?\n?endstream", re.DOTALL)
_BLOCKS = re.compile(rb"</(?:w:p|a:p|si|is|c|row|v|c:v)>")
_TAGS = re.compile(rb"<[^<>]*>")  # words that are torn over runs are one again without them
_MAIL = re.compile(rb"[A-Za-z-]+:[^\n]*\n")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_DPI = 150  # at which pages are drawn to be read
_FILMS = (b"\x1aE\xdf\xa3",)


@dataclass(slots=True)
class Opened:
    """Everything that one file holds, itself first: (way, bytes). `unread` is set where something did not open."""

    blobs: list[tuple[str, bytes]] = field(default_factory=list)
    unread: bool = False
    expanded: int = 0


def opened(data: bytes) -> Opened:
    """Open a file as far as it goes."""
    result = Opened()
    _open("bytes", data, result, 0)
    return result


def _open(way: str, data: bytes, result: Opened, depth: int) -> None:
    result.expanded += len(data)
    if depth > DEEPEST or result.expanded > LARGEST:
        result.unread = True
        return
    result.blobs.append((way, data))
    try:
        for inner_way, inner, again in _inside(data):
            if again:
                _open(inner_way, inner, result, depth + 1)
            else:
                result.blobs.append((inner_way, inner))
    except (zipfile.BadZipFile, tarfile.TarError, RuntimeError, AssetError, *packed.DAMAGE):
        result.unread = True


def _inside(data: bytes) -> Iterator[tuple[str, bytes, bool]]:
    """(way, content, may itself be opened)."""
    if data[:2] == b"PK" and data[2:4] in (b"\x03\x04", b"\x05\x06"):
        yield from _zip(data)
    elif data[257:262] == b"ustar":
        yield from _tar(data)
    elif packed.kind_of(data):
        yield "compressed", _unpacked(data), True
    elif data[:4] == b"PAR1":
        yield "table", _table(data), False
    elif data[:5] == b"{\\rtf":
        yield "document text", _rtf(data), False
        yield from _rtf_pictures(data)
    elif data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        yield from _compound(data)
    elif data[:5] == b"%PDF-":
        yield from _pdf(data)
    elif _MAIL.match(data) and b"\nmime-version" in data[:65536].lower():
        yield from _mail(data)
    elif not data.startswith((*_PICTURES, *_FILMS)) and data[4:8] != b"ftyp":
        for blob in _BASE64.findall(data[: 8 * 1024**2]):
            try:
                yield "base64", base64.b64decode(blob, validate=False), False
            except (binascii.Error, ValueError):
                continue


def _zip(data: bytes) -> Iterator[tuple[str, bytes, bool]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise ValueError("too large")
        for entry in archive.infolist():
            yield "name", entry.filename.encode(), False
            content = archive.read(entry)
            yield "archive member", content, True
            if entry.filename.endswith((".xml", ".rels", ".vml")):
                yield "document text", _TAGS.sub(b"", _BLOCKS.sub(b"\n", content)), False


def _tar(data: bytes) -> Iterator[tuple[str, bytes, bool]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for entry in archive:
            yield "name", entry.name.encode("utf-8", "surrogateescape"), False
            stream = archive.extractfile(entry)
            if stream is not None:
                yield "archive member", stream.read(), True


def _unpacked(data: bytes) -> bytes:
    with packed.opened(data) as stream:
        content: bytes = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("too large")
    return content


def _table(data: bytes) -> bytes:
    import polars as pl

    return pl.read_parquet(io.BytesIO(data)).write_csv().encode()


def _pdf(data: bytes) -> Iterator[tuple[str, bytes, bool]]:
    """Streams: pictures as they are (ISO 32000-2, 7.4.8), others inflated where they are deflated (7.4.4).

    And what a reader makes of the text layer: codes of characters need not be characters.
    """
    for stream in _STREAM.findall(data):
        if stream.startswith(b"\xff\xd8\xff"):
            yield "document stream", stream, True
            continue
        try:
            yield "document stream", zlib.decompressobj().decompress(stream, LARGEST), True
        except zlib.error:
            continue  # another filter or none: the plain bytes are searched anyway
    yield "document text", _layer(data), False


def _layer(data: bytes) -> bytes:
    """The text of all pages."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            texts = []
            for page in document:
                layer = page.get_textpage()
                texts.append(layer.get_text_range(errors="replace"))
                layer.close()
                page.close()
    except pypdfium2.PdfiumError:
        raise ValueError("a PDF that does not open") from None
    return "\n".join(texts).encode("utf-8", "replace")


def _rtf(data: bytes) -> bytes:
    """The words of RTF: escapes as GB 18030 where they are, control words and braces gone."""
    text = re.sub(rb"\\(?:uc\d+ ?|u(-?\d+) ?\\??)", lambda one: _character(one.group(1)), data)
    text = re.sub(rb"(?:\\'[0-9a-fA-F]{2})+", _legacy, text)
    return re.sub(rb"\\[a-zA-Z]+-?\d* ?|[{}\r\n]", b"", text)


def _rtf_pictures(data: bytes) -> Iterator[tuple[str, bytes, bool]]:
    for found in re.finditer(rb"\\(?:png|jpeg)blip([^{}]*)", data):
        digits = re.sub(rb"\\[a-z]+-?\d* ?|\s", b"", found[1])
        if re.fullmatch(rb"(?:[0-9a-fA-F]{2})+", digits):
            yield "picture", bytes.fromhex(digits.decode("ascii")), True


def _character(number: bytes | None) -> bytes:
    return chr(int(number) % 65536).encode("utf-8", "replace") if number else b""


def _legacy(found: re.Match[bytes]) -> bytes:
    raw = bytes.fromhex(found.group().replace(b"\\'", b"").decode("ascii"))
    return raw.decode("gb18030", "replace").encode()


def _compound(data: bytes) -> Iterator[tuple[str, bytes, bool]]:
    """The streams of a compound file."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        for path in file.listdir():
            yield "document stream", file.openstream(path).read(), True


def _mail(data: bytes) -> Iterator[tuple[str, bytes, bool]]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    yield "e-mail", headers.encode("utf-8", "replace"), False
    if isinstance(message, EmailMessage):
        for part in message.walk():
            content = part.get_payload(decode=True)
            yield "name", str(part.get_filename() or "").encode(), False
            if isinstance(content, bytes):
                yield "e-mail", content, True


def pictures(data: bytes, step_s: float) -> Iterator[Any]:
    """RGB pictures (uint8, height x width x 3) of a blob: all frames of a picture, a frame every `step_s` seconds of a
    video, frames of a DICOM file, pages of a PDF as they are drawn. Raises ValueError or OSError where it should be one
    and does not decode.
    """
    if data[128:132] == b"DICM":  # first: its preamble may look like a TIFF file (PS3.10 7.1)
        yield from _dicom(data)
    elif data.startswith(_PICTURES) or data[8:12] == b"WEBP" or data[4:12] in (b"ftypavif", b"ftypavis"):
        yield from _frames(data)
    elif data[:2] == b"\xff\x0a" or data[4:8] == b"JXL ":
        import imagecodecs
        import numpy as np

        rgb = np.asarray(imagecodecs.jpegxl_decode(data))
        yield (np.repeat(rgb[..., None], 3, axis=2) if rgb.ndim == 2 else rgb[..., :3]).astype(np.uint8)
    elif data[:5] == b"%PDF-":
        yield from _pages(data)
    elif data.startswith(_FILMS) or data[4:8] == b"ftyp":
        yield from _video(data, step_s)


def _pages(data: bytes) -> Iterator[Any]:
    import numpy as np
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            for page in document:
                bitmap = page.render(scale=_DPI / 72)
                drawn = np.asarray(bitmap.to_pil().convert("RGB"))
                bitmap.close()
                page.close()
                yield drawn
    except pypdfium2.PdfiumError:
        raise ValueError("a PDF that does not open") from None


def _frames(data: bytes) -> Iterator[Any]:
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    with Image.open(io.BytesIO(data)) as image:
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number < 50:
                yield np.asarray(ImageOps.exif_transpose(frame).convert("RGB"))


def _video(data: bytes, step: float) -> Iterator[Any]:
    import av

    with av.open(io.BytesIO(data), "r") as film:
        if not film.streams.video:
            return
        due = 0.0
        for frame in film.decode(video=0):
            if (frame.time or 0.0) >= due:
                due = (frame.time or 0.0) + step
                yield frame.to_ndarray(format="rgb24")


def _dicom(data: bytes) -> Iterator[Any]:
    import numpy as np
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        dataset = pydicom.dcmread(io.BytesIO(data))
        if "PixelData" not in dataset:
            return
        pixels = dataset.pixel_array
    except (InvalidDicomError, AttributeError, RuntimeError, NotImplementedError) as error:
        raise ValueError(type(error).__name__) from None
    frames = pixels if pixels.ndim == 4 or (pixels.ndim == 3 and pixels.shape[-1] != 3) else pixels[None]
    for frame in frames[:: max(1, len(frames) // 5)]:
        low, high = float(frame.min()), float(frame.max())
        grey = ((frame - low) / max(high - low, 1.0) * 255).astype(np.uint8)
        yield grey if grey.ndim == 3 else np.repeat(grey[..., None], 3, axis=2)
