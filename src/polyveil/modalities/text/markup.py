"""HTML and XML as they are read: words without the tags inside them, entities as characters, attributes by themselves.

The raw text is searched as well (comments, scripts, addresses); this view finds what tags and entities tear apart.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from polyveil.modalities.text.weave import woven
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span, inside

OPENDOCUMENT = "application/vnd.oasis.opendocument+xml"
"""XML of OpenDocument and of an EPUB's package: most of its attributes are a program's own words."""
KINDS = frozenset({"text/html", "text/xml", "application/xml", "image/svg+xml", OPENDOCUMENT})
MARKDOWN = "text/markdown"
SUBTITLES = frozenset({"application/x-subrip", "text/vtt"})

_PIECE = re.compile(
    r"(?P<comment><!--[^<>]{0,20000}-->)|(?P<tag><(?P<name>/?[A-Za-z][^\s<>/]{0,80})[^<>]{0,20000}>)|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)
_ATTRIBUTE = re.compile(r"=\s*(?:\"([^\"]*)\"|'([^']*)')")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q"}
    | {"s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr", "tspan"}
)
_WITHIN = frozenset(
    {"text:span", "text:a", "text:soft-page-break", "text:bookmark", "text:bookmark-start", "text:bookmark-end"}
)
"""The same in OpenDocument (ODF 1.3 part 3, 6.1)."""
_SPACES = frozenset({"text:s", "text:tab"})
_TAG = re.compile(r"<(/?[A-Za-z][^\s<>/]*)[^<>]*?(/?)>")
_STYLED = re.compile(r" text:style-name=\"[A-Z]\d{1,4}\"")
"""A style that a program made and numbered: bold, italics."""
_TECHNICAL = re.compile(r"(?:font[\w-]*|xmlns(?::[\w.-]+)?|xlink:href|\bid|:id)\Z")
_TAG_OR_COMMENT = re.compile(rf"<!--[^<>]{{0,20000}}-->|{_TAG.pattern}")
_SAID = re.compile(
    r"\s(?:office:(?:string-value|date-value|value|name|title)|xlink:(?:href|title)|draw:name|text:(?:name|description)"
    r"|table:(?:name|formula|title)|svg:(?:title|desc)|loext:\w+|content|title|(?:opf:)?file-as)\s*=\s*"
    r"(?:\"([^\"]*)\"|'([^']*)')"
)
"""Attributes of such XML that people write."""
_EMPHASIS = re.compile(
    r"(?<=\S)(?:\*{1,3}|~~)|(?:\*{1,3}|~~)(?=\S)|(?<!\w)_{1,3}(?=\w)|(?<=[^\W_])_{1,3}(?!\w)|\\(?=[!-/:-@\[-`{-~])"
)
"""Marks of emphasis (CommonMark 0.31, 6.2), inside words only where that means emphasis, and escapes (2.4)."""
_CUE = re.compile(
    r"</?(?:[ibuc]|ruby|rt|lang|font)(?:[.\s][^<>\n]{0,200})?>|<(?:\d\d:)?\d\d:\d\d\.\d{3}>|\{\\[^{}\n]{1,80}\}"
    r"|\r?\n\s*(?:\r?\n[^\n]{0,80})?\r?\n(?:\d{2,4}:)?\d\d:\d\d[.,]\d{3} --> [^\n]{0,200}(?=\n)"
)
"""Tags in a cue, and what stands between two cues (WebVTT 4; SubRip)."""
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[\x00-\x08\x0b\x0e-\x1f\x7f]")
_DECLARED = re.compile(r"(<\?xml[^<>]{0,200}?encoding\s*=\s*[\"'])[^\"'<>]{1,40}", re.IGNORECASE)
_META = re.compile(r"(<meta[^<>]{0,300}?charset\s*=\s*[\"']?)[A-Za-z0-9_:.-]{1,40}", re.IGNORECASE)
_HEAD = 4096
_SCHEMA = re.compile(
    r"(?:\bxmlns(?::[\w.-]{1,80})?\s*=\s*|<!DOCTYPE\s[^<>\[]{0,300}?)([\"'])(?P<name>[a-z]{3,5}:[\w.:/#-]{1,300})\1"
)
"""Names of vocabularies (Namespaces in XML 1.0, 2; XML 1.0, 2.8): without them nobody knows what the file is."""


@dataclass(slots=True)
class View:
    """A text with the place of each of its pieces in the original: (start here, start there, length there).

    body: where in the text the attributes begin, which lie elsewhere in the original.
    """

    text: str = field(repr=False)
    pieces: list[tuple[int, int, int]] = field(repr=False)
    body: int

    def original(self, found: Sequence[Finding]) -> list[Finding]:
        """Findings of the view as findings of the original text; their values are those of the view."""
        starts = [piece[0] for piece in self.pieces]
        moved = []
        for one in self._lines(found):
            if not isinstance(one.location, Span) or one.location.start == one.location.end:
                continue
            first = self.pieces[bisect_right(starts, one.location.start) - 1]
            last = self.pieces[bisect_right(starts, one.location.end - 1) - 1]
            begin = first[1] + min(one.location.start - first[0], max(0, first[2] - 1))
            end = last[1] + min(one.location.end - last[0], last[2])
            if last[2] and self._is_entity(last):
                end = last[1] + last[2]
            if self._is_entity(first):
                begin = first[1]
            if begin < end:
                value = one.value or self.text[one.location.start : one.location.end]
                moved.append(replace(one, location=Span(begin, end), value=value))
        return moved

    def _lines(self, found: Sequence[Finding]) -> Iterator[Finding]:
        """Findings that reach over attributes, one for each line: what lies between them in the original stays."""
        for one in found:
            if not isinstance(one.location, Span) or one.location.end <= self.body:
                yield one
                continue
            start = one.location.start
            for line in self.text[start : one.location.end].split("\n"):
                whole = start == one.location.start and start + len(line) == one.location.end
                value = one.value if whole else line
                yield replace(one, location=Span(start, start + len(line)), value=value)
                start += len(line) + 1

    def _is_entity(self, piece: tuple[int, int, int]) -> bool:
        here, _there, length = piece
        number = bisect_right(self.pieces, piece)
        following = self.pieces[number][0] if number < len(self.pieces) else len(self.text)
        return following - here != length


def view(text: str, *, is_html: bool) -> View:
    """What a reader sees of markup, attributes and comments behind it, each on its own line."""
    out: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    length = 0
    values: list[tuple[int, str]] = []

    def add(shown: str, place: int, size: int) -> None:
        nonlocal length
        if shown:
            pieces.append((length, place, size))
            out.append(shown)
            length += len(shown)

    position = 0
    for found in _PIECE.finditer(text):
        add(text[position : found.start()], position, found.start() - position)
        position = found.end()
        if found["comment"]:  # by itself: what it parts is one to a reader
            values.append((found.start() + len("<!--"), found["comment"][len("<!--") : -len("-->")]))
            continue
        if found["entity"]:
            add(html.unescape(found["entity"]), found.start(), len(found["entity"]))
            continue
        for attribute in _ATTRIBUTE.finditer(found["tag"]):
            group = 1 if attribute[1] is not None else 2
            values.append((found.start() + attribute.start(group), attribute[group]))
        name = found["name"].lstrip("/").lower()
        if name in _SPACES:
            add(" ", found.start(), 0)
        elif name not in (_INLINE if is_html else _WITHIN):
            add("\n", found.start(), 0)
    add(text[position:], position, len(text) - position)
    body = length
    for place, value in values:
        add("\n", place, 0)
        add("\n", place, 0)  # values beside one another are no halves of one
        start = 0
        for found in _PIECE.finditer(value):
            if found["entity"]:
                add(value[start : found.start()], place + start, found.start() - start)
                add(html.unescape(found["entity"]), place + found.start(), len(found["entity"]))
                start = found.end()
        add(value[start:], place + start, len(value) - start)
    return View("".join(out), pieces, body)


def without_schemas(found: Sequence[Finding], text: str) -> list[Finding]:
    """The findings but for addresses that only name the vocabulary of the markup."""
    if not any(one.entity == "URL" for one in found):
        return list(found)
    names = [match.span("name") for match in _SCHEMA.finditer(text)]
    return [one for one in found if one.entity != "URL" or not inside(one.location, names)]


def said(found: Sequence[Finding], text: str) -> list[Finding]:
    """The findings of OpenDocument's XML that lie in words or in attributes that people write."""
    tags, values = [], []
    for match in _PIECE.finditer(text):
        if match["tag"]:
            tags.append(match.span())
            spans = (one.span(1 if one[1] is not None else 2) for one in _SAID.finditer(match["tag"]))
            values += [(match.start() + start, match.start() + end) for start, end in spans]
    starts = [start for start, _ in tags]

    def in_tag(place: int) -> bool:
        number = bisect_right(starts, place) - 1
        return number >= 0 and place < tags[number][1]

    kept = []
    for one in found:
        if isinstance(one.location, Span):
            torn = in_tag(one.location.start) or in_tag(one.location.end - 1)
            if not torn or inside(one.location, values):
                kept.append(one)
    return kept


