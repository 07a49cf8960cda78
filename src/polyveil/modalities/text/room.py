"""The text room's doors: short texts are read whole, long ones in blocks."""

from __future__ import annotations

from collections.abc import Sequence

from polyveil.modalities.interface import Context
from polyveil.modalities.spill import Spilled
from polyveil.modalities.text import stream
from polyveil.modalities.text.inspect import inspect as inspect_whole
from polyveil.modalities.text.transform import transform as transform_whole
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection, Transformed
from polyveil.schema.part import Part


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings of a text part. Raises AssetError if it is no text or too long."""
    return (stream.inspect if _is_long(part, ctx) else inspect_whole)(part, ctx)


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The de-identified text as UTF-8, of the same media type; in a file of the workdir if it is long."""
    if isinstance(findings, Spilled) or _is_long(part, ctx):
        return stream.transform(part, findings, ctx)
    return transform_whole(part, findings, ctx)


def _is_long(part: Part, ctx: Context) -> bool:
    return part.size > ctx.limits.stream_text_bytes
