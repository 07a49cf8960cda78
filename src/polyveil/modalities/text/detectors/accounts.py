"""Numbers of accounts by what they follow: 'card ending in 3381', the number behind a sort code.

These ask for words in prose that no zone of the pattern scanner covers, and are rare enough for a gate of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR, SCORE = "accounts", 0.8
_KIND = r"(?:card|account|acct|a/c|visa|mastercard|amex|debit|credit|number|phone|mobile)"
_ENDING = gated(
    rf"(?i)\b{_KIND}(?: number| no\.?)?,? (?:that |which )?end(?:ing|s)(?: in| with)?:? "
    rf"[x*.]{{0,12}}(?P<number>\d{{3,5}})(?!\d)",
    r"(?i)end(?:ing|s)(?: in| with)?:? [x*.]{0,12}\d{3}",
    before=48,
    after=8,
)
_SORTED = gated(
    r"(?i)(?<![\d-])\d\d-\d\d-\d\d(?:\s?[/,;|]\s?|\s)(?:(?:a/c|acc(?:oun)?t?|account)(?: (?:no\.?|number))?:? "
    r"?)?(?P<number>\d{8})(?![\d-])",
    r"\d\d-\d\d-\d\d",
    before=2,
    after=40,
)
_TAIL = gated(r"(?<!\d)(?P<number>\d{4})(?= ?结尾(?:的|那))", r"\d{4} ?结尾", before=2, after=4)


_MASKED = gated(
    r"(?i)\b(?:card|visa|mastercard|amex|account|acct|a/c|iban|debit|credit)\b[^\w\n*•]{0,3}(?:no\.?|number)?:?\s{0,2}"
    r"(?P<number>[*x•]{1,16}(?:[ -]?[*x•]{4}){0,3}[ -]?\d{3,5})(?!\w)",
    r"(?i)[*x•][ -]?\d{3}",
    before=48,
    after=24,
)
_HIDDEN = gated(r"(?<![\w*])(?P<number>\d{3,6}[*＊]{4,14}\d{2,4}[Xx]?)(?![\w*])", r"\d[*＊]{4,14}\d", before=8, after=8)
"""Numbers whose middle is starred out: '139****4471'; the rest narrows down who it is."""
_QUOTING = gated(
    r"\b[Qq]uot(?:ing|e) (?:(?:log|ref(?:erence)?|incident|crime|case|number|no\.?|your)[ :]{1,2}){0,3}"
    r"(?P<number>[A-Z0-9][A-Z0-9/-]{3,20})(?![\w/-])",
    r"[Qq]uot(?:ing|e) ",
    after=64,
)


def find_accounts(text: str) -> Iterator[Finding]:
    """Such numbers, or the ends of them that are told."""
    seen = Bytes(text)
    for pattern in (_ENDING, _SORTED, _MASKED) if text.isascii() else (_ENDING, _SORTED, _MASKED, _TAIL):
        for match in pattern.finditer(*seen):
            yield Finding("ACCOUNT_NUMBER", Span(*match.span("number")), SCORE, DETECTOR, match["number"])
    for pattern in (_HIDDEN, _QUOTING):
        for match in pattern.finditer(*seen):
            if pattern is _HIDDEN or sum(map(str.isdigit, match["number"])) >= 3:
                yield Finding("REFERENCE_NUMBER", Span(*match.span("number")), SCORE, DETECTOR, match["number"])
