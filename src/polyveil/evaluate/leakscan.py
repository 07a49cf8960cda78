"""The leak scan: search everything that was exported for what was planted, by bytes, by decoding and by OCR.

A value is searched as UTF-8, UTF-16, GB18030, JSON escapes, percent encoding, HTML entities and base64 at its three
alignments, and with other separators; archives, e-mails, tables, documents are opened; pictures and frames of videos
and DICOM files are read by OCR, their codes decoded. The result names file, entity type and way; it never holds the
value.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import ahocorasick

from polyveil.evaluate.contents import opened, pictures
from polyveil.evaluate.gold import Label

SHORTEST = 6
"""Bytes: shorter forms of a value occur by chance in compressed data (6 bytes: once in 2.8e14)."""

SHORTEST_READ = 4
"""Letters and digits, a Han character counting as two: shorter values are not looked for in what OCR read."""

SHORTEST_SQUEEZED = 9
"""Letters and digits: shorter values are not looked for without their separators."""

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
    """What was searched and what was found. `unread`: files that did not open or decode to the end."""

    files: int
    bytes: int
    values: int
    pictures: int
    leaks: tuple[Leak, ...]
    unread: tuple[str, ...] = ()


def scan(folder: Path, labels: Iterable[Label], *, read: Read | None = None, frame_step_s: float = 1.0) -> LeakScan:
    """Search all files below `folder` for the values of `labels`.

    Args:
        folder: what was exported.
        labels: gold labels; those without a value (faces) are left out.
        read: an OCR engine for pictures and frames; None searches bytes and decoded content only.
        frame_step_s: seconds between the video frames that are read.
    """
    values = {(label.value, label.finding.entity) for label in labels if label.value}
    search = _Search(values)
    leaks: set[Leak] = set()
    unread: set[str] = set()
    files = size = seen = 0
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        data = path.read_bytes()
        files, size = files + 1, size + len(data)
        leaks |= {Leak(name, entity, "name") for entity in search.within(name.encode())}
        result = opened(data)
        if result.unread:
            unread.add(name)
        for way, content in result.blobs:
            leaks |= {Leak(name, entity, way) for entity in search.within(content)}
        if read is not None:
            for text_way, text in _read(result.blobs, read, frame_step_s, name, unread):
                seen += text_way == "ocr"
                leaks |= {Leak(name, entity, text_way) for entity in search.read(text)}
    ordered = tuple(sorted(leaks, key=lambda one: (one.file, one.entity, one.way)))
    return LeakScan(files, size, len(values), seen, ordered, tuple(sorted(unread)))


def _read(
    blobs: Iterable[tuple[str, bytes]], read: Read, step: float, name: str, unread: set[str]
) -> Iterator[tuple[str, str]]:
    """What can be read in the pictures of a file: by OCR, and in their codes."""
    for _, blob in blobs:
        try:
            for picture in pictures(blob, step):
                yield "ocr", read(picture)
                yield from (("code", text) for text in _codes(picture))
        except (OSError, ValueError, RuntimeError):
            unread.add(name)


def _codes(picture: Any) -> Iterator[str]:
    try:
        import zxingcpp
    except ImportError:
        return
    for found in zxingcpp.read_barcodes(picture):
        yield str(found.text)


def _squeeze(text: str) -> str:
    """Letters and digits only, case folded: how OCR output and values are compared."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _weight(text: str) -> int:
    return sum(1 if character < "\u2e80" else 2 for character in text)


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


class _Search:
    """All values compiled for the three ways of looking: bytes, text without separators, what OCR read."""

    __slots__ = ("_bytes", "_readable", "_squeezed")

    def __init__(self, values: Iterable[tuple[str, str]]) -> None:
        values = list(values)
        self._bytes = _automaton((form.decode("latin-1"), entity) for value, entity in values for form in forms(value))
        squeezed = [(_squeeze(value), entity) for value, entity in values]
        self._squeezed = _automaton((one, entity) for one, entity in squeezed if len(one) >= SHORTEST_SQUEEZED)
        self._readable = _automaton((one, entity) for one, entity in squeezed if _weight(one) >= SHORTEST_READ)

    def within(self, content: bytes) -> set[str]:
        """Entity types found in bytes; in text also where the separators differ ('4539 6018' for '45396018')."""
        found = _matches(self._bytes, content.lower().decode("latin-1"))
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            return found
        return found | _matches(self._squeezed, _squeeze(text))

    def read(self, text: str) -> set[str]:
        """Entity types found in what an engine read."""
        return _matches(self._readable, _squeeze(text))


def _automaton(words: Iterable[tuple[str, str]]) -> Any:
    automaton = ahocorasick.Automaton()
    for word, entity in words:
        automaton.add_word(word, entity)
    automaton.make_automaton()
    return automaton


def _matches(automaton: Any, text: str) -> set[str]:
    return {entity for _end, entity in automaton.iter(text)} if len(automaton) else set()


def by_entity(leaks: Iterable[Leak]) -> Mapping[str, int]:
    """Number of leaks by entity type."""
    counts: dict[str, int] = {}
    for leak in leaks:
        counts[leak.entity] = counts.get(leak.entity, 0) + 1
    return counts
