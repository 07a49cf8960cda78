"""The record that a header was de-identified (PS3.15 E.1.1, PS3.3 C.12.1.1.7)."""

from __future__ import annotations

from functools import lru_cache

from pydicom.sr.codedict import codes

from polyveil.containers.dicom.model import Element, Model
from polyveil.containers.dicom.options import CODES
from polyveil.schema.modality import Modality
from polyveil.schema.policy import Policy

METHOD = "Polyveil: PS3.15 Basic Profile, table 2026c"


def record(policy: Policy) -> Model:
    """Patient Identity Removed, De-identification Method and its codes (CID 7050), and what happened to dates."""
    options = ["BasicApplicationConfidentialityProfile", "CleanStructuredContentOption"]
    options += [CODES[option] for option in policy.roads.dicom.keep]
    dates = policy.operator("DATE_TIME", Modality.TABLE).op
    modified = "REMOVED"
    if dates == "date_shift":
        options.append("RetainLongitudinalTemporalInformationModifiedDatesOption")
        modified = "MODIFIED"
    elif dates == "keep":
        options.append("RetainLongitudinalTemporalInformationFullDatesOption")
        modified = "UNMODIFIED"
    return {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00120062": {"vr": "CS", "Value": ["YES"]},
        "00120063": {"vr": "LO", "Value": [METHOD]},
        "00120064": {"vr": "SQ", "Value": [code_of(option) for option in options]},
        "00280303": {"vr": "CS", "Value": [modified]},
    }


@lru_cache(maxsize=32)
def code_of(name: str) -> dict[str, Element]:
    """An item of the De-identification Method Code Sequence by its name in CID 7050."""
    code = getattr(codes.cid7050, name)
    return {
        "00080100": {"vr": "SH", "Value": [code.value]},
        "00080102": {"vr": "SH", "Value": [code.scheme_designator]},
        "00080104": {"vr": "LO", "Value": [code.meaning]},
    }