def in_values(found: Sequence[Finding], text: str) -> list[Finding]:
    """Findings inside values of attributes, but for those that name a font or a vocabulary."""
    values = [
        (match.start() + one.start(group), match.start() + one.end(group))
        for match in _PIECE.finditer(text)
        if match["tag"]
        for one in _ATTRIBUTE.finditer(match["tag"])
        if not _TECHNICAL.search(match["tag"], max(0, one.start() - 60), one.start())
        for group in (1 if one[1] is not None else 2,)
    ]
    return [one for one in found if inside(one.location, values)]


def without_emphasis(text: str) -> View:
    """What a reader sees of Markdown: a name is one, whichever half of it is bold."""
    return _without(_EMPHASIS, text)


def without_cues(text: str) -> View:
    """What is said in subtitles: a number is one, over lines in italics and from one cue to the next."""
    return _without(_CUE, text)


def among_cues(torn: str, value: str) -> str:
    """A replacement with the tags and the times of cues inside the replaced range: they stay."""
    return _among(_pieces(_CUE, torn), value, lambda one: one if one[0] in "<{" else f"{one}\n")


def _pieces(marks: re.Pattern[str], torn: str) -> list[tuple[str, bool]]:
    """What marks part, and the marks: each piece, and whether it is one."""
    pieces: list[tuple[str, bool]] = []
    position = 0
    for found in marks.finditer(torn):
        pieces += [(torn[position : found.start()], False), (found.group(), True)]
        position = found.end()
    return [*pieces, (torn[position:], False)]


