"""Names with what is joined to them: a second family name behind a hyphen, the other words of an account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from polyveil.identity.accounts import is_word_of_names
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

_JOINED = re.compile(r"(?:[-‐‑][^\W\d_a-z\u2e80-\uffff][^\W\d_\u2e80-\uffff]+)+(?![\w@])")
_HANDLE = re.compile(r"(?<![\w.@/-])[a-z]{2,20}(?:[._][a-z]{2,20}){1,2}(?![\w@/-]|\.\w)")
_KEY = re.compile(r"[\"']?\s*:")
_BEFORE_KEY = re.compile(r"(?:^|[\n{,])[ \t]*(?:- )?[ \t]*[\"']?\Z")
_FIELDS = frozenset(
    ["nick", "mark", "will", "bill", "grant", "grace", "art", "frank", "page", "dot", "may", "april", "june", "rose"]
)
"""Words of data that are given names too."""


def whole(found: Iterable[Finding], text: str) -> list[Finding]:
    """Names with what is joined to them: 'García-López', and the accounts `mike.johnson` and `liz_warrington`.

    A key of data that is a word and a name too ("nick":) is nobody.
    """
    made = []
    for one in found:
        if one.entity == "PERSON" and isinstance(one.location, Span):
            start, end = one.location.start, one.location.end
            joined = _JOINED.match(text, end)
            if text[start].islower():
                if text[start:end] in _FIELDS and _is_key(text, start, end):
                    continue
                account = _account(text, start, end)
                if account:
                    made.append(replace(one, entity="USERNAME", location=Span(*account), value=text[slice(*account)]))
                    continue
            elif joined:
                one = replace(one, location=Span(start, joined.end()), value=text[start : joined.end()])  # noqa: PLW2901
        made.append(one)
    return made


def _is_key(text: str, start: int, end: int) -> bool:
    return bool(_KEY.match(text, end) and _BEFORE_KEY.search(text, max(0, start - 40), start))


def _account(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The account of whose words, all of them names, one was found."""
    for match in _HANDLE.finditer(text, max(0, start - 40), end + 40):
        if match.start() <= start and end <= match.end():
            return match.span() if all(map(is_word_of_names, re.split("[._]", match.group()))) else None
    return None
