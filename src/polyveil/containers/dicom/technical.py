"""Elements of words outside Table E.1-1 that describe machines and methods, not people.

Their values are kept after they were searched. Everything else of words that the table does not list is replaced.
"""

from __future__ import annotations

import re
from functools import cache

_TECHNICAL = re.compile(
    r"""
    (?: .*Manufacturer(?:s?ModelName|Name)? | ManufacturerModelVersion | .*SoftwareVersions?
      | ManufacturerRelatedModelGroup
      | (?:Long)?CodeValue | CodingScheme(?:Designator|Version|Name|Registry) | CodeMeaning | MappingResourceName
      | ConvolutionKernel | Filter.* | TypeOfFilters | ImageFilter | CollimatorGridName | GridAbsorbingMaterial
      | GridSpacingMaterial | (?:Receive|Transmit)CoilName | MultiCoil(?:Configuration|ElementName)
      | (?:Pulse)?SequenceName | ImagedNucleus | ViewName | StageName | AcquisitionMode | DoseModeName | PlateType
      | PhosphorType | CardiacFramingType | TriggerSourceOrType | PVCRejection | TransducerData | EnergyWindowName
      | Radionuclide | Radiopharmaceutical(?:Route)? | ContrastBolusRoute | VideoImageFormatAcquired
      | DigitalImageFormatAcquired | RescaleType | ModalityLUTType | LUTLabel | PositionReferenceIndicator
      | (?:Attenuation|Scatter)CorrectionMethod | ReconstructionMethod | DetectorLinesOfResponseUsed
      | Algorithm(?:Name|Version) | Segment(?:Label|AlgorithmName) | MIMETypeOfEncapsulatedDocument | ListOfMIMETypes
      | EXIFVersion | StackID | FontName | CSSFontName | ImageGeometryType | Wedge(?:Material|Name|ModelNumber|ID)
      | MaterialID | SourceIsotopeName | Application(?:Name|Version) | ProductName | ProcessingFunction
      | ReportingPriority | RequestedProcedurePriority | DisplaySubsystemName | TimeSource )\Z
    """,
    re.VERBOSE,
)


@cache
def is_technical(keyword: str) -> bool:
    """Does an element of this keyword (PS3.6) describe a machine, a method or a vocabulary?"""
    return _TECHNICAL.match(keyword) is not None


@cache
def _meanings() -> frozenset[str]:
    from pydicom.sr._concepts_dict import concepts  # PS3.16 as data; the public class builds each code one by one

    vocabulary: dict[str, dict[str, dict[str, tuple[str, list[int]]]]] = concepts  # type: ignore[assignment]  # untyped
    return frozenset(
        meaning.casefold() for scheme in vocabulary.values() for code in scheme.values() for meaning, _ in code.values()
    )


def is_standard_meaning(meaning: str) -> bool:
    """Is this a code meaning of PS3.16's context groups? Only such a one is known to hold no one's name."""
    return " ".join(meaning.split()).casefold() in _meanings()
