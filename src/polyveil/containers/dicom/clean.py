"""Transform a DICOM header: the actions of the Basic Profile, recursively, and the record that it was done."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from polyveil.containers.dicom.actions import answer_date, capped_age, dummy, person_name, remap_uid, replaced, safe
from polyveil.containers.dicom.entities import DESCRIPTION, PRIVATE_ATTRIBUTE, entity_for
from polyveil.containers.dicom.known import known_values
from polyveil.containers.dicom.look import CODE_MEANING
from polyveil.containers.dicom.model import BINARY, PREAMBLE, Element, Model, dumps, loads, texts
from polyveil.containers.dicom.options import exception
from polyveil.containers.dicom.profile import WORDS, Action, action_for, is_private, listed
from polyveil.containers.dicom.record import record
from polyveil.containers.dicom.scan import KnownPattern, pattern_for
from polyveil.containers.dicom.technical import is_standard_meaning
from polyveil.modalities.interface import Context
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Transformed
from polyveil.schema.locations import Field
from polyveil.schema.modality import Modality
from polyveil.schema.part import DICOM_HEADER, Part
from polyveil.schema.policy import Operator

_TEMPORAL = frozenset({"DA", "DT", "TM"})
_BIRTH = frozenset({"00100030", "00100032"})  # the option of modified dates does not cover them (Table E.1-1)
_CONTENT_SEQUENCE = "0040A730"
_ICC_PROFILE = "00282000"
_KEPT_OB = frozenset({_ICC_PROFILE, "54001010", "5400100A", "00282000"})
_SHAPES = {
    "CS": re.compile(r"[A-Z0-9 _]{0,16}"),
    "DS": re.compile(r" *[-+0-9.eE]{0,32} *"),
    "IS": re.compile(r" *[-+0-9]{0,12} *"),
    "TM": re.compile(r"[0-9:.\- ]{0,28}"),
    "UI": re.compile(r"[0-9.]{0,64}\0?"),
    "AS": re.compile(r"[0-9]{3}[DWMY]"),
}


@dataclass(slots=True)
class _Work:
    """What the walk needs, and what it counts."""

    ctx: Context
    known: KnownPattern
    days: int
    spans: dict[str, list[Finding]]
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def operator(self, entity: str) -> Operator:
        return self.ctx.policy.operator(entity, Modality.TABLE)

    def note(self, entity: str, operator: str) -> None:
        self.counts[entity, operator] += 1


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The de-identified header. Raises AssetError (corrupt) if the part is no header."""
    model = loads(part.read())
    known = pattern_for((*part.hints.known, *known_values(model)))
    days = ctx.identity.date_shift(part.hints.subject, ctx.policy.date_shift_days)
    work = _Work(ctx, known, days, _by_path(findings))
    clean = _clean(model, "", work, strict=False)
    clean.update(record(ctx.policy))
    clean = dict(sorted(clean.items()))
    applied = tuple(Applied(entity, operator, n) for (entity, operator), n in sorted(work.counts.items()))
    done = Part(part.path, Modality.TABLE, DICOM_HEADER, dumps(clean))
    return Transformed(done, applied, {"elements_in": float(len(model)), "elements_out": float(len(clean))})


