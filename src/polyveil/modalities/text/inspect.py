"""Find personal data in text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from polyveil.modalities.interface import Context
from polyveil.modalities.text import broken, codec, markup, people
from polyveil.modalities.text.cards import outside_frames
from polyveil.modalities.text.detectors import (
    accounts,
    address,
    address_zh,
    beside,
    chat,
    doubts,
    firm,
    hl7,
    name_en,
    name_ticket,
    name_zh,
    pattern,
    place,
    rows,
    spoken,
    tagger_en,
    tagger_zh,
)
from polyveil.modalities.text.encoded import find_encoded
from polyveil.modalities.text.fingerprint import fingerprint
from polyveil.modalities.text.handles import handles
from polyveil.modalities.text.joined import whole
from polyveil.modalities.text.known import find_known
from polyveil.modalities.text.normalise import View, view
from polyveil.modalities.text.resolve import resolve
from polyveil.modalities.text.short_firms import short_firms, with_firms
from polyveil.modalities.text.together import again, together
from polyveil.schema.finding import Finding, ends
from polyveil.schema.inspection import Inspection
from polyveil.schema.locations import Span
from polyveil.schema.part import Known, Part
from polyveil.schema.policy import Policy

_HAN = re.compile(r"[\u3400-\u9fff]")
_ACCOUNT = re.compile(r"(?=[^\W\d]*[\d_.-])[\w.-]{4,32}")
"""An account that is no word, so that it means the same wherever it stands."""
_SENTENCE = re.compile(r"\w\s+\w+\s+\w|[\u3400-\u9fff]{4}")
LONG_CELL = 24
"""Characters of a text with a name of its own (a column, a field) from which on it may be prose."""
_TAGGED = ("PERSON", "LOCATION", "ORGANIZATION", "USERNAME")
"""What taggers find."""


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings of a text part. Raises AssetError if it is no text or too large."""
    text = codec.decode(part, ctx.limits).text
    findings = search(text, part.media_type, ctx.policy, part.hints.known)
    return Inspection(tuple(findings), fingerprint(text), {"characters": float(len(text)), "language": language(text)})


def search(
    text: str, media_type: str, policy: Policy, known: Sequence[Known], met: people.Met | None = None
) -> list[Finding]:
    """Everything personal in a text of this media type; arguments and result as of `find`."""
    findings = find(text, policy, known=known, met=met)
    is_markup = media_type in markup.KINDS
    if is_markup or media_type == markup.MARKDOWN or media_type in markup.SUBTITLES:
        if is_markup:
            shown = markup.view(text, is_html=media_type == "text/html")
        else:
            shown = (markup.without_emphasis if media_type == markup.MARKDOWN else markup.without_cues)(text)
        seen = find(shown.text, policy, known=known, met=met)
        written = [one for one in seen if media_type != markup.OPENDOCUMENT or ends(one)[1] <= shown.body]
        seen = together(seen, again(shown.text, written), shown.text)
        findings = together(shown.original(seen), findings, text)
    if media_type == markup.OPENDOCUMENT:
        findings = markup.said(findings, text)
        repeated = [*again(text, findings), *find_known(text, known)]  # names of sheets in references to them
        findings = together(findings, markup.in_values(repeated, text), text)
    return markup.without_schemas(findings, text) if is_markup else findings


def language(text: str) -> str:
    """'zh' if at least a tenth of the letters of the first 4 000 characters are Han, else 'en'."""
    head = text[:4000]
    letters = sum(character.isalpha() for character in head)
    return "zh" if len(_HAN.findall(head)) * 10 > letters else "en"


def find(
    text: str, policy: Policy, *, known: Sequence[Known] = (), context: str = "", met: people.Met | None = None
) -> list[Finding]:
    """Everything personal in a text, by the policy.

    Args:
        text: any text; its code points are what spans count.
        policy: thresholds, own recognisers, allow and deny lists.
        known: values that are known to be personal from elsewhere: found wherever they stand.
        context: words beside the text (a column's name, a label in a picture) that raise scores.
        met: learns who is named in full, for the other blocks of a long text.

    Returns:
        Findings with spans and values, sorted, not overlapping.
    """
    if not text:
        return []
    found = _found(text, policy, known, context, met)
    shown = markup.without_controls(text)
    if shown is not None:  # they may part fields, or tear values that are whole again when they are dropped
        whole = _found(shown.text, policy, known, context, met) if shown.text else []
        found = together(shown.original(whole), found, text)
    return found


