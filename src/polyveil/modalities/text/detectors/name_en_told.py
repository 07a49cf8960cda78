"""English names that a text tells of: behind a title, a label, a greeting, words of speech; before what one says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.lexicon import NOT_NAMES, lexicon
from polyveil.modalities.text.detectors.name_en_listed import NAME, PART

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lady|Lord|Rev|Judge|Justice|Capt|Captain|Sgt|Sergeant|Officer|"
    r"Nurse|Madam|Detective|Inspector|Lt|Col|Gen|Sister|Father|Uncle|Aunt|Doctor)"
)

_LONGEST = 160
"""Characters that a name and what stands before it may take."""
_TITLED = gated(rf"\b(?:{_TITLE}\.?[ \t]+){{1,3}}({NAME})", rf"\b{_TITLE}\.?[ \t]", after=_LONGEST)
_LABELS = (
    r"(?i:\b(?:full[ _-]?name|patient(?:[ _-]?name)?|customer(?:[ _-]?name)?|client|contact(?: person)?|name|surname|"
    r"first[ _-]?name|last[ _-]?name|given[ _-]?name|family[ _-]?name|sender|recipient|"
    r"attn|attention|from|to|cc|signed(?: by)?|"
    r"author|physician|doctor|surgeon|attending|referring|guardian|mother|father|spouse|wife|husband|next of kin|"
    r"employee|manager|owner|driver|tenant|landlord|applicant|insured|beneficiary|cardholder|account holder|witness|"
    r"cashier|server|host|guest|passenger|caller|agent|reported by|prepared by|reviewed by|performed by|operator)"
    r"""["']?\s*[:=]\s*["']?)"""
)
_LABEL = gated(
    rf"{_LABELS}(?:{_TITLE}\.?[ \t]+)?({NAME}|[A-Z]{{2,20}}(?:[ \t,^-]+[A-Z]{{2,20}}){{0,3}})",
    _LABELS,
    after=_LONGEST,
)
_GREETINGS = r"\b(?i:dear|hi|hello|hey|regards|sincerely|cheers|thanks|best|love|yours)\b,?[ \t\r\n]+"
_GREETING = gated(rf"{_GREETINGS}(?:{_TITLE}\.?[ \t]+)?({NAME})", _GREETINGS, after=_LONGEST)
_SPEECHES = (
    r"\b(?:[Mm]y name is|I am called|I['’]m called|[Tt]his is|called|named|[Cc]all me|"
    r"[Aa]sk for|[Ss]peak (?:to|with)|[Cc]ontact|I['’]m)[ \t]+"
)
_SPEECH = gated(rf"{_SPEECHES}({NAME})", _SPEECHES, after=_LONGEST)
_CHAT = re.compile(
    rf"^(?:\[[^\]\n]{{1,40}}\][ \t]*)?({PART}(?:[ \t]{PART}){{0,2}})(?=[ \t]?(?:\([^)\n]{{1,30}}\))?:[ \t])",
    re.MULTILINE,
)
_FIGURE = re.compile(r"[^:\n]{0,33}:[ \t]+[\d$€£-][\d.,]{0,5}(?![\d-])")
_CARET = gated(
    r"\b([A-Z][A-Za-z'-]{1,30}\^[A-Z][A-Za-z'-]{0,30}(?:\^[A-Za-z'-]{0,30}){0,3})", r"\^", before=32, after=128
)
_SAYING = re.compile(r"[,…]|[ \t]+[a-z]")
_RULES = ((_TITLED, 0.92), (_LABEL, 0.9), (_GREETING, 0.75), (_SPEECH, 0.8), (_CARET, 0.92), (_CHAT, 0.76))
SURE = 0.85
"""Score above which a name needs no look at its first word."""


def find_told(seen: Bytes) -> Iterator[tuple[tuple[int, int], float]]:
    """Where such names stand, and their scores."""
    text = seen.text
    for pattern, score in _RULES:
        for match in pattern.finditer(text) if isinstance(pattern, re.Pattern) else pattern.finditer(*seen):
            span = None if pattern is _CHAT and not _speaks(text, match) else _trimmed(text, *match.span(1))
            if span and pattern is _LABEL and _said(text, span):
                continue
            if span and (score > SURE or _likely(text[slice(*span)])):
                yield span, score


def _said(text: str, span: tuple[int, int]) -> bool:
    """Is it what somebody says, and no name: 'Agent: Lovely. And the postcode?'"""
    word = text[slice(*span)]
    if word.lower() not in lexicon("common_en"):
        return False
    ends = text[span[1] : span[1] + 1] in (".", "!", "?")
    return ends or (word not in lexicon("given_en") and bool(_SAYING.match(text, span[1])))


def _speaks(text: str, match: re.Match[str]) -> bool:
    """Does someone speak? 'Result: 45' is a field of a form; who is unknown is left to the taggers."""
    if match.start(1) > match.start():  # a moment stands before it
        return True
    words = match.group(1).split()
    known = words[0] in lexicon("given_en") or (len(words) > 1 and words[-1] in lexicon("surnames_en"))
    return known and not _FIGURE.match(text, match.end())


def _likely(words: str) -> bool:
    first = re.split(r"[\s^]", words)[0]
    return first not in NOT_NAMES and first.upper() != words[:1]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Cut a candidate where a word stands that begins no name."""
    position = start
    for match in re.finditer(r"[^ \t,^]+", text[start:end]):
        if match.group().strip(".").capitalize() in NOT_NAMES:
            break
        position = start + match.end()
    return (start, position) if position > start + 1 else None
