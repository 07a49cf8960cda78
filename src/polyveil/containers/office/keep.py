"""Which parts of an office package are kept, and under which names. All others are left out.

What is not listed names people or machines, or is of a kind that nothing here can look into: document properties of
applications, custom XML, macros, printer settings, thumbnails, pivot caches, query connections, threaded comments and
persons, embedded fonts, OLE objects.
"""

from __future__ import annotations

from dataclasses import dataclass

_OPEN = "application/vnd.openxmlformats-officedocument."
_MS = "application/vnd.ms-"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of part: its role, its path in what is written ('{}' is a number), its content type there."""

    role: str
    path: str
    content_type: str


def _word(name: str, role: str = "words") -> tuple[str, Kind]:
    kind = f"{_OPEN}wordprocessingml.{name}+xml"
    return kind, Kind(role, f"word/{name}{{}}.xml", kind)


def _sheet(name: str, path: str, role: str) -> tuple[str, Kind]:
    kind = f"{_OPEN}spreadsheetml.{name}+xml"
    return kind, Kind(role, path, kind)


def _slide(name: str, path: str, role: str = "words") -> tuple[str, Kind]:
    kind = f"{_OPEN}presentationml.{name}+xml"
    return kind, Kind(role, path, kind)


def _drawing(content_type: str, path: str, role: str = "words") -> tuple[str, Kind]:
    return content_type, Kind(role, path, content_type)


_DOCUMENT = Kind("words", "word/document.xml", f"{_OPEN}wordprocessingml.document.main+xml")
_WORKBOOK = Kind("workbook", "xl/workbook.xml", f"{_OPEN}spreadsheetml.sheet.main+xml")
_PRESENTATION = Kind("words", "ppt/presentation.xml", f"{_OPEN}presentationml.presentation.main+xml")

MAIN = {
    _DOCUMENT.content_type: _DOCUMENT,
    f"{_OPEN}wordprocessingml.template.main+xml": _DOCUMENT,
    f"{_MS}word.document.macroEnabled.main+xml": _DOCUMENT,
    f"{_MS}word.template.macroEnabledTemplate.main+xml": _DOCUMENT,
    _WORKBOOK.content_type: _WORKBOOK,
    f"{_OPEN}spreadsheetml.template.main+xml": _WORKBOOK,
    f"{_MS}excel.sheet.macroEnabled.main+xml": _WORKBOOK,
    f"{_MS}excel.template.macroEnabled.main+xml": _WORKBOOK,
    _PRESENTATION.content_type: _PRESENTATION,
    f"{_OPEN}presentationml.slideshow.main+xml": _PRESENTATION,
    f"{_OPEN}presentationml.template.main+xml": _PRESENTATION,
    f"{_MS}powerpoint.presentation.macroEnabled.main+xml": _PRESENTATION,
    f"{_MS}powerpoint.slideshow.macroEnabled.main+xml": _PRESENTATION,
    f"{_MS}powerpoint.template.macroEnabled.main+xml": _PRESENTATION,
}
"""Main parts: templates and documents with macros come out as documents without."""

KINDS = MAIN | dict(
    (
        _word("header"),
        _word("footer"),
        _word("footnotes"),
        _word("endnotes"),
        _word("comments"),
        _word("numbering"),
        _word("settings", "form"),
        _word("styles", "form"),
        _word("fontTable", "form"),
        _sheet("worksheet", "xl/worksheets/sheet{}.xml", "sheet"),
        _sheet("chartsheet", "xl/chartsheets/sheet{}.xml", "words"),
        _sheet("sharedStrings", "xl/sharedStrings.xml", "strings"),
        _sheet("styles", "xl/styles.xml", "form"),
        _sheet("comments", "xl/comments{}.xml", "words"),
        _sheet("table", "xl/tables/table{}.xml", "words"),
        _slide("slide", "ppt/slides/slide{}.xml"),
        _slide("slideLayout", "ppt/slideLayouts/slideLayout{}.xml"),
        _slide("slideMaster", "ppt/slideMasters/slideMaster{}.xml"),
        _slide("notesSlide", "ppt/notesSlides/notesSlide{}.xml"),
        _slide("notesMaster", "ppt/notesMasters/notesMaster{}.xml"),
        _slide("handoutMaster", "ppt/handoutMasters/handoutMaster{}.xml"),
        _slide("comments", "ppt/comments/comment{}.xml"),
        _slide("commentAuthors", "ppt/commentAuthors{}.xml"),
        _slide("presProps", "ppt/presProps{}.xml", "form"),
        _slide("tableStyles", "ppt/tableStyles{}.xml", "form"),
        _drawing(f"{_MS}powerpoint.comments+xml", "ppt/comments/modernComment{}.xml"),
        _drawing(f"{_MS}powerpoint.authors+xml", "ppt/authors{}.xml"),
        _drawing(f"{_OPEN}drawing+xml", "xl/drawings/drawing{}.xml"),
        _drawing(f"{_OPEN}drawingml.chart+xml", "charts/chart{}.xml"),
        _drawing(f"{_OPEN}drawingml.chartshapes+xml", "charts/shapes{}.xml"),
        _drawing(f"{_OPEN}drawingml.diagramData+xml", "diagrams/data{}.xml"),
        _drawing(f"{_OPEN}drawingml.diagramLayout+xml", "diagrams/layout{}.xml", "form"),
        _drawing(f"{_OPEN}drawingml.diagramStyle+xml", "diagrams/quickStyle{}.xml", "form"),
        _drawing(f"{_OPEN}drawingml.diagramColors+xml", "diagrams/colors{}.xml", "form"),
        _drawing(f"{_MS}office.drawingml.diagramDrawing+xml", "diagrams/drawing{}.xml"),
        _drawing(f"{_OPEN}theme+xml", "theme/theme{}.xml", "form"),
        _drawing(f"{_OPEN}themeOverride+xml", "theme/themeOverride{}.xml", "form"),
        _drawing(f"{_MS}office.chartstyle+xml", "charts/style{}.xml", "form"),
        _drawing(f"{_MS}office.chartcolorstyle+xml", "charts/colors{}.xml", "form"),
        _drawing(f"{_OPEN}vmlDrawing", "drawings/vmlDrawing{}.vml"),
        _drawing("application/vnd.openxmlformats-package.core-properties+xml", "docProps/core.xml", "core"),
    )
)
"""Kinds by content type. Roles: 'words' is searched, 'form' holds styles and settings, the others have own readers."""

EMBEDDED = ("docx", "xlsx", "pptx")
"""Suffixes of embedded packages, which go down the road by themselves."""

MEDIA_TYPES = {
    "word": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}
"""Media type and suffix of what is written, by the folder of its main part."""
