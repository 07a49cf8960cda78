"""Names with what is joined to them: a second family name behind a hyphen, 'Jr.', the other words of an account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from polyveil.identity.accounts import is_word_of_names
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

_JOINED = re.compile(r"(?:[-‐‑][^\W\d_a-z\u2e80-\uffff][^\W\d_\u2e80-\uffff]+)+(?![\w@])")
_TAIL = re.compile(
    r",? (?:Jr|Sr)\b\.?|,? (?:II|III|IV|VI{1,3}|IX)\b(?![.:]\d)| the (?:Elder|Younger|Great)\b(?! [A-Z])"
    r"| (?:de (?:la|las|los)|del|dell[ae]|d[aeio]s?|v[ao]n(?: de[rn]?)?|zu|bin|ibn) [A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?"
    r"|(?:(?<= de) l(?:a|as|os)|(?<= d[eaio])|(?<= del)|(?<= v[ao]n)|(?<= la)|(?<= de[rn])) [A-Z][^\W\d_]+"
)
"""What belongs to a name that ends before it: 'Richard Dana, Jr', 'Pedro Calderón de la Barca'."""
_ONLY_TAIL = re.compile(r"(?:Jr|Sr)\.?")
_GIVEN_BEHIND = re.compile(
    r", ?(?:[A-Z]\. ?){1,3}(?=\(\d{4}\))|, ?[A-Z][^\W\d_]+(?: [A-Z]\.)?(?=[\"'”]? ?< ?[^\s<>]+@| \(\d{4}\))"
)
_FAMILY_BEFORE = re.compile(r"(?:^|(?<=[\"'“<:;\n\t ]))[A-Z][^\W\d_]+(?:[-'’][A-Z][^\W\d_]+)?, ?\Z")
_MAIL_BEHIND = re.compile(r"[\"'”]? ?< ?[^\s<>]+@")
_IN_QUOTES = re.compile(r"[\"“] ?[A-Z][^\W\d_]+(?:[-'’][A-Z][^\W\d_]+)?, ?[A-Z][^\W\d_]+(?: [A-Z]\.?)?(?=[\"”])")
_GIVEN_QUOTED = re.compile(r", ?[A-Z][^\W\d_]+(?: [A-Z]\.?)?(?=[\"”])")
"""Names as lists of authors and mail have them, the family name first: 'Knox, Robert (1911)', '"Knox, Robert" <…>'."""
TURNED = 0.96
"""Score of such a name: as that of its better half, so that the longer one counts."""
_HANDLE = re.compile(r"(?<![\w.@/-])[a-z]{2,20}(?:[._][a-z]{2,20}){1,2}(?![\w@/-]|\.\w)")
_KEY = re.compile(r"[\"']?\s*:")
_BEFORE_KEY = re.compile(r"(?:^|[\n{,])[ \t]*(?:- )?[ \t]*[\"']?\Z")
_FIELDS = frozenset(
    ["nick", "mark", "will", "bill", "grant", "grace", "art", "frank", "page", "dot", "may", "april", "june", "rose"]
)
"""Words of data that are given names too."""


def whole(found: Iterable[Finding], text: str) -> list[Finding]:
    """Names with what is joined to them: 'García-López', and the accounts `mike.johnson` and `liz_warrington`.

    A key of data that is a word and a name too ("nick":) is nobody, nor is 'Jr.' alone.
    """
    made = []
    for one in found:
        if one.entity == "PERSON" and isinstance(one.location, Span):
            start, end = one.location.start, one.location.end
            if text[start].islower() and text[start:end] in _FIELDS and _is_key(text, start, end):
                continue
            if _ONLY_TAIL.fullmatch(text, start, end):
                continue
            one = _lengthened(one, start, end, text)  # noqa: PLW2901
        made.append(one)
    return made


def _lengthened(one: Finding, start: int, end: int, text: str) -> Finding:
    """A person with the rest of the name, or the account that the name is a part of."""
    if text[start].islower():
        account = _account(text, start, end)
        return replace(one, entity="USERNAME", location=Span(*account), value=text[slice(*account)]) if account else one
    turned = _GIVEN_BEHIND.match(text, end)
    if not turned and text[max(0, start - 2) : start].strip() in {'"', "“"}:
        turned = _GIVEN_QUOTED.match(text, end)
    family = _FAMILY_BEFORE.search(text, max(0, start - 30), start) if text[start - 2 : start] == ", " else None
    if family and not _MAIL_BEHIND.match(text, end):
        family = family if _IN_QUOTES.search(text, max(0, family.start() - 2), end + 1) else None
    behind = turned or _JOINED.match(text, end) or _TAIL.match(text, end)
    if not (behind or family):
        return one
    start = family.start() if family else start
    end = start + len(text[start : behind.end() if behind else end].rstrip())
    score = max(one.score, TURNED) if turned or family else one.score
    return replace(one, location=Span(start, end), value=text[start:end], score=score)


def _is_key(text: str, start: int, end: int) -> bool:
    return bool(_KEY.match(text, end) and _BEFORE_KEY.search(text, max(0, start - 40), start))


def _account(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The account of whose words, all of them names, one was found."""
    for match in _HANDLE.finditer(text, max(0, start - 40), end + 40):
        if match.start() <= start and end <= match.end():
            return match.span() if all(map(is_word_of_names, re.split("[._]", match.group()))) else None
    return None
