"""Inspect and transform RTF: runs that are torn by formatting are one text."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from polyveil.containers.rtf.read import Break, Form, Item, Text, escape, items
from polyveil.containers.rtf.words import LARGEST
from polyveil.errors import AssetError
from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.text.fingerprint import fingerprint, similar
from polyveil.modalities.text.together import again, together
from polyveil.modalities.text.weave import parted
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Inspection, Transformed
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

__all__ = ["inspect", "similar", "transform"]


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
    new = _written(kept, _by_runs(kept, edits), _formed(kept, findings, ctx))
    applied = [Applied(entity, name, number) for (entity, name), number in sorted(counts.items())]
    return Transformed(replace(part, data=new), tuple(applied), {"bytes_document": float(len(new))})


def _read(part: Part) -> list[Item]:
    if part.size > LARGEST:
        raise AssetError(QuarantineCode.TOO_LARGE, f"RTF of more than {LARGEST} bytes")
    return items(part.read())


def _text(kept: Sequence[Item]) -> str:
    return "".join(one.text for one in kept if not isinstance(one, bytes))


def _by_runs(kept: Sequence[Item], edits: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Edits of several runs as one of each, where each word can stay in its run."""
    runs, position = [], 0
    for one in kept:
        if isinstance(one, Text):
            runs.append((position, position + len(one.text), one.text))
        position += 0 if isinstance(one, bytes) else len(one.text)
    ends, made = [end for _, end, _ in runs], list[tuple[int, int, str]]()
    for start, stop, new in edits:
        number, ranges = bisect_right(ends, start), list[tuple[int, int, str]]()
        while number < len(runs) and runs[number][0] < stop:
            begin, end, text = runs[number]
            first, last = max(start, begin), min(stop, end)
            ranges.append((first, last, text[first - begin : last - begin]))
            number += 1
        parts = parted([text for _, _, text in ranges], new)
        if parts is None:
            made.append((start, stop, new))
        else:
            made += [(first, last, one) for (first, last, _), one in zip(ranges, parts, strict=True)]
    return made


def _formed(kept: Sequence[Item], findings: Sequence[Finding], ctx: Context) -> Iterator[str]:
    """The names of styles without what was found in the text: somebody may have named one after a person."""
    forms = [one.said for one in kept if isinstance(one, Form)]
    joined = "\n".join(forms)
    found = [one for one in again(joined, findings) if isinstance(one.location, Span)]
    begin = place = 0
    for said in forms:
        end, mine = begin + len(said), list[Finding]()
        while place < len(found) and found[place].location.start < end:  # type: ignore[union-attr]
            location = found[place].location
            if isinstance(location, Span) and begin <= location.start and location.end <= end:
                mine.append(replace(found[place], location=Span(location.start - begin, location.end - begin)))
            place += 1
        new = text_room.replace(said, together([], mine, said), ctx)[0] if mine else said
        yield new.rstrip(";").replace(";", ",") + ";" * said.endswith(";") if mine else said
        begin = end + 1


def _written(kept: Sequence[Item], edits: Sequence[tuple[int, int, str]], formed: Iterator[str]) -> bytes:
    """Each replacement stands in the run where the replaced words began; breaks stay where they are."""
    out = bytearray()
    position = place = 0
    for one in kept:
        if isinstance(one, bytes):
            out += one
            continue
        if isinstance(one, Form):
            out += escape(next(formed), controls=True)
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