def _among(pieces: Sequence[tuple[str, bool]], value: str, behind: Callable[[str], str] = str) -> str:
    """A replacement with the marks of the replaced range: where they stood if as many words come, else behind it."""
    between = woven(pieces, value)
    return between if between is not None else value + "".join(behind(one) for one, is_mark in pieces if is_mark)


def without_controls(text: str) -> View | None:
    """What is left when `clean` has dropped control characters and colours of terminals; None if there are none."""
    return _without(_CONTROL, text) if _CONTROL.search(text) else None


def _without(pattern: re.Pattern[str], text: str) -> View:
    out: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    length = position = 0
    for start, end in (*(found.span() for found in pattern.finditer(text)), (len(text), len(text))):
        if position < start:
            pieces.append((length, position, start - position))
            out.append(text[position:start])
            length += start - position
        position = end
    return View("".join(out), pieces, length)


def among_emphasis(torn: str, value: str) -> str:
    """A replacement with the marks of emphasis inside the replaced range: what opened before it closes after it."""
    return _among([("" if one == "\\" else one, is_mark) for one, is_mark in _pieces(_EMPHASIS, torn)], value)


def among_tags(torn: str, value: str) -> str:
    """A replacement with the tags inside the replaced range: they stay, so that what they open and close still does.

    Their attributes do not, nor do comments: a tooltip or an address between two halves of a name says who it is.
    """
    return _among([(_bare(one) if is_mark else one, is_mark) for one, is_mark in _pieces(_TAG_OR_COMMENT, torn)], value)


def _bare(mark: str) -> str:
    tag = _TAG.match(mark)
    style = _STYLED.search(mark) if tag else None
    return f"<{tag[1]}{style.group() if style else ''}{tag[2]}>" if tag else ""


def declared(text: str) -> str:
    """The encoding that markup says it is in, '' if it says none."""
    found = _DECLARED.search(text[:_HEAD]) or _META.search(text[:_HEAD])
    return found.group()[len(found.group(1)) :] if found else ""


def declared_utf8(text: str) -> str:
    """The same markup, declared to be the UTF-8 that it is written in."""
    head = _META.sub(r"\1utf-8", _DECLARED.sub(r"\1UTF-8", text[:_HEAD]))
    return head + text[_HEAD:]