def _found(text: str, policy: Policy, known: Sequence[Known], context: str, met: people.Met | None) -> list[Finding]:
    seen = view(text)
    scanner = pattern.scanner(policy.recognisers, policy.deny)
    prose = not context or (len(seen.text) >= LONG_CELL and bool(_SENTENCE.search(seen.text)))
    found = _by_pattern(seen.text, scanner, context)
    found += _by_list(seen.text, policy, people.SURE if prose else 0.0)  # the taggers ask as much
    if prose and any(map(policy.wants, _TAGGED)):
        found = _with_taggers(found, seen.text, met, known)
    if prose and policy.wants("ORGANIZATION"):
        found = with_firms(found, short_firms(found, seen.text))
    if policy.wants("PERSON"):
        found += beside.find_beside(seen.text, found)
    if prose:
        more = [*rows.find_cells(seen.text, found, scanner.find), *chat.find_speakers(seen.text, found)]
        found += [*more, *people.mentioned_again(more, seen.text), *spoken.find_spoken(seen.text)]
    named = [one for one in found if one.entity == "USERNAME" and _ACCOUNT.fullmatch(one.value or "")]
    if named:
        found += again(seen.text, named)
    found = outside_frames(found, seen.text)
    found += find_known(seen.text, known)
    found += find_encoded(seen.text, lambda plain: scanner.find(plain, context))
    return resolve(_original(found, seen, text), policy, text)


def _by_pattern(text: str, scanner: pattern.Scanner, context: str) -> list[Finding]:
    """What patterns and places in a message give, without what stands beside it speaks against."""
    found = scanner.find(text, context)
    found += broken.find_broken(text, scanner.find)
    if not context:
        found = [one for one in found if not doubts.doubted(one, text)]
    found += hl7.find_fields(text)
    found += accounts.find_accounts(text)
    return found


def _by_list(text: str, policy: Policy, least: float) -> list[Finding]:
    """What lists, labels and grammar give; names that score `least` at least."""
    found: list[Finding] = []
    if policy.wants("PERSON"):
        found += name_en.find_names(text, least)
        found += name_ticket.find_names(text)
        if _HAN.search(text):
            found += name_zh.find_names(text, least)
    if policy.wants("LOCATION"):
        found += place.find_places(text)
    if policy.wants("STREET_ADDRESS"):
        found += address.find_addresses(text)
        if not text.isascii() or "No." in text:
            found += address_zh.find_addresses_zh(text)
    if policy.wants("ORGANIZATION"):
        found += firm.find_firms(text)
    return found


def _with_taggers(found: list[Finding], text: str, met: people.Met | None, known: Sequence[Known]) -> list[Finding]:
    """In prose the taggers see the whole sentence: what lists and loose rules guess gives way to them."""
    readings = {"names:en": tagger_en.read(text)}
    if _HAN.search(text):
        readings["names:zh"] = tagger_zh.read(text)
        found = place.outside(found, readings["names:zh"])
    found = place.believed(found, readings["names:en"], text)
    kept = [one for one in found if one.detector not in readings or people.believed(one, readings[one.detector])]
    both = people.combined(kept, [one for reading in readings.values() for one in reading.findings], text)
    both = whole([one for one in both if not doubts.doubted(one, text)], text)
    if met is not None:
        met.learn(both, text)
    names = [one.value for one in known if one.entity == "PERSON"]
    return people.with_mentions(both, [*people.mentioned_again(both, text, names), *handles(both, text)], text)


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


def mentions(text: str, policy: Policy, met: people.Met) -> list[Finding]:
    """Where a text mentions people who were named in full elsewhere in the document."""
    seen = view(text)
    return resolve(_original(met.mentions(seen.text), seen, text), policy, text)
