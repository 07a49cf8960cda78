"""What kind of data some bytes are: by content, never by name alone.

Strict magic numbers come first (a polyglot is what its leading magic says), then Magika's model for everything that
has none, then a look at the text. The name's suffix only chooses between kinds of text that look the same.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import zstandard

from polyveil.collect.textkind import HEAD, text_kind
from polyveil.schema.modality import Modality
from polyveil.schema.wide import unmarked

ENCRYPTED_OFFICE = "application/x-encrypted-office"
"""An Office file with a password: a compound file around the encrypted package."""
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (128, b"DICM", "application/dicom"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
    (0, b"ARROW1", "application/vnd.apache.arrow.file"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00\x08\x00\x00\x00", "image/tiff"),  # BigTIFF
    (0, b"MM\x00+\x00\x08\x00\x00", "image/tiff"),
    (0, b"\x01\xda\x00\x01", "image/sgi"),
    (0, b"\x01\xda\x01\x01", "image/sgi"),
    (0, b"\x0a\x05\x01", "image/vnd.zbrush.pcx"),
    (0, b"DDS |\x00\x00\x00", "image/vnd.ms-dds"),
    (0, b"BM", "image/bmp"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"AIFF", "audio/aiff"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)

_NETPBM = re.compile(rb"P[1-6](?:\s|#[^\n]{0,200}\n)+\d{1,6}\s+\d{1,6}\s")
"""The header of PBM, PGM and PPM (netpbm formats): a letter, a digit, width and height."""

_FILMS = (
    (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "video/x-ms-wmv"),  # ASF 01.20.06, 10.2: header object
    (bytes.fromhex("060e2b34020501010d010201"), "application/mxf"),  # SMPTE ST 377-1, 6.5: partition pack
    (b"\0\0\1\xba", "video/mpeg"),  # pack header (ISO/IEC 13818-1, 2.5.3.3)
    (b"\0\0\1\xb3", "video/mpeg"),  # sequence header of a stream (ISO/IEC 13818-2, 6.2.2.1)
    (b"\x1f\x07\x00\x3f", "video/x-dv"),  # IEC 61834-2: header block, 525 lines
    (b"\x1f\x07\x00\xbf", "video/x-dv"),  # 625 lines
    (b"DKIF\0\0", "video/x-ivf"),
)
_SYNC = (
    0x47  # of a transport stream's packets (ISO/IEC 13818-1, 2.4.3.2), which are 188 bytes, or 192 with a time stamp
)
_START_CODE = re.compile(rb"\x00{2,3}\x01")  # ITU-T H.264 and H.265, annex B
_DELIMITER, _PARAMETERS = 0x09, frozenset({0x27, 0x47, 0x67})  # ITU-T H.264, 7.4.1: first units of a stream
_PROFILES = frozenset({66, 77, 88, 100, 110, 122, 244})
_FILM_IN_OGG = (b"\x80theora", b"OVP80", b"\x01video\0\0\0")

_BRANDS = {  # ISO base media file format (ISO/IEC 14496-12): major brand of the ftyp box
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
}

_MODALITY = {"image": Modality.IMAGE, "audio": Modality.AUDIO, "text": Modality.TEXT}


_TABLES = {
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.apache.parquet",
    "application/vnd.apache.arrow.file",
}

_OFFICE = {  # ECMA-376-2 (Office Open XML): the folder of the main part
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MIMETYPE = re.compile(rb"mimetype(application/[a-z0-9.+-]{1,80})")  # ODF 1.3 part 2, 3.3; EPUB OCF 3.3

_PACKED = {"application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"}

_TEXTUAL = {
    "application/json",
    "application/rtf",
    "application/x-ndjson",
    "application/xml",
    "application/vnd.oasis.opendocument+xml",
    "application/yaml",
    "application/x-subrip",
    "image/svg+xml",
}

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that no text in a legacy encoding (GB 18030, Big5, Latin-1 …) holds; data of other kinds soon does."""


def media_type(data: bytes | Path, name: str = "") -> tuple[str, Modality | None]:
    """The IANA media type of an input and its modality.

    Args:
        data: the bytes or a file.
        name: a file name, whose suffix decides between kinds of text only.

    Returns:
        Type and modality; the modality is None for containers and for types that no room reads.
    """
    head = _head(data)
    kind = _strict(head) or _by_model(data, head, name)
    if kind == "application/zip":
        kind = _zip_kind(data, head)
    if kind == "application/x-ole-storage":
        kind = _compound_kind(data)
    if kind in _PACKED and _holds_tar(data, kind):
        kind = "application/x-tar"
    return kind, _modality(kind)


def starts_binary(data: bytes) -> bool:
    """Do bytes begin with the magic number of a format that is no text?"""
    return bool(_strict(data[:HEAD])) and not data.startswith(b"{\\rtf")


def _head(data: bytes | Path) -> bytes:
    if isinstance(data, bytes):
        return data[:HEAD]
    with data.open("rb") as stream:
        return stream.read(HEAD)


def _strict(head: bytes) -> str:
    kind = next((kind for offset, magic, kind in _MAGIC if head[offset : offset + len(magic)] == magic), "")
    if kind == "audio/ogg" and any(one in head[:4096] for one in _FILM_IN_OGG):
        return "video/ogg"
    if kind:
        return _riff(head, kind)
    if head[257:262] == b"ustar":
        return "application/x-tar"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"\x1aE\xdf\xa3":  # EBML: the DocType element tells WebM from Matroska
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return "image/x-portable-anymap" if _NETPBM.match(head[:1024]) else _film(head) or _targa(head)


