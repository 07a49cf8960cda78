"""Find personal data in text."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter

from polyveil.modalities.interface import Context
from polyveil.modalities.text import broken, codec, markup, people
from polyveil.modalities.text.detectors import address, name_en, name_zh, pattern, place, tagger_en, tagger_zh
from polyveil.modalities.text.fingerprint import fingerprint
from polyveil.modalities.text.normalise import View, view
from polyveil.modalities.text.together import again, together
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection
from polyveil.schema.locations import Span
from polyveil.schema.part import Known, Part
from polyveil.schema.policy import Policy

_HAN = re.compile(r"[\u3400-\u9fff]")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{24,}={0,2}(?![A-Za-z0-9+/=])")
_SENTENCE = re.compile(r"\w\s+\w+\s+\w|[\u3400-\u9fff]{4}")
KNOWN_SCORE = 0.95
LONG_CELL = 24
"""Characters of a text with a name of its own (a column, a field) from which on it may be prose."""
_GUESSED = ("names:en", "names:zh", "names:again", "places")


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings of a text part. Raises AssetError if it is no text or too large."""
    text = codec.decode(part, ctx.limits).text
    findings = find(text, ctx.policy, known=part.hints.known)
    if part.media_type in markup.KINDS or part.media_type == markup.MARKDOWN:
        shown = markup.without_emphasis(text)
        if part.media_type in markup.KINDS:
            shown = markup.view(text, is_html=part.media_type == "text/html")
        seen = find(shown.text, ctx.policy, known=part.hints.known)
        seen = together(seen, again(shown.text, seen), shown.text)
        findings = together(shown.original(seen), findings, text)
    return Inspection(tuple(findings), fingerprint(text), {"characters": float(len(text)), "language": language(text)})


def language(text: str) -> str:
    """'zh' if at least a tenth of the letters of the first 4 000 characters are Han, else 'en'."""
    head = text[:4000]
    letters = sum(character.isalpha() for character in head)
    return "zh" if len(_HAN.findall(head)) * 10 > letters else "en"


def find(text: str, policy: Policy, *, known: Sequence[Known] = (), context: str = "") -> list[Finding]:
    """Everything personal in a text, by the policy.

    Args:
        text: any text; its code points are what spans count.
        policy: thresholds, own recognisers, allow and deny lists.
        known: values that are known to be personal from elsewhere: found wherever they stand.
        context: words beside the text (a column's name, a label in a picture) that raise scores.

    Returns:
        Findings with spans and values, sorted, not overlapping.
    """
    if not text:
        return []
    seen = view(text)
    scanner = pattern.scanner(policy.recognisers, policy.deny)
    found = scanner.find(seen.text, context)
    found += broken.find_broken(seen.text, scanner.find)
    found += name_en.find_names(seen.text)
    if _HAN.search(seen.text):
        found += name_zh.find_names(seen.text)
    found += place.find_places(seen.text)
    found += address.find_addresses(seen.text)
    if not context or (len(seen.text) >= LONG_CELL and _SENTENCE.search(seen.text)):
        found = _with_taggers(found, seen.text)
    found += _known(seen.text, known)
    found += _encoded(seen.text, policy, context)
    return _resolve(_original(found, seen, text), policy, text)


def _with_taggers(found: list[Finding], text: str) -> list[Finding]:
    """In prose the taggers see the whole sentence: what lists and loose rules guess gives way to them."""
    readings = {"names:en": tagger_en.read(text)}
    if _HAN.search(text):
        readings["names:zh"] = tagger_zh.read(text)
    kept = [one for one in found if one.detector not in readings or people.believed(one, readings[one.detector])]
    both = people.combined(kept, [one for reading in readings.values() for one in reading.findings], text)
    return both + people.mentioned_again(both, text)


def _known(text: str, known: Sequence[Known]) -> list[Finding]:
    """Known values, and the words of known names, in any case."""
    found = []
    for item in known:
        forms = {item.value}
        if item.entity == "PERSON":
            forms |= {word for word in re.split(r"[\s,^]+", item.value) if len(word) >= (2 if _HAN.search(word) else 3)}
        for form in forms:
            if len(form) < 2:
                continue
            border = r"(?<![A-Za-z0-9])" if form[0].isascii() else ""
            ending = r"(?![A-Za-z0-9])" if form[-1].isascii() else ""
            found += [
                Finding(item.entity, Span(*match.span()), KNOWN_SCORE, "known", match.group())
                for match in re.finditer(border + re.escape(form) + ending, text, re.IGNORECASE)
            ]
    return found


def _encoded(text: str, policy: Policy, context: str) -> list[Finding]:
    """Base64, one level deep: what holds something personal is itself a finding of that type."""
    found = []
    for match in _BASE64.finditer(text):
        if any(character.isspace() for character in match.group()):
            continue
        try:
            inner = base64.b64decode(match.group(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
        first = pattern.scanner(policy.recognisers, policy.deny).find(inner, context)[:1]
        found += [Finding(one.entity, Span(*match.span()), one.score, "encoded", match.group()) for one in first]
    return found


def _original(found: Iterable[Finding], seen: View, text: str) -> list[Finding]:
    """Move findings from the normalised view to the original text; the value stays the normalised one."""
    if seen.same:
        return list(found)
    moved = []
    for one in found:
        if isinstance(one.location, Span):
            span = seen.original(one.location.start, one.location.end)
            moved.append(replace(one, location=span, value=one.value or text[span.start : span.end]))
    return moved


def _resolve(found: Iterable[Finding], policy: Policy, text: str) -> list[Finding]:
    """Keep what the policy looks for; of overlapping findings keep the better, and cover what the others reach."""
    allowed = {value.casefold() for value in policy.allow}
    wanted = [
        one
        for one in found
        if policy.wants(one.entity)
        and one.score >= policy.threshold(one.entity)
        and (one.value or "").strip().casefold() not in allowed
    ]
    wanted.sort(key=_rank)
    kept: list[tuple[int, int, Finding]] = []  # sorted and apart
    for one in wanted:
        whole = _span(one)
        start, end = _outside(*whole, kept)
        while start < end and (start, end) != whole and text[start].isspace():
            start += 1
        while start < end and (start, end) != whole and text[end - 1].isspace():
            end -= 1
        if start < end and (one.detector != "places" or (start, end) == whole):
            value = one.value if (start, end) == whole else None
            insort(kept, (start, end, replace(one, location=Span(start, end), value=value)), key=itemgetter(0))
    return [one for _, _, one in kept]


def _span(finding: Finding) -> tuple[int, int]:
    location = finding.location
    if not isinstance(location, Span):
        raise TypeError("a text finding has a span")
    return location.start, location.end


def _rank(finding: Finding) -> tuple[int, float, int, str]:
    """Patterns, labels and titles before what lists and taggers guess; higher scores first; then the longer one."""
    start, end = _span(finding)
    guessed = finding.detector.startswith("tagger:") or (finding.detector in _GUESSED and finding.score < 0.8)
    return (guessed, -round(finding.score, 1), start - end, finding.entity)


def _outside(start: int, end: int, kept: Sequence[tuple[int, int, Finding]]) -> tuple[int, int]:
    """What of a range is not yet covered: a prefix or suffix; nothing if it is covered or torn in two."""
    place = max(0, bisect_right(kept, start, key=itemgetter(0)) - 1)
    while start < end and place < len(kept) and kept[place][0] < end:
        left, right, _ = kept[place]
        place += 1
        if right <= start:
            continue
        if left <= start:
            start = right
        else:
            end = left  # what lies behind is found again by its own detector, if it is personal
    return start, max(start, end)
