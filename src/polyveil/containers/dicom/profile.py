"""What happens to each element: PS3.15 Annex E, Table E.1-1 (edition 2026c), Basic Application Confidentiality Profile.

The table's rows come from the dicom-anonymizer package (BSD). Where the table leaves a choice, the information-object
definition decides in the standard; without one at hand, the answer here is one that keeps any of them valid:
X/Z -> Z, X/D, Z/D and X/Z/D -> D, and X/Z/U* -> keep the sequence and replace the UIDs in it.

The table is silent about many elements that can hold words (document titles, overlay and channel labels, code
meanings, notes). Here it is fail closed: an element of words outside the table keeps its value only if it is on the
list of technical ones in `technical.py`.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from pydicom.datadict import dictionary_has_tag, keyword_for_tag, repeater_has_tag

from polyveil.containers.dicom.technical import is_technical


class Action(StrEnum):
    """The action codes of PS3.15 Table E.1-1a."""

    DUMMY = "D"  # replace by a value of no meaning that suits the VR
    EMPTY = "Z"  # no value, or a dummy
    REMOVE = "X"
    KEEP = "K"
    CLEAN = "C"  # keep what was inspected and holds nothing personal
    UID = "U"  # replace by a UID that is the same wherever the old one was


WORDS = frozenset({"LO", "LT", "SH", "ST", "UC", "UT"})
DATES = frozenset({"DA", "DT"})
_ALWAYS_REMOVED = frozenset({"FFFCFFFC", "00020100", "00020102", "00020016", "00020017", "00020018", "00020026"})
_TABLE_CHOICES = {
    "D_TAGS": Action.DUMMY,
    "Z_TAGS": Action.EMPTY,
    "X_TAGS": Action.REMOVE,
    "U_TAGS": Action.UID,
    "Z_D_TAGS": Action.DUMMY,
    "X_Z_TAGS": Action.EMPTY,
    "X_D_TAGS": Action.DUMMY,
    "X_Z_D_TAGS": Action.DUMMY,
    "X_Z_U_STAR_TAGS": Action.UID,
}
# UIDs that name a class, a coding scheme or a piece of software, not an instance (PS3.6 Annex A): kept as they are.
_CLASS_UIDS = frozenset(
    {"00020002", "00020010", "00020012", "00041510", "00041512", "00080016", "0008001A", "0008001B", "00080062"}
    | {"0008010C", "00080117", "00080118", "00081150", "00400031", "0040DB0D"}
)


@cache
def _table() -> tuple[dict[int, Action], list[tuple[int, int, Action]]]:
    from dicomanonymizer.dicom_anonymization_databases import dicomfields_2026c

    exact: dict[int, Action] = {}
    masked: list[tuple[int, int, Action]] = []
    for name, action in _TABLE_CHOICES.items():
        for row in getattr(dicomfields_2026c, name):
            tag = row[0] << 16 | row[1]
            if len(row) == 4:
                mask = row[2] << 16 | row[3]
                masked.append((tag & mask, mask, action))
            else:
                exact[tag] = action
    return exact, masked


def listed(tag: str) -> Action | None:
    """The Basic Profile's action for a tag in eight hexadecimal digits, None if the table does not list it."""
    exact, masked = _table()
    number = int(tag, 16)
    if number in exact:
        return exact[number]
    return next((action for value, mask, action in masked if number & mask == value), None)


@cache
def action_for(tag: str, vr: str) -> Action:
    """The action for an element; for a sequence, KEEP, DUMMY, UID and CLEAN mean: clean what is in it."""
    group = int(tag[:4], 16)
    if tag in _ALWAYS_REMOVED or group % 2 == 1 or 0x5000 <= group < 0x5100 or 0x6000 <= group < 0x6100:
        return Action.REMOVE  # private elements, curves and overlays whole, trailing padding
    found = listed(tag)
    if found is not None:
        return found
    if tag == "00020013":  # implementation version name: written anew by the writer
        return Action.REMOVE
    if not dictionary_has_tag(int(tag, 16)) and not repeater_has_tag(int(tag, 16)):
        return Action.REMOVE  # not in PS3.6: nobody knows what it holds
    return _unlisted(tag, vr)


def _unlisted(tag: str, vr: str) -> Action:
    if vr == "UI":
        return Action.KEEP if tag in _CLASS_UIDS else Action.UID
    if vr in {"PN", "AE", "DA", "DT", "UR", "AS"}:
        return Action.DUMMY
    if vr == "UN":
        return Action.REMOVE
    if vr in WORDS:
        return Action.CLEAN if is_technical(keyword_for_tag(int(tag, 16))) else Action.DUMMY
    return Action.CLEAN if vr == "CS" else Action.KEEP


def is_private(tag: str) -> bool:
    """Is the group odd (PS3.5 section 7.8)?"""
    return int(tag[:4], 16) % 2 == 1
