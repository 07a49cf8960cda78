"""The leak scan: search everything that was exported for what was planted, by bytes, by decoding and by OCR.

A value is searched as UTF-8, UTF-16, GB18030, JSON escapes, percent encoding, HTML entities and base64 at its three
alignments; archives, e-mails, tables and office files are opened; pictures and frames of videos and DICOM files are
read by OCR. The result names file, entity type and way; it never holds the value.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ahocorasick

from polyveil.evaluate.gold import Label

SHORTEST = 6
"""Bytes: shorter forms of a value occur by chance in compressed data (6 bytes: once in 2.8e14)."""

SHORTEST_READ = 4
"""Letters and digits: shorter values are not looked for in what OCR read."""

Read = Callable[[Any], str]
"""An OCR engine: an RGB picture (uint8, height x width x 3) to its text."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A planted value found in an exported file. `way`: 'bytes', 'archive member', 'table', 'ocr' …"""

    file: str
    entity: str
    way: str


@dataclass(frozen=True, slots=True)
class LeakScan:
    """What was searched and what was found."""

    files: int
    bytes: int
    values: int
    pictures: int
    leaks: tuple[Leak, ...]


def scan(folder: Path, labels: Iterable[Label], *, read: Read | None = None, frame_step_s: float = 1.0) -> LeakScan:
    """Search all files below `folder` for the values of `labels`.

    Args:
        folder: what was exported.
        labels: gold labels; those without a value (faces) are left out.
        read: an OCR engine for pictures and frames; None searches bytes and decoded content only.
        frame_step_s: seconds between the video frames that are read.
    """
    values = {(label.value, label.finding.entity) for label in labels if label.value}
    automaton = _automaton(values)
    readable = {_squeeze(value): entity for value, entity in values if len(_squeeze(value)) >= SHORTEST_READ}
    leaks: set[Leak] = set()
    files = size = pictures = 0
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        data = path.read_bytes()
        files, size = files + 1, size + len(data)
        for way, content in _contents(data, name.encode()):
            leaks |= {Leak(name, entity, way) for entity in _search(automaton, content)}
        if read is not None:
            for picture in _pictures(path, data, frame_step_s):
                pictures += 1
                text = _squeeze(read(picture))
                leaks |= {Leak(name, entity, "ocr") for value, entity in readable.items() if value in text}
    ordered = tuple(sorted(leaks, key=lambda one: (one.file, one.entity, one.way)))
    return LeakScan(files, size, len(values), pictures, ordered)


def _squeeze(text: str) -> str:
    """Letters and digits only, case folded: how OCR output and values are compared."""
    return "".join(character for character in text.casefold() if character.isalnum())


def forms(value: str) -> set[bytes]:
    """The byte forms under which a value is searched, ASCII letters in lower case."""
    plain = {value, value.upper(), html.escape(value), json.dumps(value)[1:-1], quote(value), quote(value, safe="")}
    found = {text.encode(code, "ignore") for text in plain for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    raw = value.encode()
    for shift in range(3):  # base64 of the value inside other text: drop the characters that depend on neighbours
        coded = base64.b64encode(b"\0" * shift + raw)
        start, end = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        found.add(coded[start:end])
    return {form.lower() for form in found if len(form) >= SHORTEST}


def _automaton(values: Iterable[tuple[str, str]]) -> Any:
    automaton = ahocorasick.Automaton()
    for value, entity in values:
        for form in forms(value):
            automaton.add_word(form.decode("latin-1"), entity)
    automaton.make_automaton()
    return automaton


def _search(automaton: Any, content: bytes) -> set[str]:
    if not len(automaton):
        return set()
    return {entity for _end, entity in automaton.iter(content.lower().decode("latin-1"))}


def _contents(data: bytes, name: bytes) -> Iterator[tuple[str, bytes]]:
    """The bytes themselves, the file's name, and what can be decoded out of them."""
    yield "bytes", data
    yield "name", name
    yield from _decoded(data, depth=0)


def _decoded(data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    if depth > 3:
        return
    if data[:4] == b"PK\x03\x04":
        yield from _archive(data, depth)
    elif data[:4] == b"PAR1":
        yield "table", _table(data)
    elif re.match(rb"[A-Za-z-]+:[^\n]*\n", data) and b"\nMIME-Version" in data:
        yield from _mail(data, depth)
    else:
        for blob in re.findall(rb"[A-Za-z0-9+/\r\n]{40,}={0,2}", data[: 8 * 1024**2]):
            try:
                yield "base64", base64.b64decode(blob, validate=False)
            except (binascii.Error, ValueError):
                continue


def _archive(data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            content = archive.read(member)
            yield "archive member", content + member.filename.encode()
            yield from _decoded(content, depth + 1)


def _mail(data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    yield "e-mail", headers.encode("utf-8", "replace")
    if not isinstance(message, EmailMessage):
        return
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield "e-mail", content + str(part.get_filename() or "").encode()
            yield from _decoded(content, depth + 1)


def _table(data: bytes) -> bytes:
    import polars as pl

    return pl.read_parquet(io.BytesIO(data)).write_csv().encode()


def _pictures(path: Path, data: bytes, step: float) -> Iterator[Any]:
    """RGB pictures of a file: all frames of a picture, a frame every `step` seconds of a video, DICOM frames."""
    suffix = path.suffix.lower()
    if suffix in (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".tif", ".tiff", ".bmp"):
        yield from _frames(data)
    elif suffix in (".mp4", ".mkv", ".webm", ".mov"):
        yield from _video(path, step)
    elif suffix == ".dcm":
        yield from _dicom(data)


def _frames(data: bytes) -> Iterator[Any]:
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    with Image.open(io.BytesIO(data)) as image:
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number < 50:
                yield np.asarray(ImageOps.exif_transpose(frame).convert("RGB"))


def _video(path: Path, step: float) -> Iterator[Any]:
    import av

    with av.open(str(path)) as film:
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
        pixels = pydicom.dcmread(io.BytesIO(data)).pixel_array
    except (InvalidDicomError, AttributeError, ValueError, RuntimeError):
        return
    frames = pixels if pixels.ndim == 4 or (pixels.ndim == 3 and pixels.shape[-1] != 3) else pixels[None]
    for frame in frames[:: max(1, len(frames) // 5)]:
        low, high = float(frame.min()), float(frame.max())
        grey = ((frame - low) / max(high - low, 1.0) * 255).astype(np.uint8)
        yield grey if grey.ndim == 3 else np.repeat(grey[..., None], 3, axis=2)


def by_entity(leaks: Iterable[Leak]) -> Mapping[str, int]:
    """Number of leaks by entity type."""
    counts: dict[str, int] = {}
    for leak in leaks:
        counts[leak.entity] = counts.get(leak.entity, 0) + 1
    return counts