def _targa(head: bytes) -> str:
    """A TGA picture without a colour map, which has no magic number (Truevision TGA 2.0, header)."""
    kind, depth, how = head[2:3], head[16:17], head[17:18]
    plain = head[1:2] == b"\0" and not any(head[3:8]) and any(head[12:14]) and any(head[14:16])
    known = kind in {b"\x02", b"\x03", b"\x0a", b"\x0b"} and depth in {b"\x08", b"\x0f", b"\x10", b"\x18", b"\x20"}
    return "image/x-tga" if plain and known and len(head) > 18 and how[0] < 0x40 else ""


def _film(head: bytes) -> str:
    """Containers and streams of films without a word at their beginning."""
    kind = next((kind for magic, kind in _FILMS if head.startswith(magic)), "") or _coded(head)
    if kind:
        return kind
    for first, size in ((0, 188), (4, 192)):
        places = range(first, min(len(head), first + 5 * size), size)
        if len(places) == 5 and all(head[at] == _SYNC for at in places):
            return "video/mp2t"
    return ""


def _coded(head: bytes) -> str:
    """Streams of H.264 and H.265 without a container, by their first unit."""
    unit = _START_CODE.match(head)
    first, second = head[unit.end() : unit.end() + 2].ljust(2, b"\0") if unit else b"\0\0"
    if first == _DELIMITER or (first in _PARAMETERS and second in _PROFILES):
        return "video/h264"
    return "video/h265" if first >> 1 in {32, 35} and second == 1 else ""  # ITU-T H.265, 7.4.2.2


def _zip_kind(data: bytes | Path, head: bytes) -> str:
    """Documents that are ZIP archives are not archives of files: taken apart as such, they would not come back."""
    declared = _MIMETYPE.search(head, 30, 200)
    if declared and head[30:38] == b"mimetype":
        return declared.group(1).decode("ascii")
    try:
        with zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as archive:
            names = [entry.filename for entry in archive.infolist()[:1000]]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "application/zip"  # its container says what is wrong with it
    if "[Content_Types].xml" not in names:
        return "application/zip"
    found = (kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names))
    return next(found, "application/vnd.openxmlformats-officedocument")


def _compound_kind(data: bytes | Path) -> str:
    """What a compound file is: an Outlook message ([MS-OXMSG] 2.2), an Office file with a password ([MS-OFFCRYPTO])."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data) if isinstance(data, bytes) else str(data)) as file:
            if file.exists("EncryptedPackage"):
                return ENCRYPTED_OFFICE
            if file.exists("__properties_version1.0"):
                return "application/vnd.ms-outlook"
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        pass
    return "application/x-ole-storage"


def _holds_tar(data: bytes | Path, kind: str) -> bool:
    """Does the first block of what is compressed look like a TAR header?"""
    opened: Any = {
        "application/gzip": gzip.open,
        "application/x-bzip2": bz2.open,
        "application/x-xz": lzma.open,
        "application/zstd": zstandard.ZstdDecompressor().stream_reader,
    }[kind]
    try:
        with io.BytesIO(data) if isinstance(data, bytes) else data.open("rb") as raw, opened(raw) as stream:
            return bool(stream.read(512)[257:262] == b"ustar")
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zstandard.ZstdError):
        return False


def _riff(head: bytes, kind: str) -> str:
    """Names at offset 8 count only inside a RIFF or FORM chunk; 'BM' only with a plausible header size."""
    if kind in ("image/webp", "audio/wav", "video/x-msvideo"):
        return kind if head[:4] == b"RIFF" else ""
    if kind == "audio/aiff":
        return kind if head[:4] == b"FORM" else ""
    if kind == "image/bmp":
        return kind if int.from_bytes(head[14:18], "little") in (12, 40, 64, 108, 124) else ""
    return kind


def _by_model(data: bytes | Path, head: bytes, name: str) -> str:
    text = _as_text(head)
    suffix = PurePosixPath(name).suffix.lower()
    if text is not None:
        return text_kind(head, text, suffix)
    result = _magika().identify_path(data) if isinstance(data, Path) else _magika().identify_bytes(data)
    kind = str(result.output.mime_type)
    if kind in ("video/x-matroska", "audio/mpeg", "audio/aac") or kind.startswith(("image/", "audio/")):
        return kind
    if result.output.is_text or not _CONTROL.search(
        head
    ):  # some legacy encoding: its room finds out which; here the structure is enough
        return text_kind(head, head.decode("gb18030", errors="replace"), suffix)
    return kind or "application/octet-stream"


@cache
def _magika() -> Any:
    from magika import Magika

    return Magika()


def _as_text(head: bytes) -> str | None:
    """The head as text if it is UTF-8 or UTF-16 text without control characters, else None."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    if wide := unmarked(head):
        return head[: len(head) // 2 * 2].decode(wide, errors="replace")
    for cut in range(4):  # a character may be cut at the end of the head
        try:
            text = head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        odd = sum(1 for character in text if character < " " and character not in "\t\n\r\f\x1b")
        return text if odd <= len(text) // 200 else None
    return None


def _modality(kind: str) -> Modality | None:
    if kind in _TABLES:
        return Modality.TABLE
    if kind in _TEXTUAL:
        return Modality.TEXT
    return _MODALITY.get(kind.split("/", maxsplit=1)[0])
