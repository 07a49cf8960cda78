"""Names as tickets and reservations have them: 'SMITH/FAITH MS' (family name, stroke, given names, title)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "names:ticket"
TITLED, LABELLED, LISTED = 0.95, 0.92, 0.8
"""Scores of a name with its title, behind a label, and of one whose two parts are in lists."""

_TITLE = r"(?:MRS|MR|MSTR|MISS|MS|MDM|DR|PROF|CHD|INF)"
_FAMILY = r"(?:(?:VAN DER|VAN DE|VAN|VON|DE LA|DE|DEL|DI|DA|DOS|AL|EL|LE|LA|MC|ST) ?)?[A-Z][A-Z'’-]{1,24}"
_GIVEN = r"[A-Z]{1,20}?(?:[ -][A-Z]{1,20}?){0,2}?"
_LABEL = r"(?i:passenger|pax|travell?er|guest|name|旅客|乘客|姓名)(?i: name)?"
_NAME = gated(
    rf"(?P<label>{_LABEL}(?:[ \t]*[:：]\s*|\s+))?(?<![\w/])(?P<name>(?P<family>{_FAMILY})/"
    rf"(?:(?P<given>{_GIVEN})[ ]?{_TITLE}|(?P<alone>[A-Z]{{1,20}})))(?![\w/])",
    r"[A-Z]/[A-Z]",
    before=64,
    after=96,
)
_WORDS = re.compile(r"[A-Z]+")


def find_names(text: str) -> Iterator[Finding]:
    """Such names, title included. What merely has a stroke ('AND/OR', 'READ/WRITE') is in no list of names."""
    if "/" not in text:
        return
    for match in _NAME.finditer(*Bytes(text)):
        families, given = _WORDS.findall(match["family"]), _WORDS.findall(match["given"] or match["alone"])
        listed = families[-1].capitalize() in _families(), given[0].capitalize() in lexicon("given_en")
        common = [word.lower() in lexicon("common_en") for word in (families[-1], given[0])]
        if all(common):
            continue
        if match["given"]:
            score = TITLED
        elif match["label"] and (any(listed) or not any(common)):
            score = LABELLED
        elif all(listed):
            score = LISTED
        else:
            continue
        yield Finding("PERSON", Span(*match.span("name")), score, DETECTOR, match["name"])


def _families() -> frozenset[str]:
    return lexicon("surnames_en") | lexicon("families_en")
