"""Text and tables of sealed parts, a page at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from polyveil.errors import AssetError
from polyveil.modalities.text import codec
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.part import DICOM_HEADER, Part

PAGE_CHARACTERS = 20_000
PAGE_ROWS = 100
_MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text and the entity type that it belongs to; code points."""

    start: int
    end: int
    entity: str


@dataclass(frozen=True, slots=True)
class TextPage:
    """A stretch of a text with the marks in it, relative to its beginning. `start` and `total` in code points."""

    text: str
    marks: tuple[Mark, ...]
    start: int
    total: int


@dataclass(frozen=True, slots=True)
class TablePage:
    """Rows `start` and following of a table; every cell is text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    start: int
    total: int


def marks_of(attributes: Mapping[str, Any], name: str = "placed") -> list[Mark]:
    """The marks among what was sealed with a text part: 'placed' lie in the de-identified text."""
    marks = []
    for row in attributes.get(name) or ():
        span = row.get("location", {}).get("span")
        if span:
            marks.append(Mark(int(span[0]), int(span[1]), str(row.get("entity", ""))))
    return sorted(marks, key=lambda mark: (mark.start, mark.end))


def text_page(data: bytes, marks: Iterable[Mark], page: int) -> TextPage:
    """A page (from 1) of a text."""
    text = codec.decode(Part("", Modality.TEXT, "text/plain", data), Limits()).text if data else ""
    start = min(max(0, page - 1) * PAGE_CHARACTERS, len(text))
    end = min(len(text), start + PAGE_CHARACTERS)
    within = tuple(
        Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.entity)
        for mark in marks
        if mark.start < end and mark.end > start
    )
    return TextPage(text[start:end], within, start, len(text))


def table_page(data: bytes, media_type: str, page: int) -> TablePage:
    """A page (from 1) of a table, or of a DICOM header's elements.

    Raises:
        AssetError: it does not read as what it says it is.
    """
    if media_type == DICOM_HEADER:
        return _header_page(data, page)
    from polyveil.modalities.table import codec

    frame = codec.flat(codec.read(Part("", Modality.TABLE, media_type, io.BytesIO(data).getvalue()), Limits()).frame)
    start = min(max(0, page - 1) * PAGE_ROWS, frame.height)
    piece = frame[start : start + PAGE_ROWS, :_MOST_COLUMNS]
    rows = tuple(tuple("" if cell is None else str(cell) for cell in row) for row in piece.iter_rows())
    return TablePage(tuple(piece.columns), rows, start, frame.height)


def _header_page(data: bytes, page: int) -> TablePage:
    try:
        model = json.loads(data)
        rows = [
            (tag, str(element.get("vr", "")), _values(element.get("Value", ())))
            for tag, element in sorted(model.items())
            if isinstance(element, dict)
        ]
    except (ValueError, AttributeError):
        rows = []
    start = min(max(0, page - 1) * PAGE_ROWS, len(rows))
    return TablePage(("tag", "VR", "value"), tuple(rows[start : start + PAGE_ROWS]), start, len(rows))


def _values(values: Any) -> str:
    return "\\".join(
        str(one.get("Alphabetic", "…")) if isinstance(one, dict) else str(one) for one in list(values)[:16]
    )


__all__ = ["AssetError", "Mark", "TablePage", "TextPage", "marks_of", "table_page", "text_page"]
