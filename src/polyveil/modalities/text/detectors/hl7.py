"""HL7 version 2: fields whose place in their segment says what they are, whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR, SCORE = "hl7", 0.9
_RECORD, _NAME, _ADDRESS = "MEDICAL_RECORD_NUMBER", "PERSON", "STREET_ADDRESS"
_PHONE, _DATE, _CLINICIAN, _INSURED = "PHONE_NUMBER", "DATE_TIME", "CLINICIAN", "HEALTH_INSURANCE_ID"
FIELDS = {
    "MSH": {7: _DATE},
    "EVN": {2: _DATE, 3: _DATE, 5: _CLINICIAN, 6: _DATE},
    "PID": {
        2: _RECORD,
        3: _RECORD,
        4: _RECORD,
        5: _NAME,
        6: _NAME,
        7: _DATE,
        9: _NAME,
        11: _ADDRESS,
        13: _PHONE,
        14: _PHONE,
        18: "ACCOUNT_NUMBER",
        19: "US_SSN",
        20: "DRIVER_LICENSE",
        21: _RECORD,
        23: "LOCATION",
        29: _DATE,
    },
    "MRG": {1: _RECORD, 2: _RECORD, 3: "ACCOUNT_NUMBER", 4: _RECORD, 7: _NAME},
    "NK1": {2: _NAME, 4: _ADDRESS, 5: _PHONE, 6: _PHONE, 16: _DATE, 30: _NAME, 31: _PHONE, 32: _ADDRESS},
    "GT1": {2: "ACCOUNT_NUMBER", 3: _NAME, 4: _NAME, 5: _ADDRESS, 6: _PHONE, 7: _PHONE, 8: _DATE, 12: "US_SSN"},
    "IN1": {16: _NAME, 18: _DATE, 19: _ADDRESS, 36: _INSURED, 49: _INSURED},
    "IN2": {1: "EMPLOYEE_ID", 2: "US_SSN", 6: _INSURED, 8: _INSURED},
    "PV1": {5: _RECORD, 7: _CLINICIAN, 8: _CLINICIAN, 9: _CLINICIAN, 17: _CLINICIAN, 19: _RECORD, 44: _DATE, 45: _DATE},
    "ORC": {2: _RECORD, 3: _RECORD, 9: _DATE, 10: _CLINICIAN, 11: _CLINICIAN, 12: _CLINICIAN, 14: _PHONE, 15: _DATE},
    "OBR": {
        2: _RECORD,
        3: _RECORD,
        7: _DATE,
        8: _DATE,
        10: _CLINICIAN,
        14: _DATE,
        16: _CLINICIAN,
        17: _PHONE,
        22: _DATE,
    },
    "OBX": {14: _DATE, 16: _CLINICIAN},
}
"""What fields of a segment hold, by number (HL7 v2.5.1, chapters 2, 3, 4, 6 and 7)."""
_SEGMENT = re.compile(rf"^[ \t\x0b]*({'|'.join(FIELDS)})\|[^\r\n]*", re.MULTILINE)
_COMPONENT = re.compile(r"[^\^~&]+|[\^~&]")
_NO_VALUE = frozenset({'""', "NULL"})


def find_fields(text: str) -> Iterator[Finding]:
    """The values of such fields, component by component."""
    if "MSH|" not in text and "PID|" not in text:
        return
    for segment in _SEGMENT.finditer(text.replace("\r", "\n")):
        fields = FIELDS[segment[1]]
        number = 1 if segment[1] == "MSH" else 0  # MSH-1 is the separator itself
        start = segment.start()
        for value in segment.group().split("|"):
            if value and number in fields:
                yield from _parts(text, fields[number], start, start + len(value))
            start, number = start + len(value) + 1, number + 1


def _parts(text: str, entity: str, start: int, end: int) -> Iterator[Finding]:
    component = 1
    for part in _COMPONENT.finditer(text, start, end):
        value = part.group()
        if value in "^&":
            component += value == "^"
        elif value == "~":
            component = 1
        else:
            kind = _kind(entity, component, value)
            if kind and value not in _NO_VALUE and any(map(str.isalnum, value)):
                yield Finding(kind, Span(*part.span()), SCORE, DETECTOR, value)


def _kind(entity: str, component: int, value: str) -> str:
    """What a component of a field is: type codes, degrees and states say nothing of a person by themselves."""
    if entity == _CLINICIAN:  # XCN: number, family name, given names
        return "EMPLOYEE_ID" if component == 1 and value.isalnum() and not value.isalpha() else _NAME * (component <= 4)
    if entity == _NAME:  # XPN: family, given, more names
        return _NAME * (component <= 3)
    if entity == _ADDRESS:  # XAD: street, other, city, state, code
        return {1: _ADDRESS, 2: _ADDRESS, 3: "LOCATION", 5: "POSTAL_CODE", 9: "LOCATION"}.get(component, "")
    if entity == _PHONE:  # XTN: number, …, mail, country, area, number
        return "EMAIL_ADDRESS" * ("@" in value) or _PHONE * (sum(map(str.isdigit, value)) >= 4)
    return entity * (component == 1)
