"""Which entity type a header element's value is."""

from __future__ import annotations

import re
from functools import cache

from pydicom.datadict import dictionary_has_tag, keyword_for_tag

from polyveil.containers.dicom.profile import is_private

DESCRIPTION = "DESCRIPTION"
"""Words about a person, place or event that the profile removes and that are no entity of their own."""
PRIVATE_ATTRIBUTE = "PRIVATE_ATTRIBUTE"
"""A private element (odd group): its meaning is its maker's secret."""

_BY_VR = {"PN": "PERSON", "DA": "DATE_TIME", "DT": "DATE_TIME", "TM": "DATE_TIME", "AS": "AGE", "UI": "DEVICE_ID"}
_BY_KEYWORD = tuple(
    (re.compile(pattern), entity)
    for pattern, entity in (
        (r"(?:Name|Physician|Operator|Reviewer)(?:sName)?Trial$|PersonName|PatientMotherBirthName", "PERSON"),
        (r"(?:Responsible|Requesting|Referring|Performing).*Physician", "PERSON"),
        (r"TelephoneNumbers?|TelecomInformation|PhoneNumber", "PHONE_NUMBER"),
        (r"^PatientID$|OtherPatientIDs|MedicalRecordLocator|^AdmissionID$|IssuerOfPatientID", "MEDICAL_RECORD_NUMBER"),
        (r"AccessionNumber|^StudyID$|OrderNumber|ServiceEpisodeID|SpecimenIdentifier", "MEDICAL_RECORD_NUMBER"),
        (r"RequestedProcedureID|ScheduledProcedureStepID|PerformedProcedureStepID", "MEDICAL_RECORD_NUMBER"),
        (r"ClinicalTrial.*(?:ID|Number)$|ContainerIdentifier|SlideIdentifier", "MEDICAL_RECORD_NUMBER"),
        (r"InsurancePlan", "HEALTH_INSURANCE_ID"),
        (r"Address", "STREET_ADDRESS"),
        (r"Institution|Department|StationName|Location|CountryOfResidence|RegionOfResidence|SiteName", "LOCATION"),
        (r"Latitude|Longitude|GPS", "GEO_COORDINATES"),
        (r"SerialNumber|DeviceID|DetectorID|UDI|PlateID|CassetteID|GantryID|GeneratorID|AETitle|^.*AE$", "DEVICE_ID"),
        (r"ApplicationEntityTitle|DeviceIdentifier|DeviceLabel|MachineName|UniqueDevice", "DEVICE_ID"),
        (r"EthnicGroup|ReligiousPreference|Nationality", "NRP"),
        (r"PatientAge", "AGE"),
        (r"DateTime|Date$|Time$|TimezoneOffset", "DATE_TIME"),
        (r"URL|URI", "URL"),
    )
)


@cache
def entity_for(tag: str, vr: str) -> str:
    """Entity type of an element's value by its keyword, then by its value representation."""
    if is_private(tag):
        return PRIVATE_ATTRIBUTE
    if vr in _BY_VR:
        return _BY_VR[vr]
    if tag == "00020016" or vr == "AE":
        return "DEVICE_ID"
    number = int(tag, 16)
    keyword = keyword_for_tag(number) if dictionary_has_tag(number) else ""
    return next((entity for pattern, entity in _BY_KEYWORD if pattern.search(keyword)), DESCRIPTION)
