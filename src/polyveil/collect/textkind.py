"""What kind of text a text is: e-mail, markup, data, table or plain."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable

HEAD = 64 * 1024
"""Bytes from the beginning of an input that are looked at."""

_TEXT_SUFFIXES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    **dict.fromkeys((".xml", ".svg", ".xsd", ".xsl", ".gpx", ".kml", ".rss", ".atom", ".plist", ".xlf"), "text/xml"),
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".srt": "application/x-subrip",
    ".vtt": "text/vtt",
}

_EMAIL = re.compile(rb"^(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}\r?\n", re.ASCII)
_MBOX = re.compile(
    rb"From \S+ +[^\r\n]{0,80}\d\d:\d\d[^\r\n]{0,40}\r?\n(?=[A-Za-z][A-Za-z0-9-]*:)", re.ASCII
)  # RFC 4155
_EMAIL_NEEDS = re.compile(
    rb"^(?:(?:received|return-path|message-id|mime-version|content-type):|from:[^\n]{0,998}@)",
    re.IGNORECASE | re.MULTILINE,
)
_EML_NEEDS = re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE)
"""A memorandum is headed like a mail, but by names without addresses: only its file's name can say that it is one."""

_SUBRIP = re.compile(r"\d+\s*\r?\n\d\d:\d\d:\d\d[,.]\d{3} --> ")
_HTML = re.compile(r"<(!doctype\s+html|html|head|body)\b|<\?xml[^<]*(<!doctype[^<]*)?<html\b", re.IGNORECASE)
_FLAT = re.compile(r"<\?xml[^<>]*>\s*<office:document\s")
"""OpenDocument in a single file of XML (ODF 1.3 part 3, 3.1.2)."""
_SVG = re.compile(
    r"(?:<\?xml[^<>]{0,200}>\s*)?(?:<!--(?:[^-]|-(?!->)){0,4000}-->\s*)*(?:<!doctype\s+svg[^\[<>]{0,400}>\s*)?<(?:svg:)?svg[\s>]",
    re.IGNORECASE,
)


def text_kind(head: bytes, text: str, suffix: str) -> str:
    """The media type of a text: its first bytes, the same decoded, and the suffix of its name in lower case."""
    stripped = text.lstrip()
    header = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    tests: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("application/mbox", lambda: bool(_MBOX.match(head))),
        ("message/rfc822", lambda: bool(_EMAIL.match(head) and _mailed(header, suffix))),
        ("text/vtt", lambda: stripped.startswith("WEBVTT")),
        ("application/x-subrip", lambda: bool(_SUBRIP.match(stripped))),
        ("text/html", lambda: bool(_HTML.match(stripped[:2000]))),
        ("image/svg+xml", lambda: bool(_SVG.match(stripped[:8000]))),
        ("application/vnd.oasis.opendocument+xml", lambda: bool(_FLAT.match(stripped[:2000]))),
        ("text/xml", lambda: stripped.startswith("<?xml")),
    )
    for kind, test in tests:
        if test():
            return kind
    structured = _json_kind(stripped) if stripped[:1] in ("{", "[") else ""
    return structured or _table_kind(text, suffix) or _TEXT_SUFFIXES.get(suffix, "text/plain")


def _mailed(header: bytes, suffix: str) -> bool:
    return bool(_EMAIL_NEEDS.search(header) or (suffix == ".eml" and _EML_NEEDS.search(header)))


def _json_kind(text: str) -> str:
    first, _, rest = text.partition("\n")
    try:
        json.loads(first)
    except (ValueError, RecursionError):  # nested too deep is still JSON: its room refuses it
        first_is_whole = False
    else:
        first_is_whole = True
    if first_is_whole and rest.strip()[:1] in ("{", "["):
        return "application/x-ndjson"
    if first_is_whole and not rest.strip():
        return "application/json"
    return "application/json" if _begins_json(text) else ""


def _begins_json(text: str) -> bool:
    """Is this JSON, or JSON that is cut off where the looked-at head ends? '[10:23] hello' is neither."""
    try:
        json.loads(text)
    except RecursionError:
        return True
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text) - 64 or error.msg.startswith("Unterminated string")
        return len(text) >= HEAD // 4 and cut
    return True


def _table_kind(text: str, suffix: str) -> str:
    """CSV or TSV if the first lines agree on a number of fields; a suffix lets two lines be enough."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    named = suffix in (".csv", ".tsv", ".tab")
    if len(lines) < (1 if named else 3):
        return ""
    for delimiter in "\t,;|":
        try:
            widths = {len(row) for row in csv.reader(lines[:-1] or lines, delimiter=delimiter)}
        except csv.Error:
            continue
        if len(widths) == 1 and min(widths) >= (2 if named else 3):
            return "text/tab-separated-values" if delimiter == "\t" else "text/csv"
    return "text/csv" if named else ""
