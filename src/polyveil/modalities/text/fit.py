"""Replacements that keep a format what it is: JSON, markup, YAML, settings, source code and subtitles still parse."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from polyveil.modalities.text import markup
from polyveil.schema.locations import Span

_JSON = frozenset({"application/json", "application/x-ndjson"})
_YAML = "application/yaml"
_VTT = "text/vtt"
_SETTINGS = frozenset({".env", ".sh", ".bash"})
_CODE = re.compile(
    r"\.(?:toml|py|[jt]sx?|java|kt|scala|[ch]|cc|[ch]pp|cs|go|rs|rb|php|swift|sql|r|jl|pl|lua)\Z", re.IGNORECASE
)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?\Z")
_LOOKS_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|0[xob][0-9a-fA-F]+|\.\d+)\Z")
_WORDS = frozenset({"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_PLAIN = re.compile(r"[^\W_](?:[^\n:#,\[\]{}\"'\\]|:(?!\s|$))*(?<!\s)\Z")
"""A YAML scalar that needs no quotes, wherever it stands (YAML 1.2.2, 7.3.3)."""
_BEFORE = re.compile(r"(?:^|[\[{,]|(?:[:?-]|^-)[ \t])[ \t]*\Z")
_AFTER = re.compile(r"[ \t]*(?:\Z|\r?\n|[ \t]#|[,\]}]|:(?:[ \t]|\r?\n|\Z))")
_BARE_BEFORE = re.compile(r"(?:[=:(,\[+]|\breturn)\s*\Z")
_BARE_AFTER = re.compile(r"[ \t]*(?:\Z|\r?\n|[;,)\]}]|//|#)")
_DASHES = re.compile(r"\A-|-(?=-|\Z)")
"""What would end a comment (XML 1.0, 2.5), beside another dash or by itself at an edge."""
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:-->|\Z))", re.DOTALL)
_STYLE = re.compile(r"(?:style:name|[\w-]+:[\w-]*(?:style|page|layout)-name)\s*=\s*[\"'][^\"'<>]*\Z")
"""Before a name of a style, which is no text (ODF 1.3 part 3, 18.3.30)."""
_SHELL = re.compile(r"[\w@%+=:,./-]*\Z")
_SEEN = 100_000
"""Keys of one text that are remembered, so that two of them do not become one."""
_LINE = 4096


@dataclass(slots=True)
class Fit:
    """How replacements are written into one text of a media type; `name` is the file's, for its suffix."""

    media_type: str
    name: str = field(default="", repr=False)
    _keys: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    _commented: tuple[str, list[tuple[int, int]]] = field(default=("", []), repr=False)

    def __call__(self, text: str, span: Span, value: str) -> str:
        """The replacement of `text[span]` as it is to be written there."""
        old = text[span.start : span.end]
        before, after = text[max(0, span.start - _LINE) : span.start], text[span.end : span.end + 256]
        line = before[before.rfind("\n") + 1 :]
        if self.media_type in _JSON:
            return self._json(old, value, before, after)
        if self.media_type in markup.KINDS:
            if self.media_type == markup.OPENDOCUMENT and _STYLE.search(before):
                value = re.sub(r"[^\w.-]+", "_", value).strip("_")
            escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
            if self._in_comment(text, span.start):
                escaped = _DASHES.sub("‐", escaped)
            return markup.among_tags(old, escaped.replace("'", "&#39;"))
        if self.media_type == markup.MARKDOWN:
            value = markup.among_emphasis(old, value)
        if self.media_type in markup.SUBTITLES:
            if self.media_type == _VTT:
                value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            return markup.among_cues(old, value)
        if self.media_type == _YAML:
            return self._yaml(old, value, line, after)
        return self._other(old, value, line, after)

    def _in_comment(self, text: str, place: int) -> bool:
        """Comments are looked for once a text: to look back from every place takes time with its square."""
        if self._commented[0] is not text:
            self._commented = text, [match.span() for match in _COMMENT.finditer(text)]
        comments = self._commented[1]
        before = bisect_left(comments, (place,)) - 1
        return before >= 0 and place < comments[before][1]

    def _json(self, old: str, value: str, before: str, after: str) -> str:
        start, rest = before.rstrip()[-1:], after.lstrip()[:1]
        if start in (":", "[", ",", "") and rest in (",", "]", "}", "") and _NUMBER.match(old):
            return value if _NUMBER.match(value) else json.dumps(value, ensure_ascii=False)
        inside = json.dumps(value, ensure_ascii=False)[1:-1]
        return self._key(old, inside) if re.match(r'[^"\\\n]*"\s*:', after) else inside

    def _key(self, old: str, value: str) -> str:
        """Another key for each key: an object that holds the same one twice loses a member."""
        same = self._keys.setdefault(value, {})
        if old not in same:
            if sum(map(len, self._keys.values())) >= _SEEN:
                return value
            same[old] = value if not same else f"{value}_{len(same) + 1}"
        return same[old]

    def _yaml(self, old: str, value: str, line: str, after: str) -> str:
        quote = _quote(line)
        if quote == '"':
            return json.dumps(value, ensure_ascii=False)[1:-1]
        if quote == "'":
            return value.replace("'", "''")
        if re.search(r"(?:^|\s)#", line):
            return value
        begins, ends = _BEFORE.search(line), _AFTER.match(after)
        if ends and re.match(r"[ \t]*:", after):
            value = self._key(old, value)
        if begins and ends:
            kept = bool(_LOOKS_NUMBER.match(old)) == bool(_LOOKS_NUMBER.match(value))
            if _PLAIN.match(value) and kept and value.casefold() not in _WORDS:
                return value
            return json.dumps(value, ensure_ascii=False)
        safe = re.sub(r"[\[\]{},]", lambda one: {"{": "(", "}": ")", "[": "(", "]": ")"}.get(one.group(), ";"), value)
        flow = line.count("[") + line.count("{") > line.count("]") + line.count("}")
        value = (safe if flow else value).replace(": ", ":").replace(" #", "#")
        return f"_{value}" if begins and not re.match(r"[^\W_]", value) else value

    def _other(self, old: str, value: str, line: str, after: str) -> str:
        """Logs, settings, code and prose: quotes that are open stay so, and a bare number stays one value."""
        suffix = PurePosixPath(self.name).suffix.lower() or self.name.lower()
        quote = _quote(line)
        if quote:
            typographic = {'"': "”", "'": "’"}[quote]
            if quote * 2 in old:  # how SQL and CSV write one
                value = value.replace(quote * 2, quote).replace(quote, quote * 2)
            elif f"\\{quote}" in old:
                value = re.sub(rf"(?<!\\){quote}", rf"\\{quote}", value)
            elif quote not in old:
                value = value.replace(quote, typographic)
            return value if "\\" in old else value.replace("\\", "/")
        if suffix in _SETTINGS and re.search(r"=\s*\Z", line) and not _SHELL.match(value):
            return json.dumps(value, ensure_ascii=False) if re.match(r"\s*(?:\r?\n|\Z)", after) else value
        bare = _NUMBER.match(old) and not _NUMBER.match(value)
        said = _CODE.search(self.name) and _BARE_BEFORE.search(line) and _BARE_AFTER.match(after)
        if bare and (said or (re.search(r'"\s*:\s*\Z', line) and re.match(r"\s*[,}\]]", after))):
            return json.dumps(value, ensure_ascii=False)
        return value


def _quote(line: str) -> str:
    """The quote that is open at the end of a line's beginning; an apostrophe inside a word opens nothing."""
    opened = ""
    for found in re.finditer(r"\\.|\"|(?<!\w)'|'(?!\w)", line):
        mark = found.group()
        if len(mark) == 1 and opened in ("", mark):
            opened = "" if opened else mark
    return opened
