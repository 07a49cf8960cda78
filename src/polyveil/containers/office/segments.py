"""The text of an office part in segments: a paragraph over all its runs, an attribute, a value of a chart.

A name that is torn over runs ('Val' in bold, 'eska' in plain) is one text here. What is written back goes into the run
where the replaced words began; the other runs lose their share, and tabs and line breaks stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from polyveil.containers.office.package import Tree
from polyveil.modalities.text.weave import parted

_XML_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HUMAN = frozenset(
    {"title", "descr", "tooltip", "name", "alt", "string", "caption", "prompt", "promptTitle", "error", "errorTitle"}
    | {"displayName", "displayText", "instr", "display", "label", "statusText", "helpText", "comment", "text", "help"}
    | {"address", "location", "anchor", "href", "tag", "desc", "description", "initials"}
)
_VALUED = frozenset({"alias", "tag", "lvlText", "default", "listEntry", "title", "statusText", "helpText", "result"})
_MACHINE = frozenset(
    {"style", "path", "d", "coordsize", "coordorigin", "adj", "points", "sqref", "ref", "spans", "font"}
    | {"typeface", "ascii", "hAnsi", "cs", "eastAsia", "Requires", "Ignorable", "panose", "from", "to", "control1"}
    | {"control2", "inset", "adjusthandles", "connectlocs", "textboxrect", "limo", "eqn", "dashstyle", "cellIds"}
)
_PLAIN = re.compile(
    r"-?\d+(?:\.\d+)?|\{[0-9A-Fa-f-]{36}\}|[A-Za-z]{1,4}|_[A-Za-z]{2,8}\d*|#[0-9A-Fa-f]{3,8}|https?://schemas\.\S+"
)
"""Numbers, GUIDs, short words of a vocabulary, bookmarks made by programs, colours, namespaces: nobody wrote them."""
_WORDY = re.compile(r"[\s@]|[^\x00-\x7f]|\d{7}")
_LITERAL = re.compile(r'"[^"]*[^\W\d_]{3}[^"]*"')
"""Words in a format of numbers (ISO/IEC 29500-1, 18.8.31)."""
_CERTAIN = re.compile(r"@|\d{7}")
"""What names of styles and the like are searched for: their other words are mostly those of programs."""
_PAGED = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
_CODE = re.compile(r'((?<!&)(?:&&)*&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[A-Za-z]))')
"""What says where and how a header's words stand (ISO/IEC 29500-1, 18.3.1.46)."""
_PARAGRAPHS = {"wordprocessingml": {"p"}, "drawingml": {"p"}, "spreadsheetml": {"si", "is", "text"}}
_VIRTUAL = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


class Slot(Protocol):
    """A place that holds text."""

    @property
    def text(self) -> str:
        """What it holds."""

    def write(self, new: str) -> None:
        """Put another text there."""


@dataclass(slots=True)
class ElementText:
    """The text of an element."""

    element: Tree = field(repr=False)
    text: str = field(repr=False)

    def write(self, new: str) -> None:
        self.element.text = writable(new)
        if new != new.strip() and self.element.tag.endswith("}t"):
            self.element.set(_SPACE, "preserve")


@dataclass(slots=True)
class Attribute:
    """The value of an attribute."""

    element: Tree = field(repr=False)
    key: str
    text: str = field(repr=False)

    def write(self, new: str) -> None:
        self.element.set(self.key, writable(new))


@dataclass(slots=True)
class Stretch:
    """One of the pieces that the text of an element is made of; an & is written twice there."""

    element: Tree = field(repr=False)
    pieces: list[str] = field(repr=False)
    number: int

    @property
    def text(self) -> str:
        return self.pieces[self.number].replace("&&", "&")

    def write(self, new: str) -> None:
        self.pieces[self.number] = writable(new).replace("&", "&&")
        self.element.text = "".join(self.pieces)


@dataclass(slots=True)
class Segment:
    """Slots and fixed characters between them, in reading order, and the separator after them."""

    pieces: list[Slot | str] = field(default_factory=list)
    after: str = "\n"

    @property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else one.text for one in self.pieces)

    def edit(self, edits: Sequence[tuple[int, int, str]]) -> None:
        """Replace ranges of the segment's text. `edits`: (start, end, new), sorted, not overlapping."""
        edits = [part for edit in edits for part in self._parts(*edit)]
        position = 0
        for piece in self.pieces:
            length = len(piece) if isinstance(piece, str) else len(piece.text)
            if not isinstance(piece, str):
                new = _slice(piece.text, position, edits)
                if new != piece.text:
                    piece.write(new)
            position += length

    def _parts(self, start: int, end: int, new: str) -> list[tuple[int, int, str]]:
        """An edit of several runs as one of each, where each word can stay in its run."""
        ranges, position = [], 0
        for piece in self.pieces:
            length = len(piece) if isinstance(piece, str) else len(piece.text)
            first, last = max(start, position), min(end, position + length)
            if first < last and not isinstance(piece, str):
                ranges.append((first, last))
            position += length
        text = self.text if len(ranges) > 1 else ""
        parts = parted([text[first:last] for first, last in ranges], new) if text else None
        if parts is None:
            return [(start, end, new)]
        return [(first, last, one) for (first, last), one in zip(ranges, parts, strict=True)]