def _by_path(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    paths: dict[str, list[Finding]] = {}
    for finding in findings:
        if isinstance(finding.location, Field):
            paths.setdefault(finding.location.path, []).append(finding)
    return paths


def _clean(model: Model, prefix: str, work: _Work, *, strict: bool) -> Model:
    clean: Model = {}
    for tag, element in model.items():
        if tag == PREAMBLE:
            work.note(PRIVATE_ATTRIBUTE, "remove")
            continue
        answer = (
            _sequence(tag, element, prefix, work, strict=strict)
            if element["vr"] == "SQ"
            else _answer(tag, element, f"{prefix}{tag}", work, strict=strict)
        )
        if answer is not None:
            clean[tag] = answer
    return clean


def _sequence(tag: str, element: Element, prefix: str, work: _Work, *, strict: bool) -> Element | None:
    exempt = None if strict else exception(tag, work.ctx.policy.roads.dicom)
    action = exempt or action_for(tag, "SQ")
    if action is Action.REMOVE:
        work.note(entity_for(tag, "SQ"), "remove")
        return None
    if action is Action.EMPTY:
        work.note(entity_for(tag, "SQ"), "empty")
        return {"vr": "SQ", "Value": []}
    # A sequence that the table wants replaced (people, institutions, annotations) keeps its shape, never its words.
    inner = strict or (action is Action.DUMMY and tag != _CONTENT_SEQUENCE)
    items = [
        _clean(item, f"{prefix}{tag}[{index}].", work, strict=inner)
        for index, item in enumerate(element.get("Value", ()))
    ]
    return {"vr": "SQ", "Value": items}


def _answer(tag: str, element: Element, path: str, work: _Work, *, strict: bool) -> Element | None:
    vr = element["vr"]
    exempt = None if strict else exception(tag, work.ctx.policy.roads.dicom)
    action = exempt or action_for(tag, vr)
    if strict and vr in WORDS | {"CS"}:
        action = Action.DUMMY
    empty = not element.get("InlineBinary") and all(v in (None, "", {}) for v in element.get("Value", ()))
    if action is Action.REMOVE and (is_private(tag) or vr not in _TEMPORAL):
        work.note(entity_for(tag, vr), "remove")
        return None
    if empty:
        return {"vr": vr} if action is not Action.REMOVE else None
    return _by_kind(tag, element, path, action, work)


def _by_kind(tag: str, element: Element, path: str, action: Action, work: _Work) -> Element | None:
    vr = element["vr"]
    if vr in BINARY:
        answer = _binary(tag, element, action, work)
    elif vr in _TEMPORAL and action is not Action.KEEP:
        answer = _date(tag, element, action, work)
    elif vr == "UI" and action is not Action.KEEP:
        answer = _uids(element, work)
    elif action in {Action.DUMMY, Action.EMPTY}:
        answer = _replace(tag, element, action, work)
    else:
        answer = _kept(tag, element, path, action, work)
    return answer


def _binary(tag: str, element: Element, action: Action, work: _Work) -> Element | None:
    raw = base64.b64decode(element.get("InlineBinary", ""))
    unknown = element["vr"] in {"OB", "UN"} and tag not in _KEPT_OB
    damaged = tag == _ICC_PROFILE and raw[36:40] != b"acsp"  # ICC.1:2022 section 7.2.12
    if action is Action.KEEP and not unknown and not damaged and not work.known.within(raw):
        return element
    work.note(entity_for(tag, element["vr"]), "remove")
    if action is Action.DUMMY and listed(tag) is not None:
        return {"vr": element["vr"], "InlineBinary": "AAA="}
    return None


def _date(tag: str, element: Element, action: Action, work: _Work) -> Element | None:
    vr, operator = element["vr"], work.operator("DATE_TIME")
    values = [None if tag in _BIRTH else answer_date(str(v), vr, operator, work.days) for v in element["Value"]]
    if all(value is not None for value in values):
        work.note("DATE_TIME", operator.op)
        return {"vr": vr, "Value": values}
    if action is Action.REMOVE:
        work.note("DATE_TIME", "remove")
        return None
    work.note("DATE_TIME", "empty" if action is Action.EMPTY else "dummy")
    return {"vr": vr} if action is Action.EMPTY else {"vr": vr, "Value": [dummy(vr)]}


def _uids(element: Element, work: _Work) -> Element:
    work.note("DEVICE_ID", "uid")
    return {"vr": "UI", "Value": [remap_uid(str(value), work.ctx.identity) for value in element["Value"]]}


def _replace(tag: str, element: Element, action: Action, work: _Work) -> Element:
    vr = element["vr"]
    entity = entity_for(tag, vr)
    operator = work.operator(entity)
    if entity in {"PERSON", "MEDICAL_RECORD_NUMBER"} and operator.op in {"pseudonym", "hash", "tag"}:
        work.note(entity, operator.op)
        if vr == "PN":
            return {"vr": vr, "Value": [{"Alphabetic": person_name(texts(element)[0], operator, work.ctx)}]}
        return {"vr": vr, "Value": [replaced(entity, str(v), vr, operator, work.ctx) for v in element["Value"]]}
    if action is Action.EMPTY:
        work.note(entity, "empty")
        return {"vr": vr}
    work.note(entity, "dummy")
    return {"vr": vr, "Value": [dummy(vr)]}


def _kept(tag: str, element: Element, path: str, action: Action, work: _Work) -> Element | None:
    vr = element["vr"]
    shape = _SHAPES.get(vr)
    if shape is not None and not all(shape.fullmatch(str(value)) for value in element["Value"]):
        work.note(DESCRIPTION, "remove")
        return None
    if action is not Action.CLEAN:
        return {"vr": vr, "Value": [capped_age(str(v)) for v in element["Value"]]} if vr == "AS" else element
    if vr == "CS":
        hit = any(work.known.spans(str(value)) for value in element["Value"])
        if hit:
            work.note("PERSON", "dummy")
        return {"vr": vr, "Value": [dummy(vr)]} if hit else element
    return _cleaned(tag, element, path, work)


def _cleaned(tag: str, element: Element, path: str, work: _Work) -> Element:
    vr, text = element["vr"], "\\".join(texts(element))
    if tag == CODE_MEANING:
        if is_standard_meaning(text):
            return element
        work.note(DESCRIPTION, "dummy")
        return {"vr": vr, "Value": [dummy(vr)]}
    if any(found.location.span is None for found in work.spans.get(path, ()) if isinstance(found.location, Field)):
        work.note(DESCRIPTION, "dummy")
        return {"vr": vr, "Value": [dummy(vr)]}
    marks = [(start, end, entity) for start, end, entity in work.known.spans(text)]
    marks += [
        (found.location.span.start, found.location.span.end, found.entity)
        for found in work.spans.get(path, ())
        if isinstance(found.location, Field) and found.location.span is not None
    ]
    if not marks:
        return element
    values = [safe(value, vr) for value in _marked(text, marks, vr, work).split("\\")]
    return {"vr": vr, "Value": values}


def _marked(text: str, marks: list[tuple[int, int, str]], vr: str, work: _Work) -> str:
    out, at = [], 0
    for start, end, entity in sorted(marks, key=lambda mark: (mark[0], -mark[1])):
        if start < at:
            at = max(at, end)  # the rest of an overlapping finding goes too
            continue
        operator = work.operator(entity)
        work.note(entity, operator.op)
        out.append(text[at:start])
        out.append(replaced(entity, text[start:end], vr, operator, work.ctx).replace("\\", "/"))
        at = end
    return "".join(out) + text[at:]
