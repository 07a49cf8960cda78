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


def find_accounts(text: str) -> Iterator[Finding]:
    """Such numbers, or the ends of them that are told."""
    seen = Bytes(text)
    for pattern in (_ENDING, _SORTED) if text.isascii() else (_ENDING, _SORTED, _TAIL):
        for match in pattern.finditer(*seen):
            yield Finding("ACCOUNT_NUMBER", Span(*match.span("number")), SCORE, DETECTOR, match["number"])
