"""Answer findings in text with the policy's operators; clean; write the same format back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace as changed

import ftfy

from polyveil import plugins
from polyveil.errors import PolicyError
from polyveil.modalities.interface import Context
from polyveil.modalities.text import codec, markup
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Transformed
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator

_JSON = ("application/json", "application/x-ndjson")
_MARKUP = ("text/html", "text/xml", "application/xml", "image/svg+xml")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?\Z")
_CONTROL = dict.fromkeys([*range(9), 11, *range(14, 27), *range(28, 32), 127, 0x200B, 0xFEFF])


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The de-identified text as UTF-8, of the same media type."""
    text = codec.decode(part, ctx.limits).text
    edits, applied = _edits(text, findings, ctx, Modality.TEXT)
    fitted = [(span, _fitted(text, span, value, part.media_type)) for span, value in edits]
    new = _written(text, fitted)
    placed = _placed(findings, fitted)
    repaired = 0
    if ctx.policy.roads.text.clean:
        cleaned = clean(new)
        repaired = int(cleaned != new)
        new = cleaned
    if part.media_type in _MARKUP:
        declared = markup.declared_utf8(new)
        repaired = repaired or int(len(declared) != len(new))
        new = declared
    if repaired:
        placed = ()  # cleaning may have moved them
    metrics: dict[str, float | str] = {"characters_out": float(len(new)), "cleaned": float(repaired)}
    return Transformed(changed(part, data=new.encode("utf-8", "replace")), tuple(applied), metrics, placed=placed)


def replace(
    text: str, findings: Sequence[Finding], ctx: Context, modality: Modality = Modality.TEXT
) -> tuple[str, list[Applied]]:
    """Answer each finding with the operator that the policy has for its entity type in `modality`."""
    edits, applied = _edits(text, findings, ctx, modality)
    return _written(text, edits), applied


def replacement(entity: str, value: str, operator: Operator, ctx: Context) -> str:
    """What an operator makes of one value.

    Raises:
        PolicyError: there is no operator of that name.
    """
    if operator.op not in plugins.available("operators.text"):
        known = ", ".join(sorted(plugins.available("operators.text")))
        raise PolicyError(f"no text operator '{operator.op}' (for {entity}). Known are: {known}.")
    return str(plugins.load("operators.text", operator.op)(entity, value, operator.params, ctx))


def clean(text: str) -> str:
    """Repair mojibake (ftfy) and drop control and zero-width characters; layout, quotes and width stay."""
    repaired = ftfy.fix_text(
        text,
        unescape_html=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_terminal_escapes=True,
        normalization=None,
    )
    return repaired.translate(_CONTROL)


def _edits(
    text: str, findings: Sequence[Finding], ctx: Context, modality: Modality
) -> tuple[list[tuple[Span, str]], list[Applied]]:
    edits: list[tuple[Span, str]] = []
    counts: Counter[tuple[str, str]] = Counter()
    for one in findings:
        if not isinstance(one.location, Span):
            continue
        operator = ctx.policy.operator(one.entity, modality)
        value = one.value or text[one.location.start : one.location.end]
        counts[one.entity, operator.op] += 1
        if operator.op != "keep":
            edits.append((one.location, replacement(one.entity, value, operator, ctx)))
    return sorted(edits), [Applied(entity, name, number) for (entity, name), number in sorted(counts.items())]


def _written(text: str, edits: Sequence[tuple[Span, str]]) -> str:
    pieces, position = [], 0
    for span, value in edits:
        if span.start < position:
            continue  # overlaps were resolved by inspect; findings edited by hand may overlap: the first one wins
        pieces += [text[position : span.start], value]
        position = span.end
    return "".join([*pieces, text[position:]])


def _placed(findings: Sequence[Finding], edits: Sequence[tuple[Span, str]]) -> tuple[Finding, ...]:
    """The findings that were answered, where their answers lie in what `_written` made of the same edits."""
    of = {one.location: one for one in findings}
    placed, position, moved = [], 0, 0
    for span, value in edits:
        if span.start < position:
            continue
        begin = span.start + moved
        placed.append(changed(of[span], location=Span(begin, begin + len(value)), value=None))
        position, moved = span.end, moved + len(value) - (span.end - span.start)
    return tuple(placed)


def _fitted(text: str, span: Span, value: str, media_type: str) -> str:
    """A replacement that keeps JSON and markup parseable."""
    if media_type in _JSON:
        before = text[: span.start].rstrip()[-1:]
        after = text[span.end :].lstrip()[:1]
        bare = before in (":", "[", ",") and after in (",", "]", "}", "") and _NUMBER.match(text[span.start : span.end])
        if bare and not _NUMBER.match(value):
            return f'"{value}"'
        return value.replace("\\", "\\\\").replace('"', '\\"')
    if media_type in _MARKUP:
        torn = markup.tags_of(text[span.start : span.end])
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;") + torn
    if media_type == markup.MARKDOWN:
        return value + markup.emphasis_of(text[span.start : span.end])
    return value
