"""Answer findings in text with the policy's operators; clean; write the same format back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed

from polyveil import plugins
from polyveil.errors import PolicyError
from polyveil.modalities.interface import Context
from polyveil.modalities.text import codec, markup
from polyveil.modalities.text.clean import cleaned
from polyveil.modalities.text.fit import Fit
from polyveil.modalities.text.inspect import find
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Transformed
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The de-identified text, of the same media type and encoding; in UTF-8 where that lacks a character."""
    decoded = codec.decode(part, ctx.limits)
    text = decoded.text
    edits, applied = edits_of(text, findings, ctx, Modality.TEXT, part.hints.subject)
    fit = Fit(part.media_type, part.hints.name)
    fits = [(span, fit(text, span, value)) for span, value in edits]
    written = _written(text, fits)
    late = Late(part, ctx)
    new, done = cleaned(written, ctx.policy.roads.text, part.media_type, late)
    placed = () if new != written else _placed(findings, fits)  # cleaning may have moved them
    metrics: dict[str, float | str] = {"characters_out": float(len(new)), "cleaned": float(bool(done))}
    metrics |= {name: float(number) for name, number in done.items()}
    return Transformed(
        changed(part, data=_encoded(new, decoded.encoding, part)),
        summed([*applied, *late.applied]),
        metrics,
        placed=placed,
    )


def _encoded(text: str, name: str, part: Part) -> bytes:
    try:
        return codec.encoded(text, said(text, name, part.media_type), part)
    except UnicodeEncodeError:
        if part.media_type in markup.KINDS:
            text = markup.declared_utf8(text)
        return text.encode("utf-8", "replace")


def said(text: str, name: str, media_type: str) -> str:
    """The encoding to write in: markup's own declaration of a part of the encoding that it was read in.

    Raises UnicodeEncodeError where markup says another one.
    """
    told = markup.declared(text) if media_type in markup.KINDS else ""
    if not told or _plain(told) in (_plain(name), _plain(name).removesuffix("sig")):
        return name
    if name == "gb18030" and _plain(told) in ("gb2312", "gbk"):
        return told
    if _plain(name)[:5] == _plain(told)[:5] == "utf16":
        return name
    raise UnicodeEncodeError(name, "", 0, 0, "the text says that it is in another encoding")


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@dataclass(slots=True)
class Late:
    """Searches lines that became readable only when their mojibake was repaired, and answers what is new in them."""

    part: Part
    ctx: Context
    applied: list[Applied] = field(default_factory=list)

    def __call__(self, before: str, after: str) -> str:
        found = find(after, self.ctx.policy, known=self.part.hints.known)
        new = [one for one in found if isinstance(one.location, Span) and _said(one, after) not in before]
        edits, applied = edits_of(after, new, self.ctx, Modality.TEXT, self.part.hints.subject)
        self.applied += applied
        fit = Fit(self.part.media_type, self.part.hints.name)
        return _written(after, [(span, fit(after, span, value)) for span, value in edits])


def _said(one: Finding, text: str) -> str:
    return text[one.location.start : one.location.end] if isinstance(one.location, Span) else ""


def summed(applied: Iterable[Applied]) -> tuple[Applied, ...]:
    """One line for each entity type and operator."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in applied:
        counts[one.entity, one.operator] += one.count
    return tuple(Applied(entity, name, number) for (entity, name), number in sorted(counts.items()))


def replace(
    text: str, findings: Sequence[Finding], ctx: Context, modality: Modality = Modality.TEXT
) -> tuple[str, list[Applied]]:
    """Answer each finding with the operator that the policy has for its entity type in `modality`."""
    edits, applied = edits_of(text, findings, ctx, modality)
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


def edits_of(
    text: str, findings: Iterable[Finding], ctx: Context, modality: Modality, subject: str | None = None
) -> tuple[list[tuple[Span, str]], list[Applied]]:
    """What takes the place of each finding, by place, and what was applied how often.

    subject: whose dates are shifted, if the operator does not say.
    """
    edits: list[tuple[Span, str]] = []
    counts: Counter[tuple[str, str]] = Counter()
    for one in findings:
        if not isinstance(one.location, Span):
            continue
        operator = ctx.policy.operator(one.entity, modality)
        value = one.value or text[one.location.start : one.location.end]
        counts[one.entity, operator.op] += 1
        if operator.op == "date_shift" and subject and "subject" not in operator.params:
            operator = Operator.model_validate({**operator.model_dump(), "subject": subject})
        if operator.op != "keep":
            edits.append((one.location, replacement(one.entity, value, operator, ctx)))
    return sorted(edits), [Applied(entity, name, number) for (entity, name), number in sorted(counts.items())]


def _written(text: str, edits: Sequence[tuple[Span, str]]) -> str:
    return written(text, edits, 0, len(text))[0]


def written(text: str, edits: Sequence[tuple[Span, str]], start: int, stop: int) -> tuple[str, int]:
    """The text in [start, stop) with its edits, and the place up to which it was used: an edit may reach beyond."""
    pieces, position = [], start
    for span, value in edits:
        if span.start < position:
            continue  # overlaps were resolved by inspect; findings edited by hand may overlap: the first one wins
        pieces += [text[position : span.start], value]
        position = span.end
    return "".join([*pieces, text[position:stop]]), max(position, stop)


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
