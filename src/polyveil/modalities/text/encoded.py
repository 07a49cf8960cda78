"""Personal data that base64 (RFC 4648, 4 and 5) hides in a text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence

from polyveil.modalities.text.normalise import view
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "encoded"
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])(?:[A-Za-z0-9+/]{14,}|[A-Za-z0-9_-]{14,})={0,2}(?![A-Za-z0-9+/=_-])")
_URL_SAFE = str.maketrans("-_", "+/")


def find_encoded(text: str, find: Callable[[str], Sequence[Finding]]) -> list[Finding]:
    """Base64, one level deep: what holds something personal is itself a finding of that type.

    find: patterns in a text.
    """
    found = []
    for match in _BASE64.finditer(text):
        plain = match.group().rstrip("=").translate(_URL_SAFE)
        if plain.isdecimal() or (plain.isalpha() and (plain.islower() or plain.istitle())):
            continue  # a number, a word
        try:
            inner = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
        first = find(view(inner).text)[:1] if inner.isprintable() or "\n" in inner else ()
        found += [Finding(one.entity, Span(*match.span()), one.score, DETECTOR, match.group()) for one in first]
    return found
