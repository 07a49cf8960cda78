"""Texts that are too long for memory: searched and written block by block, with offsets of the whole text.

Each block is searched together with what stands around it, so that a value over a block's end is seen whole by the
block that it begins in. Who is named in full anywhere is remembered, within a bound, and a second pass marks the other
mentions in all blocks, as in a text that is read whole. Findings lie in a sealed file between the stages.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.spill import Spill, Spilled
from polyveil.modalities.text import codec, markup
from polyveil.modalities.text.blocks import Block, blocks
from polyveil.modalities.text.clean import cleaned
from polyveil.modalities.text.fingerprint import Marks
from polyveil.modalities.text.fit import Fit
from polyveil.modalities.text.inspect import language, mentions, search
from polyveil.modalities.text.people import Met
from polyveil.modalities.text.together import together
from polyveil.modalities.text.transform import Late, edits_of, said, summed, written
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Inspection, Transformed
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

_FIRST_PASS = 0.9
"""Share of an inspection's time that the first pass takes."""


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings of a long text part, as a sequence that lies in a file of `ctx.spool`.

    Raises:
        AssetError: it is no text, or longer than `max_stream_bytes`.
    """
    if part.size > ctx.limits.max_stream_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"text of more than {ctx.limits.max_stream_bytes} bytes")
    name, met, marks = codec.encoding(part), Met(), Marks()
    length, spoken = 0, ""
    with Spill(ctx.spool or ctx.workdir) as spill:
        reached = 0
        for block in _blocks(part, name, ctx, 0.0, _FIRST_PASS):
            found = search(block.text, part.media_type, ctx.policy, part.hints.known, met)
            for one in _owned(block, found, reached):
                spill.add([one])
                reached = _span(one).end
            marks.update(block.own)
            length = block.start + block.end
            spoken = spoken or language(block.own)
        findings = spill.done()
    if met:
        findings = _again(part, name, ctx, findings, met)
    metrics: dict[str, float | str] = {"characters": float(length), "language": spoken}
    if met.missed:
        metrics["names_not_remembered"] = float(met.missed)
    return Inspection(findings, marks.done(), metrics)


def transform(part: Part, findings: Iterable[Finding], ctx: Context) -> Transformed:
    """The de-identified text in its own encoding, or UTF-8 where that lacks a character, in a file of the workdir.

    Findings are in reading order.
    """
    name = codec.encoding(part)
    try:
        return _transformed(part, findings, ctx, name, name)
    except UnicodeEncodeError:
        return _transformed(part, findings, ctx, name, "")


def _transformed(part: Part, findings: Iterable[Finding], ctx: Context, name: str, kept: str) -> Transformed:
    """`name`: the encoding that the part is in; `kept`: the one to write, '' for UTF-8."""
    path = ctx.workdir / f"text-{secrets.token_hex(8)}"
    late, applied, done = Late(part, ctx), list[Applied](), Counter[str]()
    waiting, fit = _Waiting(findings), Fit(part.media_type, part.hints.name)
    reached = length = 0
    road = ctx.policy.roads.text.model_copy(update={"boilerplate": ()})  # pages are no longer seen as such
    with path.open("wb") as sink:
        for block in _blocks(part, name, ctx, 0.0, 1.0):
            mine = [_moved(one, -block.start) for one in waiting.before(block.start + block.end)]
            edits, answered = edits_of(block.text, mine, ctx, Modality.TEXT, part.hints.subject)
            applied = list(summed([*applied, *answered]))
            fits = [(span, fit(block.text, span, value)) for span, value in edits]
            new, end = written(block.text, fits, max(block.begin, min(reached - block.start, block.end)), block.end)
            reached = max(reached, block.start + end)
            new, changed = cleaned(new, road, part.media_type, late)
            if not block.start:
                kept = said(new, kept, part.media_type) if kept else ""
                new = new if kept or part.media_type not in markup.KINDS else markup.declared_utf8(new)
            done += changed
            length += len(new)
            sink.write(
                codec.encoded(new, kept, part, begins=not block.start) if kept else new.encode("utf-8", "replace")
            )
    metrics: dict[str, float | str] = {"characters_out": float(length), "cleaned": float(bool(done))}
    metrics |= {kind: float(number) for kind, number in done.items()}
    return Transformed(replace(part, data=path), summed([*applied, *late.applied]), metrics)


def _again(part: Part, name: str, ctx: Context, first: Spilled, met: Met) -> Spilled:
    """The findings of the first pass together with the mentions, anywhere, of who was named in full."""
    waiting = _Waiting(first)
    reached = 0
    with Spill(ctx.spool or ctx.workdir) as spill:
        for block in _blocks(part, name, ctx, _FIRST_PASS, 1.0):
            mine = [_moved(one, -block.start) for one in waiting.before(block.start + block.end)]
            more = mentions(block.text, ctx.policy, met)
            for one in _owned(block, together(mine, more, block.text), reached):
                spill.add([one])
                reached = _span(one).end
        first.remove()
        return spill.done()


def _blocks(part: Part, name: str, ctx: Context, begin: float, end: float) -> Iterator[Block]:
    """The blocks of a part, while its progress goes from `begin` to `end`."""
    steps = max(1, -(-part.size // codec.CHUNK))

    def told() -> Iterator[str]:
        for number, piece in enumerate(codec.pieces(part, name)):
            ctx.progress(begin + (end - begin) * min(1.0, number / steps))
            yield piece

    return blocks(told())


def _owned(block: Block, found: Iterable[Finding], reached: int) -> Iterator[Finding]:
    """Findings of a block that begin in its own range, or reach into it from before and were not found there; moved
    to the whole text, without what lies before `reached`.
    """
    for one in found:
        span = _span(one)
        start = max(span.start, block.begin, reached - block.start)
        if start >= span.end or start >= block.end:
            continue
        if start == span.start:
            yield _moved(one, block.start)
        elif any(letter.isalnum() for letter in block.text[start : span.end]):
            value = block.text[start : span.end]
            yield _moved(replace(one, location=Span(start, span.end), value=value), block.start)
        reached = block.start + span.end


def _moved(one: Finding, by: int) -> Finding:
    span = _span(one)
    return replace(one, location=Span(max(0, span.start + by), max(0, span.end + by)))


def _span(one: Finding) -> Span:
    if not isinstance(one.location, Span):
        raise TypeError("a text finding has a span")
    return one.location


class _Waiting:
    """Findings in order, taken as the blocks come to them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._rest = iter(findings)
        self._next = next(self._rest, None)

    def before(self, place: int) -> Iterator[Finding]:
        """Those that begin before a place of the whole text."""
        while self._next is not None and _span(self._next).start < place:
            yield self._next
            self._next = next(self._rest, None)
