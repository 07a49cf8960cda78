"""Inspect a DICOM header: what the profile touches, known values, and what the text detectors find in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from blake3 import blake3

from polyveil.containers.dicom.entities import DESCRIPTION, PRIVATE_ATTRIBUTE, entity_for
from polyveil.containers.dicom.known import known_values
from polyveil.containers.dicom.model import BINARY, PREAMBLE, Element, Model, dumps, loads, texts
from polyveil.containers.dicom.options import exception
from polyveil.containers.dicom.profile import Action, action_for, is_private
from polyveil.containers.dicom.scan import pattern_for, search
from polyveil.containers.dicom.technical import is_standard_meaning
from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Fingerprint, Inspection
from polyveil.schema.locations import Field, Span
from polyveil.schema.part import Known, Part

CODE_MEANING = "00080104"
_MAX_NAMED = 200  # characters of a private value that is looked at more closely
_NUMBERED = re.compile(r"@|(?:\d[ -]?){8}")
_MAX_SEARCHED = 65_536  # characters of one value; longer words are removed, not searched


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings by dotted tag path, in tag order. Raises AssetError (corrupt) if the part is no header."""
    model = loads(part.read())
    known = (*part.hints.known, *known_values(model))
    findings = tuple(_look(model, "", ctx, known, gone=False))
    private = sum(1 for tag in model if tag != PREAMBLE and is_private(tag))
    metrics = {"elements": float(len(model)), "private_elements": float(private)}
    return Inspection(findings, _fingerprint(model), metrics)


def _look(model: Model, prefix: str, ctx: Context, known: tuple[Known, ...], *, gone: bool) -> Iterator[Finding]:
    for tag, element in model.items():
        path = f"{prefix}{tag}"
        if tag == PREAMBLE:
            yield from _private(path, element, ctx, known)
            continue
        exempt = exception(tag, ctx.policy.roads.dicom)
        action = Action.REMOVE if gone else exempt or action_for(tag, element["vr"])
        if element["vr"] == "SQ":
            removed = action is Action.REMOVE
            for index, item in enumerate(element.get("Value", ())):
                yield from _look(item, f"{path}[{index}].", ctx, known, gone=removed)
        elif action is Action.REMOVE and (is_private(tag) or gone):
            yield from _private(path, element, ctx, known)
        elif action is Action.CLEAN:
            yield from _words(path, tag, element, ctx, known)
        elif action is not Action.KEEP:
            yield from _listed(path, tag, element, known)
        elif element["vr"] in BINARY and any(pattern_for(known).spans(text) for text in texts(element)):
            yield Finding(DESCRIPTION, Field(path), 1.0, "dicom-known", texts(element)[0])


def _listed(path: str, tag: str, element: Element, known: tuple[Known, ...]) -> Iterator[Finding]:
    value = "\\".join(texts(element))
    if not value and "InlineBinary" not in element:
        return
    entity = entity_for(tag, element["vr"])
    if entity == "DEVICE_ID" and element["vr"] == "UI" and value.startswith("1.2.840.10008."):
        return
    yield Finding(entity, Field(path), 1.0, "dicom-profile", value or None)
    if entity == DESCRIPTION:
        for start, end, name in pattern_for(known).spans(value):
            yield Finding(name, Field(path, Span(start, end)), 1.0, "dicom-known", value[start:end])


def _private(path: str, element: Element, ctx: Context, known: tuple[Known, ...]) -> Iterator[Finding]:
    value = "\\".join(texts(element))
    if not value and "InlineBinary" not in element:
        return
    yield Finding(PRIVATE_ATTRIBUTE, Field(path), 1.0, "dicom-profile", value or None)
    for start, end, entity in pattern_for(known).spans(value[:_MAX_SEARCHED]):
        yield Finding(entity, Field(path, Span(start, end)), 1.0, "dicom-known", value[start:end])
    if len(value) <= _MAX_NAMED and _NUMBERED.search(value):  # gone either way: found so that the report can name it
        for found in text_room.find(value, ctx.policy):
            if isinstance(found.location, Span):
                yield Finding(found.entity, Field(path, found.location), found.score, found.detector, found.value)


def _words(path: str, tag: str, element: Element, ctx: Context, known: tuple[Known, ...]) -> Iterator[Finding]:
    value = "\\".join(texts(element))
    if not value or (tag == CODE_MEANING and is_standard_meaning(value)):
        return
    if tag == CODE_MEANING or len(value) > _MAX_SEARCHED:
        yield Finding(DESCRIPTION, Field(path), 1.0, "dicom-profile", value)
    elif element["vr"] == "CS":
        for start, end, entity in pattern_for(known).spans(value):
            yield Finding(entity, Field(path, Span(start, end)), 1.0, "dicom-known", value[start:end])
    else:
        for found in search(value, ctx.policy, known, context=""):
            if isinstance(found.location, Span):
                yield Finding(found.entity, Field(path, found.location), found.score, found.detector, found.value)


def _fingerprint(model: Model) -> Fingerprint:
    """Exact: the header without file meta and preamble. Two instances of a series differ, so there is no near mark."""
    body = {tag: model[tag] for tag in sorted(model) if tag != PREAMBLE and not tag.startswith("0002")}
    return Fingerprint(blake3(dumps(body)).digest())


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Headers are near-duplicates only if they are equal: images of one series share almost all of it."""
    return a.exact == b.exact
