"""Firms in Latin letters: by their legal form or family, and partners' names where somebody works."""

from __future__ import annotations

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "firms"
SCORE = 0.85
_WORD = r"[A-ZÀ-Þ][\w'’&.-]{0,30}"
_NAME = r"[A-ZÀ-Þ][^\W\d_'’]{1,30}"
_FORM = (
    r"(?:Inc|LLC|LLP|Ltd|Limited|PLC|GmbH|OHG|KG|Corp|Corporation|NV|BV|SpA|SPA|S\.p\.A|S\.r\.l|s\.r\.l|S\.L\.U|S\.L|S\.Com|"
    r"S\.A\.S|S\.A|SARL|B\.V|N\.V|Group|Holdings|et Fils|and Sons|& Sons|& Co|INC|LTD|plc|Plc|CORP|CORPORATION|LIMITED|"
    r"Company|Co|CO|AG|SA|SE|AB|ASA|A/S|Oyj|PJSC|LP|Trust|Fund|Bancorp|BanCorp|HOLDINGS|GROUP|ETF|UCITS)"
)
_FORMS = rf"{_FORM}(?:[.,]{{0,2}} ?{_FORM}){{0,3}}(?:\.? (?:II|III|IV|VI?))?"
_JOINTS = r"and|&|e|et|y|und|of|de|di|asociados"
_WORKS = (
    r"\b(?:work(?:s|ed|ing)? (?:at|for)|employed (?:at|by)|employee of|partner (?:at|of)|"
    r"(?:plant|office|offices|branch|headquarters|staff) of) "
)
_FIRMS = (
    gated(
        rf"(?<![\w.-])((?:{_WORD}, (?={_NAME} (?:and|&) ))?"
        rf"{_WORD}(?: (?:{_WORD}|{_JOINTS})){{0,6}}?,? {_FORMS}(?![\w&-])\.?)",
        rf" {_FORMS}(?:[^\w&-]|$)",
        before=100,
        after=24,
    ),
    gated(rf"{_WORKS}({_NAME}(?:, {_NAME})? (?:and|&) {_NAME}|{_NAME}-{_NAME})(?![\w-])", rf"{_WORKS}[A-Z]", after=100),
)


_WORDY = frozenset(
    ["Group", "Limited", "Holdings", "Company", "Trust", "Fund", "AG", "SA", "SE", "AB", "LP", "Co", "CO"]
)
"""Legal forms that are words or marks of something else as well."""


def find_firms(text: str) -> list[Finding]:
    """Firms in a text. Overlaps are left to the caller."""
    seen = Bytes(text)
    spans = {
        (_begun(match.group(1), match.start(1)), match.end(1))
        for pattern in _FIRMS
        for match in pattern.finditer(*seen)
        if not _label(match.group(1))
    }
    return [Finding("ORGANIZATION", Span(*span), SCORE, DETECTOR, text[slice(*span)]) for span in sorted(spans)]


def _begun(name: str, start: int) -> int:
    """Where a firm's name begins: not with an article, nor with somebody who is of the firm."""
    if name.startswith("The "):
        return start + 4
    person, of, _ = name.partition(" of ")
    words = person.split()
    return start + len(person + of) if of and len(words) > 1 and words[0] in lexicon("given_en") else start


def _label(name: str) -> bool:
    """Is it a group of common words, such as 'Blood Group', and of no family?"""
    *words, last = name.split()
    return last in _WORDY and all(
        word.lower() in lexicon("common_en") and word not in lexicon("surnames_en") for word in words
    )
