"""Inspect and transform RTF: runs that are torn by formatting are one text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter

from polyveil.containers.rtf.read import Break, Item, Text, escape, items
from polyveil.errors import AssetError
from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.text.fingerprint import fingerprint, similar
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Inspection, Transformed
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

__all__ = ["inspect", "similar", "transform"]

LARGEST = 64 * 1024**2
"""Bytes; its tokens take about ten times as much memory."""


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings with spans of the document's text.

    Raises:
        AssetError: TOO_LARGE, CORRUPT, BOMB.
    """
    text = _text(_read(part))
    found = text_room.find(text, ctx.policy, known=part.hints.known)
    measures: dict[str, float | str] = {"characters": float(len(text)), "language": text_room.language(text)}
    return Inspection(tuple(found), fingerprint(text), measures)


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The document in ASCII, with every finding answered by the policy's operator for text."""
    kept = _read(part)
    text = _text(kept)
    counts: Counter[tuple[str, str]] = Counter()
    edits: list[tuple[int, int, str]] = []
    spans = [(one.location.start, one.location.end, one) for one in findings if isinstance(one.location, Span)]
    for start, end, one in sorted(spans, key=itemgetter(0, 1)):
        operator = ctx.policy.operator(one.entity, Modality.TEXT)
        counts[one.entity, operator.op] += 1
        if operator.op != "keep" and not (edits and start < edits[-1][1]):
            value = one.value or text[start:end]
            edits.append((start, end, text_room.replacement(one.entity, value, operator, ctx)))
    new = _written(kept, edits)
    applied = [Applied(entity, name, number) for (entity, name), number in sorted(counts.items())]
    return Transformed(replace(part, data=new), tuple(applied), {"bytes_document": float(len(new))})


def _read(part: Part) -> list[Item]:
    if part.size > LARGEST:
        raise AssetError(QuarantineCode.TOO_LARGE, f"RTF of more than {LARGEST} bytes")
    return items(part.read())


def _text(kept: Sequence[Item]) -> str:
    return "".join(one.text for one in kept if not isinstance(one, bytes))


def _written(kept: Sequence[Item], edits: Sequence[tuple[int, int, str]]) -> bytes:
    """Each replacement stands in the run where the replaced words began; breaks stay where they are."""
    out = bytearray()
    position = place = 0
    for one in kept:
        if isinstance(one, bytes):
            out += one
            continue
        begin, position = position, position + len(one.text)
        while place < len(edits) and edits[place][1] <= begin:
            place += 1
        if isinstance(one, Break):
            out += one.raw
            continue
        out += escape(_run(one, begin, edits[place:]))
    return bytes(out)


def _run(run: Text, begin: int, edits: Sequence[tuple[int, int, str]]) -> str:
    end, position, pieces = begin + len(run.text), begin, []
    for start, stop, new in edits:
        if start >= end:
            break
        pieces.append(run.text[position - begin : max(start, position) - begin])
        if start >= begin:
            pieces.append(new)
        position = min(stop, end)
    return "".join([*pieces, run.text[position - begin :]])
