"""Values that the header itself gives away: read before it is scrubbed, searched for everywhere else."""

from __future__ import annotations

import re

from polyveil.containers.dicom.entities import entity_for
from polyveil.containers.dicom.model import PREAMBLE, Model, texts, walk
from polyveil.containers.dicom.profile import Action, action_for, is_private
from polyveil.schema.part import Known

_KNOWN = frozenset(
    {"PERSON", "MEDICAL_RECORD_NUMBER", "STREET_ADDRESS", "PHONE_NUMBER", "LOCATION", "HEALTH_INSURANCE_ID"}
)
_DATES = frozenset({"00100030", "00080020", "00080021", "00080022", "00080023", "00380020"})
_SERIALS = frozenset({"00181000", "00181002"})
_MIN_LENGTH = 3
_SEPARATORS = re.compile(r"[\^=\s,.]+")
_STOP = frozenset({"the", "and", "unit", "dept", "department", "hospital", "clinic", "anonymous", "unknown", "none"})
_MAX_KNOWN = 500


def person_forms(name: str) -> list[str]:
    """The ways a DICOM name (PS3.5 section 6.2.1.1: Family^Given^Middle^Prefix^Suffix) is written out."""
    parts = [part.strip() for part in name.split("^")][:5]
    family, given = parts[0], parts[1] if len(parts) > 1 else ""
    forms = [name]
    if family and given:
        if not family.isascii():
            forms.append(family + given)
        forms += [f"{given} {family}", f"{family} {given}", f"{family}, {given}"]
    forms += [word for part in parts[:3] for word in _SEPARATORS.split(part)]
    return forms


def date_forms(date: str) -> list[str]:
    """A DA value (YYYYMMDD) as it is burned into pictures and written in reports."""
    if not re.fullmatch(r"\d{8}", date):
        return []
    year, month, day = date[:4], date[4:6], date[6:]
    forms = [date, f"{year}-{month}-{day}", f"{year}/{month}/{day}", f"{year}.{month}.{day}"]
    forms += [f"{a}{s}{b}{s}{year}" for s in "/-." for a, b in ((day, month), (month, day))]
    return [*forms, f"{year}年{int(month)}月{int(day)}日"]


def known_values(model: Model) -> tuple[Known, ...]:
    """Names, ids, addresses and dates of a header, longest first, without doubles."""
    found: dict[str, Known] = {}
    for path, tag, element in walk(model):
        if path == PREAMBLE or is_private(tag) or action_for(tag, element["vr"]) is Action.KEEP:
            continue
        entity = entity_for(tag, element["vr"])
        if entity not in _KNOWN and tag not in _DATES and tag not in _SERIALS:
            continue
        for value in texts(element):
            forms = [value]
            if entity == "PERSON":
                forms = person_forms(value)
            elif tag in _DATES:
                forms = date_forms(value)
            for form in forms:
                text = form.strip(" ^=\0")
                if _useful(text):
                    found.setdefault(text.casefold(), Known(entity, text))
    ordered = sorted(found.values(), key=lambda known: (-len(known.value), known.value))
    return tuple(ordered[:_MAX_KNOWN])


def _useful(text: str) -> bool:
    least = _MIN_LENGTH if text.isascii() else 2
    return least <= len(text) <= 128 and text.casefold() not in _STOP and not re.fullmatch(r"(.)\1*", text)
