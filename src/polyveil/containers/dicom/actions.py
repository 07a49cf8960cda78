"""Answers to single header values: dummies, pseudonyms, shifted dates, new UIDs."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

from polyveil.containers.dicom.known import _SEPARATORS
from polyveil.identity import Identity
from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.schema.policy import Operator

REMOVED = "REMOVED"
_DUMMY = {
    "AE": "REMOVED",
    "AS": "000Y",
    "CS": "REMOVED",
    "DA": "19000101",
    "DS": "0",
    "DT": "19000101000000",
    "IS": "0",
    "TM": "000000",
}
MAX_LENGTH = {"AE": 16, "CS": 16, "LO": 64, "SH": 16, "LT": 10_240, "ST": 1024}  # PS3.5 table 6.2-1
_STANDARD_ROOT = "1.2.840.10008."
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(.*)\Z", re.DOTALL)
_OLD_DATE = re.compile(r"(\d{4})\.(\d{2})\.(\d{2})\Z")  # ACR-NEMA form, still met


def dummy(vr: str) -> object:
    """A value of no meaning that suits the VR (PS3.15 Table E.1-1a, action D)."""
    if vr == "PN":
        return {"Alphabetic": "Anonymous"}
    if vr == "UI":
        return "2.25.0"
    if vr in _DUMMY:
        return _DUMMY[vr]
    return REMOVED


def remap_uid(value: str, identity: Identity) -> str:
    """A UID that is the same wherever the old one was: `2.25.` and a UUID (PS3.5 B.2, RFC 9562 version 8)."""
    if value.startswith(_STANDARD_ROOT) or not value:
        return value
    raw = bytearray(identity.digest("dicom-uid", value.strip("\0 "))[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return f"2.25.{uuid.UUID(bytes=bytes(raw)).int}"


def shift_date(value: str, days: int) -> str | None:
    """A DA or DT value shifted by whole days, its time kept; None if it is no date."""
    match = _DATE.match(value.strip()) or _OLD_DATE.match(value.strip())
    if match is None:
        return None
    try:
        shifted = date(int(match[1]), int(match[2]), int(match[3])) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    rest = match[4] if match.re is _DATE else ""
    if not re.fullmatch(r"[\d.+\-& ]*", rest):
        return None
    return f"{shifted:%Y%m%d}{rest}" if shifted.year >= 1000 else None


def answer_date(value: str, vr: str, operator: Operator, days: int) -> str | None:
    """A date under the policy's operator; None where no date may stay."""
    if operator.op == "keep":
        return value
    if operator.op == "date_shift":
        return value if vr == "TM" else shift_date(value, days)
    if operator.op == "generalise" and operator.params.get("to") == "year" and vr != "TM":
        match = re.match(r"(\d{4})", value)
        return f"{match[1]}0101" if match else None
    return None


def capped_age(value: str) -> str:
    """An age string (AS) of at most 90 years: older ones single people out (45 CFR 164.514(b)(2)(i)(C))."""
    return "090Y" if value.endswith("Y") and value[:3].isdigit() and int(value[:3]) > 89 else value


def person_name(value: str, operator: Operator, ctx: Context) -> str:
    """A DICOM name (`Family^Given`) for a DICOM name, the same as the text road gives the written-out one."""
    parts = [part for part in value.split("=", maxsplit=1)[0].split("^") if part.strip()]
    if not parts:
        return "Anonymous"
    family, given = parts[0], " ".join(parts[1:3])
    plain = (family + given) if not family.isascii() else " ".join(f"{given} {family}".split())
    written = safe(text_room.replacement("PERSON", plain, operator, ctx), "LO")
    words = _SEPARATORS.split(written)
    if operator.op != "pseudonym":
        return written or "Anonymous"
    if len(words) == 1 and not written.isascii() and len(written) > 1:
        return f"{written[0]}^{written[1:]}"
    return f"{words[-1]}^{' '.join(words[:-1])}" if len(words) > 1 else written


def replaced(entity: str, value: str, vr: str, operator: Operator, ctx: Context) -> str:
    """The text road's replacement, cut to what the VR holds."""
    return safe(text_room.replacement(entity, value, operator, ctx), vr)


def safe(value: str, vr: str) -> str:
    """Without the value separator and control characters, no longer than the VR allows."""
    kept = "".join(char for char in value if char.isprintable()).replace("\\", "/").replace("^", " ")
    kept = kept.upper() if vr == "CS" else kept
    return kept[: MAX_LENGTH.get(vr, 1_000_000)]
