"""DICOM: pydicom's own test files with invented people in header, private elements, sequences and pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from polyveil.sample.gold import Gold, Item
from polyveil.sample.lettering import ink
from polyveil.sample.people import Cast, Person
from polyveil.schema.locations import Field, Region
from polyveil.schema.modality import Modality

HEADER, PIXELS = "header", "pixels"


def items(people: Cast) -> Iterator[Item]:
    """A CT without words on it, an MR and an ultrasound with a name burned in, an exact duplicate."""
    yield scan("dicom/ct.dcm", "CT_small.dcm", people.english[0], people.english[6])
    magnet = scan("dicom/mr_burned_in.dcm", "examples_overlay.dcm", people.english[1], people.english[7], size=22)
    yield magnet
    yield magnet.copy("dicom/mr_burned_in_copy.dcm")
    yield scan(
        "dicom/us_burned_in.dcm", "examples_rgb_color.dcm", people.english[3], people.english[8], size=16, top=146
    )


def scan(path: str, base: str, patient: Person, doctor: Person, *, size: int = 0, top: int = 6) -> Item:
    """A test file with a patient planted; `size` of burned-in letters and `top` of the first line in pixels."""
    import pydicom
    from pydicom.data import get_testdata_file

    source = get_testdata_file(base, download=False)
    if not isinstance(source, str):
        raise FileNotFoundError(base)
    dataset = pydicom.dcmread(source)
    labels = _header(dataset, patient, doctor)
    if size:
        labels += _burn(dataset, patient, size, top)
    out = io.BytesIO()
    dataset.save_as(out)
    return Item(path, out.getvalue(), tuple(labels))


def _caret(person: Person) -> str:
    given, _, family = person.name.partition(" ")
    return f"{family}^{given}"


def _header(dataset: Any, patient: Person, doctor: Person) -> list[Gold]:
    from pydicom import Dataset

    planted = (
        ("00100010", "PatientName", "PERSON", _caret(patient)),
        ("00100020", "PatientID", "MEDICAL_RECORD_NUMBER", patient.record),
        ("00100030", "PatientBirthDate", "DATE_TIME", f"{patient.born:%Y%m%d}"),
        ("00101040", "PatientAddress", "STREET_ADDRESS", patient.address),
        ("00102154", "PatientTelephoneNumbers", "PHONE_NUMBER", patient.phone),
        ("00080090", "ReferringPhysicianName", "PERSON", _caret(doctor)),
        ("00104000", "PatientComments", "PERSON", f"{patient.name} asked for a copy by e-mail"),
    )
    labels = []
    for tag, keyword, entity, value in planted:
        setattr(dataset, keyword, value)
        labels.append(Gold(HEADER, Modality.TABLE, entity, Field(tag), value))
    inner = Dataset()
    inner.PatientID = patient.ssn
    dataset.OtherPatientIDsSequence = [inner]
    labels.append(Gold(HEADER, Modality.TABLE, "US_SSN", Field("00101002[0].00100020"), patient.ssn))
    block = dataset.private_block(0x0099, "ACME ARCHIVE 1.0", create=True)
    block.add_new(0x01, "LO", f"operator note for {patient.name}")
    labels.append(Gold(HEADER, Modality.TABLE, "PERSON", Field("00991001"), f"operator note for {patient.name}"))
    return labels


def _burn(dataset: Any, patient: Person, size: int, top: int) -> list[Gold]:
    """Name and record number from row `top` on, at the brightest value that occurs."""
    import numpy as np

    pixels = dataset.pixel_array.copy()
    height, width = int(dataset.Rows), int(dataset.Columns)
    bright = pixels.max()
    labels = []
    for line, (entity, value) in enumerate((("PERSON", patient.name), ("MEDICAL_RECORD_NUMBER", patient.record))):
        layer, box = ink((width, height), (8, top + line * round(size * 1.5)), value, size)
        pixels[np.asarray(layer) > 110] = bright
        labels.append(Gold(PIXELS, Modality.IMAGE, entity, Region(*box), value))
    dataset.PixelData = pixels.tobytes()
    return labels
