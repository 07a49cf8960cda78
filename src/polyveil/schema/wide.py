"""UTF-16 without a byte order mark, told by what the text is made of."""

from __future__ import annotations

import codecs
import re

_SEEN = 8192
_USUAL = re.compile("[\t\n\r\x20-\x7e\u00a0-\u024f\u2010-\u2026\u3000-\u303f\u3400-\u9fff\uff01-\uffee]")
_LEAST = 0.95
"""Share of the characters that are Latin, Han or the punctuation of either."""


def unmarked(head: bytes) -> str:
    """'utf-16-le' or 'utf-16-be' if the beginning of an input is UTF-16 text without a mark, else ''.

    Text of one byte a character holds no NUL, and UTF-16 text hardly goes without: spaces and ends of lines have one.
    """
    data = head[: min(len(head), _SEEN) // 2 * 2]
    if b"\0" not in data or (data.count(0) * 5 < len(data) and _is_utf8(data)):
        return ""
    found = {name: _share(data, name) for name in ("utf-16-le", "utf-16-be")}
    name = max(found, key=lambda one: found[one])
    return name if found[name] >= _LEAST else ""


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _share(data: bytes, name: str) -> float:
    for end in (len(data), len(data) - 2):  # a pair of surrogates may be cut
        try:
            text = data[:end].decode(name)
        except UnicodeDecodeError:
            continue
        return len(_USUAL.findall(text)) / len(text) if text else 0.0
    return 0.0