def _slice(text: str, begin: int, edits: Sequence[tuple[int, int, str]]) -> str:
    """What edits of the whole make of the piece that begins at `begin`."""
    end, place, out = begin + len(text), begin, []
    for start, stop, new in edits:
        if stop <= begin or start >= end:
            continue
        out.append(text[place - begin : max(start, place) - begin])
        if start >= begin:  # else an earlier piece took the new words
            out.append(new)
        place = min(stop, end)
    return "".join([*out, text[place - begin :]])


def writable(text: str) -> str:
    """Text without the characters that XML cannot hold (XML 1.0, 2.2)."""
    return _XML_FORBIDDEN.sub("", text)


def segments(root: Tree, role: str, *, skip: frozenset[str] = frozenset()) -> list[Segment]:
    """All segments of a part. `skip`: elements whose inside is read elsewhere."""
    return list(_Walk(role, skip).of(root))


@dataclass(slots=True)
class _Walk:
    role: str
    skip: frozenset[str]

    def of(self, root: Tree) -> Iterator[Segment]:
        found: list[Segment] = []
        self._visit(root, None, None, found)
        return (one for one in found if one.text.strip())

    def _visit(self, element: Tree, block: Segment | None, code: Segment | None, found: list[Segment]) -> None:
        if not isinstance(element.tag, str):
            return
        space, _, name = element.tag.rpartition("}")
        if name in self.skip:
            return
        if _is_paragraph(space, name):
            block, code = Segment(after=_separator(element)), Segment()
            found += [block, code]
        self._text(element, name, block, code, found)
        human = _formed(element) if self.role == "form" else _human(element, name)
        found += [Segment([Attribute(element, key, value)]) for key, value in human]
        for child in element:
            self._visit(child, block, code, found)

    def _text(
        self, element: Tree, name: str, block: Segment | None, code: Segment | None, found: list[Segment]
    ) -> None:
        text = element.text or ""
        if block is not None and name in _VIRTUAL and not text:
            if _parent(element) in {"r", "p"}:
                block.pieces.append(_VIRTUAL[name])
        elif not text.strip() and not (name == "t" and block is not None and text):
            return
        elif name in _PAGED:
            found.append(_headed(element, text))
        elif name == "instrText" and code is not None:
            code.pieces.append(ElementText(element, text))
        elif name == "t" and block is not None:
            block.pieces.append(ElementText(element, text))
        else:
            found.append(Segment([ElementText(element, text)]))


def _headed(element: Tree, text: str) -> Segment:
    """A sheet's header or footer: its codes part the words, and stay."""
    pieces = _CODE.split(text)
    return Segment([Stretch(element, pieces, number) if number % 2 == 0 else "\n" for number in range(len(pieces))])


def _is_paragraph(space: str, name: str) -> bool:
    return any(name in names for vocabulary, names in _PARAGRAPHS.items() if vocabulary in space)


def _parent(element: Tree) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag).rpartition("}")[2]


def _separator(paragraph: Tree) -> str:
    """A tab between the cells of a table's row, so that a label and its value are one line; else a line end."""
    cell = paragraph.getparent()
    while cell is not None and str(cell.tag).rpartition("}")[2] in {"txBody", "sdtContent", "sdt"}:
        cell = cell.getparent()
    if cell is None or not str(cell.tag).endswith("}tc"):
        return "\n"
    last = paragraph.getnext() is None
    return "\t" if last and cell.getnext() is not None else "\n"


def _formed(element: Tree) -> Iterator[tuple[str, str]]:
    """Attributes of styles and settings in which a person may have left an address, a number or words of a format."""
    for key, value in element.attrib.items():
        if (_LITERAL if key == "formatCode" else _CERTAIN).search(value) and not _PLAIN.fullmatch(value):
            yield key, value


def _human(element: Tree, name: str) -> Iterator[tuple[str, str]]:
    """Attributes that a person may have written."""
    for key, value in element.attrib.items():
        local = key.rpartition("}")[2]
        if name in {"table", "definedName"} and local in {"name", "displayName"} and "spreadsheetml" in element.tag:
            continue  # what formulas go by: `formula.labels`
        if not value.strip() or local in _MACHINE or key == _SPACE or _PLAIN.fullmatch(value):
            continue
        if local == "formatCode" and not _LITERAL.search(value):
            continue
        if local in _HUMAN or (local == "val" and name in _VALUED) or _WORDY.search(value):
            yield key, value
