"""Parse a DICOM file (PS3.10) within bounds."""

from __future__ import annotations

import logging
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pydicom
from pydicom import FileDataset
from pydicom.dataelem import RawDataElement
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from polyveil.errors import AssetError
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode

MAX_FILE_BYTES = 512 * 1024**2  # larger ones stay on the disk while they are read
_DEFER_BYTES = 1024**2  # elements of a file on the disk that are read only when asked for
_HEAD = 4096  # bytes that hold the file meta
_DICOMDIR = "1.2.840.10008.1.3.10"


@contextmanager
def quiet() -> Iterator[None]:
    """Silence pydicom's warnings and log lines: they quote values."""
    logger = logging.getLogger("pydicom")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # its child loggers have no level of their own
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def parse(data: bytes | Path, limits: Limits) -> FileDataset:
    """The data set of a file, deferred elements read, ambiguous value representations settled.

    Raises AssetError: corrupt (no DICOM, truncated), unsupported (a DICOMDIR), too large, bomb (deflated).
    """
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if size == 0:
        raise AssetError(QuarantineCode.EMPTY, "a DICOM file of no bytes")
    if size > MAX_FILE_BYTES:
        raise AssetError(QuarantineCode.TOO_LARGE, f"a DICOM file of {size} bytes; the limit is {MAX_FILE_BYTES}")
    head = data[:_HEAD] if isinstance(data, bytes) else _head(data)
    marked = head[128:132] == b"DICM"
    try:
        if isinstance(data, Path) and _transfer_syntax(head)[0] != DeflatedExplicitVRLittleEndian:
            dataset = pydicom.dcmread(data, defer_size=_DEFER_BYTES, force=not marked)
            whole = _is_whole(dataset, size, b"")
        else:
            plain = _inflated(data if isinstance(data, bytes) else data.read_bytes(), limits)
            dataset = pydicom.dcmread(BytesIO(plain), force=not marked)
            whole = _is_whole(dataset, len(plain), plain)
    except AssetError:
        raise
    except RecursionError:
        raise AssetError(QuarantineCode.BOMB, "sequences nested too deeply") from None
    except Exception:  # noqa: BLE001  # pydicom raises all kinds on damaged files
        raise AssetError(QuarantineCode.CORRUPT, "the file does not parse as DICOM") from None
    if not whole:
        raise AssetError(QuarantineCode.CORRUPT, "the file is cut short")
    _settle(dataset, marked=marked)
    return dataset


def _marked(raw: bytes) -> bool:
    return raw[128:132] == b"DICM"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _is_whole(dataset: FileDataset, size: int, raw: bytes) -> bool:
    """Does the last element end where the file ends? pydicom takes a file that is cut between or in elements."""
    last = dataset.get_item(max(dataset.keys())) if len(dataset) else None
    if not isinstance(last, RawDataElement) or last.length == 0xFFFFFFFF:
        return True
    end = last.value_tell + last.length
    return end <= size and not raw[end:].strip(b"\0 ")


def _settle(dataset: FileDataset, *, marked: bool) -> None:
    meta = dataset.file_meta
    if str(meta.get("MediaStorageSOPClassUID", "")) == _DICOMDIR or "DirectoryRecordSequence" in dataset:
        raise AssetError(QuarantineCode.UNSUPPORTED, "a DICOMDIR is an index of other files: make it anew")
    if not len(dataset) or (not marked and "SOPClassUID" not in dataset):
        raise AssetError(QuarantineCode.CORRUPT, "no DICOM data set")
    little_endian = dataset.original_encoding[1] is not False
    try:
        pydicom.filewriter.correct_ambiguous_vr(dataset, little_endian)
    except Exception:  # noqa: BLE001  # what stays ambiguous is left out of the header model
        return


def _inflated(raw: bytes, limits: Limits) -> bytes:
    """A deflated data set (PS3.5 A.5) as plain explicit little endian, within the limits on expansion."""
    syntax, start, end, body = _transfer_syntax(raw)
    if syntax != DeflatedExplicitVRLittleEndian:
        return raw
    bound = min(limits.max_expanded_bytes, MAX_FILE_BYTES, int(len(raw) * limits.max_ratio) + 65_536)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    plain = inflater.decompress(raw[body:], bound)
    if inflater.unconsumed_tail:
        raise AssetError(QuarantineCode.BOMB, "the deflated data set expands beyond the limit")
    value = ExplicitVRLittleEndian.encode() + b"\0" * (len(ExplicitVRLittleEndian) % 2)
    element = b"\x02\x00\x10\x00UI" + struct.pack("<H", len(value)) + value
    return raw[:start] + element + raw[end:body] + plain


def _transfer_syntax(raw: bytes) -> tuple[str, int, int, int]:
    """(UID, start and end of its element, start of the data set) from the file meta (PS3.10 section 7.1)."""
    position, found = 132, ("", 0, 0)
    while _marked(raw) and raw[position : position + 2] == b"\x02\x00" and position + 12 <= len(raw):
        long = raw[position + 4 : position + 6] in {b"OB", b"OW", b"UN", b"UT", b"SQ"}
        (length,) = struct.unpack_from("<I" if long else "<H", raw, position + (8 if long else 6))
        value = position + (12 if long else 8)
        if raw[position + 2 : position + 4] == b"\x10\x00":
            found = (raw[value : value + length].rstrip(b"\0 ").decode("latin-1"), position, value + length)
        position = value + length
    return (*found, position)
