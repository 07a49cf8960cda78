from __future__ import annotations

import dataclasses
import io
import os
import re
import struct
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom import Dataset
from pydicom.dataelem import DataElement
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence

from polyveil.containers import dicom
from polyveil.containers.dicom import header
from polyveil.containers.dicom.reading import _transfer_syntax, quiet
from polyveil.containers.interface import Piece
from polyveil.errors import AssetError
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import DICOM_HEADER, PIXELS, Hints
from polyveil.schema.policy import DicomRoad

Road = Any  # the class of conftest, which importlib mode keeps from being imported


def _file(name: str) -> bytes:
    path = pydicom.data.get_testdata_file(name, download=False)
    assert isinstance(path, str)
    return Path(path).read_bytes()


def _code(meaning: str, value: str = "T-1", scheme: str = "99LOCAL") -> Any:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _planted() -> tuple[Any, list[bytes]]:
    """CT_small with a token in every corner in which de-identifiers are known to leave one."""
    ds: Any = pydicom.dcmread(io.BytesIO(_file("CT_small.dcm")))
    tokens: list[bytes] = []

    def token() -> str:
        tokens.append(f"ZQX{len(tokens):03d}TOKEN".encode())
        return tokens[-1].decode()

    ds.preamble = token().encode().ljust(128, b"\0")
    ds.file_meta.SourceApplicationEntityTitle = token()
    ds.file_meta.ImplementationVersionName = token()
    ds.file_meta.PrivateInformationCreatorUID = "1.2.3"
    ds.file_meta.PrivateInformation = token().encode().ljust(16, b"\0")
    for keyword in (
        "PatientName", "PatientID", "AccessionNumber", "ReferringPhysicianName", "InstitutionName", "PatientAddress",
        "StudyDescription", "SeriesDescription", "ProtocolName", "StationName", "OperatorsName", "PatientComments",
        "ImageComments", "OtherPatientIDs", "DeviceSerialNumber", "DocumentTitle", "InstanceOriginStatus",
        "AdditionalPatientHistory", "SecondaryReviewerName", "RetrieveURI", "RequestedProcedureDescription",
    ):  # fmt: skip
        setattr(ds, keyword, token())
    other = Dataset()
    other.PatientID = token()
    other.IssuerOfPatientID = token()
    ds.OtherPatientIDsSequence = Sequence([other])
    person = Dataset()
    person.PersonIdentificationCodeSequence = Sequence([_code(token(), value=token()[:16])])
    person.InstitutionName = token()
    ds.OperatorIdentificationSequence = Sequence([person])
    ds.ProcedureCodeSequence = Sequence([_code(token())])
    ds.AnatomicRegionSequence = Sequence([_code(token())])
    request = Dataset()
    request.RequestedProcedureID = token()
    request.ScheduledProtocolCodeSequence = Sequence([_code(token())])
    inner = Dataset()
    inner.add(DataElement(0x00091001, "LO", token()))
    request.ViewCodeSequence = Sequence([inner])
    ds.RequestAttributesSequence = Sequence([request])
    block = ds.private_block(0x0011, token(), create=True)
    block.add_new(0x01, "LO", token())
    block.add_new(0x02, "OB", token().encode() + b"\0")
    nested = Dataset()
    nested.PatientName = token()
    nested.CodeMeaning = token()
    block.add_new(0x03, "SQ", Sequence([nested]))
    ds.add_new(0x60000010, "US", 8)
    ds.add_new(0x60000011, "US", 8)
    ds.add_new(0x60001500, "LO", token())
    ds.add_new(0x60000022, "LO", token())
    ds.add_new(0x60003000, "OW", token().encode().ljust(16, b"\0"))
    channel = Dataset()
    channel.ChannelLabel = token()
    channel.ChannelSourceSequence = Sequence([_code(token())])
    waveform = Dataset()
    waveform.MultiplexGroupLabel = token()
    waveform.ChannelDefinitionSequence = Sequence([channel])
    ds.WaveformSequence = Sequence([waveform])
    content = Dataset()
    content.ValueType = "TEXT"
    content.ConceptNameCodeSequence = Sequence([_code(token())])
    content.TextValue = token()
    name = Dataset()
    name.ValueType = "PNAME"
    name.PersonName = token()
    content.ContentSequence = Sequence([name])
    ds.ContentSequence = Sequence([content])
    ds.EncapsulatedDocument = token().encode() + b"\0"
    icon = Dataset()
    icon.Rows = icon.Columns = 4
    icon.BitsAllocated = 8
    icon.PixelData = token().encode().ljust(16, b"\0")
    ds.IconImageSequence = Sequence([icon])
    ds.DataSetTrailingPadding = token().encode().ljust(16, b"\0")
    ds.add_new(0x00081195, "UI", "1.2.840.99999.1.2.3")
    return ds, tokens


def test_no_planted_token_survives_anywhere(road: Road) -> None:
    ds, tokens = _planted()
    raw = road.to_bytes(ds)
    assert all(token in raw for token in tokens)
    out = road.through(raw)
    assert [token for token in tokens if token in out or token.lower() in out.lower()] == []
    assert b"1.2.840.99999" not in out


def test_a_token_in_the_name_is_found_by_path_with_its_value(road: Road) -> None:
    ds, _ = _planted()
    ds.PatientName = "Lovelace^Ada"
    ds.RequestAttributesSequence[0].RequestedProcedureDescription = "knee"
    found = {
        finding.location.path: finding
        for finding in road.findings(road.to_bytes(ds))
        if isinstance(finding.location, Field)
    }
    assert (found["00100010"].entity, found["00100010"].value) == ("PERSON", "Lovelace^Ada")
    assert found["0020000D"].entity == "DEVICE_ID"
    assert found["00400275[0].00400275" if "00400275[0].00400275" in found else "00400275[0].00401001"].value
    assert found["preamble"].value is not None
    assert found["00020016"].entity == "DEVICE_ID"


def test_known_values_go_where_the_profile_keeps_words(road: Road) -> None:
    ds, _ = _planted()
    ds.PatientName = "Lovelace^Ada"
    ds.Manufacturer = "Made for Ada LOVELACE by ACME"
    out = road.read(road.through(road.to_bytes(ds)))
    assert "lovelace" not in out.Manufacturer.lower()
    assert "ACME" in out.Manufacturer


def test_a_standard_code_meaning_stays_and_a_free_one_goes(road: Road) -> None:
    ds, _ = _planted()
    ds.AnatomicRegionSequence = Sequence([_code("Brain", "12738006", "SCT"), _code("Ada's brain", "12738006", "SCT")])
    out = road.read(road.through(road.to_bytes(ds)))
    assert [item.CodeMeaning for item in out.AnatomicRegionSequence] == ["Brain", "REMOVED"]
    assert {item.CodeValue for item in out.AnatomicRegionSequence} == {"12738006"}


def test_the_record_says_that_it_was_done(road: Road) -> None:
    out = road.read(road.through(road.to_bytes(road.sample("CT_small.dcm"))))
    assert out.PatientIdentityRemoved == "YES"
    assert "Polyveil" in out.DeidentificationMethod
    codes = [item.CodeValue for item in out.DeidentificationMethodCodeSequence]
    assert codes[0] == "113100"
    assert "113107" in codes  # dates were shifted under this policy
    assert "113101" in codes  # the pixels went through the image room
    assert out.LongitudinalTemporalInformationModified == "MODIFIED"
    assert out.BurnedInAnnotation == "NO"
    assert out.file_meta.MediaStorageSOPInstanceUID == out.SOPInstanceUID


def test_uids_agree_across_files_and_differ_across_keys(road: Road, road_for: Callable[[str, bytes], Road]) -> None:
    one, two = road.sample("CT_small.dcm"), road.sample("CT_small.dcm")
    two.SOPInstanceUID = "1.2.3.4.5"
    two.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4.5"
    a, b = (road.read(road.through(road.to_bytes(ds))) for ds in (one, two))
    other = road_for("default", b"x" * 32)
    c = other.read(other.through(other.to_bytes(one)))
    assert a.StudyInstanceUID == b.StudyInstanceUID != one.StudyInstanceUID
    assert a.SOPInstanceUID != b.SOPInstanceUID
    assert c.StudyInstanceUID != a.StudyInstanceUID
    assert a.SOPClassUID == one.SOPClassUID
    assert re.fullmatch(r"2\.25\.[1-9]\d{0,38}", a.StudyInstanceUID)
    assert a.PatientID == b.PatientID != one.PatientID
    assert c.PatientID != a.PatientID


def test_options_of_the_policy_keep_what_they_say(road: Road) -> None:
    ds = road.sample("CT_small.dcm")
    ds.PatientName, ds.SeriesDescription, ds.StationName = "Lovelace^Ada", "Abdomen of LOVELACE", "CT01"
    ds.PatientSex, ds.PatientWeight, ds.InstitutionName = "F", "61.5", "Analytical Clinic"
    raw = road.to_bytes(ds)
    plain = road.read(road.through(raw))
    assert "PatientWeight" not in plain
    assert not plain.PatientSex
    assert "SeriesDescription" not in plain
    keep = DicomRoad(keep=("descriptors", "patient-characteristics"))
    policy = road.ctx.policy
    policy = policy.model_copy(update={"roads": policy.roads.model_copy(update={"dicom": keep})})
    wide = dataclasses.replace(road, ctx=dataclasses.replace(road.ctx, policy=policy))
    out = wide.read(wide.through(raw))
    assert (out.PatientSex, float(out.PatientWeight)) == ("F", 61.5)
    assert out.SeriesDescription.startswith("Abdomen of ")
    assert "LOVELACE" not in out.SeriesDescription
    assert out.StationName != "CT01"
    assert "Analytical" not in out.InstitutionName
    assert {"113105", "113108"} <= {item.CodeValue for item in out.DeidentificationMethodCodeSequence}


def test_dates_of_a_patient_keep_their_distance(road: Road, road_for: Callable[[str, bytes], Road]) -> None:
    ds = road.sample("CT_small.dcm")
    ds.StudyDate, ds.SeriesDate, ds.AcquisitionDateTime, ds.PatientBirthDate = (
        "20040119",
        "20040229",
        "20040119072730",
        "19600301",
    )
    out = road.read(road.through(road.to_bytes(ds)))

    def day(text: str) -> date:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))

    assert out.StudyDate != "20040119"
    assert (day(out.SeriesDate) - day(out.StudyDate)).days == 41
    assert out.AcquisitionDateTime == out.StudyDate + "072730"
    assert not out.PatientBirthDate
    strict = road_for("strict", b"k" * 32)
    blank = strict.read(strict.through(strict.to_bytes(ds)))
    assert blank.StudyDate in {"", None, "19000101"}
    assert "20040119" not in str(blank)


@pytest.mark.parametrize(
    ("name", "photometric"),
    [
        ("CT_small.dcm", "MONOCHROME2"),
        ("MR_small_bigendian.dcm", "MONOCHROME2"),
        ("MR_small_RLE.dcm", "MONOCHROME2"),
        ("MR_small_jp2klossless.dcm", "MONOCHROME2"),
        ("JPEG2000.dcm", "MONOCHROME2"),
        ("image_dfl.dcm", "MONOCHROME2"),
        ("liver_1frame.dcm", "MONOCHROME2"),
        ("SC_rgb_rle_16bit_2frame.dcm", "RGB"),
        ("SC_rgb_dcmtk_+eb+cy+np.dcm", "RGB"),
        ("SC_ybr_full_422_uncompressed.dcm", "RGB"),
        ("examples_palette.dcm", "RGB"),
        ("examples_jpeg2k.dcm", "RGB"),
        ("SC_rgb_small_odd.dcm", "RGB"),
        ("examples_ybr_color.dcm", "RGB"),
    ],
)
def test_pixels_come_back_as_they_went(road: Road, name: str, photometric: str) -> None:
    raw = road.to_bytes(road.sample(name))
    parts = road.split(raw)
    first, picture = parts.members
    assert (first.key, first.modality, first.media_type, first.required) == (
        "header",
        Modality.TABLE,
        DICOM_HEADER,
        True,
    )
    assert (picture.key, picture.modality, picture.media_type) == ("pixels", Modality.IMAGE, PIXELS)
    assert isinstance(picture.data, bytes)
    frames = np.load(io.BytesIO(picture.data), allow_pickle=False)
    assert frames.ndim == (4 if photometric == "RGB" else 3)
    assert frames.dtype in {np.dtype("uint8"), np.dtype("uint16"), np.dtype("int16")}
    out = road.read(road.through(raw))
    assert out.PhotometricInterpretation == photometric
    again = out.pixel_array
    assert np.array_equal(again.reshape(frames.shape), frames)


def test_a_dose_grid_keeps_its_doses(road: Road) -> None:
    before = road.sample("rtdose.dcm")
    after = road.read(road.through(road.to_bytes(before)))
    assert (after.BitsAllocated, after.BitsStored, after.NumberOfFrames) == (16, 16, before.NumberOfFrames)
    doses = before.pixel_array * float(before.DoseGridScaling)
    error = np.abs(after.pixel_array * float(after.DoseGridScaling) - doses).max()
    assert error <= 1e-5 * doses.max()


def test_segments_of_bits_stay_bits(road: Road) -> None:
    before = road.sample("liver_1frame.dcm")
    after = road.read(road.through(road.to_bytes(before)))
    assert after.BitsAllocated == before.BitsAllocated == 1
    assert np.array_equal(after.pixel_array, before.pixel_array)


def test_deflated_frames_are_read(road: Road) -> None:
    ds = road.sample("SC_rgb_rle_2frame.dcm")
    plain = ds.pixel_array
    frames = []
    for frame in plain:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(frame.tobytes()) + packer.flush()
        frames.append(packed + b"\0" * (len(packed) % 2))
    ds.PixelData = encapsulate(frames)
    ds["PixelData"].VR = "OB"
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.90"
    ds.PlanarConfiguration = 0
    raw = road.to_bytes(ds).replace(b"1.2.840.10008.1.2.4.90", b"1.2.840.10008.1.2.8.1\0")  # pydicom writes none
    assert np.array_equal(road.read(road.through(raw)).pixel_array, plain)


def test_many_pixels_lie_in_files(road_for: Callable[[str, bytes], Road]) -> None:
    road = road_for("default", b"k" * 32)
    limits = dataclasses.replace(road.ctx.limits, max_memory_bytes=1024)
    road = dataclasses.replace(road, ctx=dataclasses.replace(road.ctx, limits=limits))
    ds = road.sample("CT_small.dcm")
    rng = np.random.default_rng(1)
    ds.NumberOfFrames, ds.Rows, ds.Columns = 9, 2048, 2048
    plain = rng.integers(-1000, 1000, (9, 2048, 2048), np.int16)
    ds.PixelData = plain.tobytes()
    path = road.ctx.workdir / "large.dcm"
    ds.save_as(path)
    parts = dicom.split(path, Hints(), road.ctx)
    data = parts.members[1].data
    assert isinstance(data, Path)
    assert data.parent == road.ctx.workdir
    pieces = {
        "header": Piece(parts.members[0].data, DICOM_HEADER, ".json"),
        "pixels": Piece(data, PIXELS, ".npy"),
    }
    joined = dicom.join(parts.skeleton, pieces, road.ctx).data
    assert isinstance(joined, Path)
    assert np.array_equal(pydicom.dcmread(joined).pixel_array, plain)


def test_large_pictures_are_compressed_without_loss(road: Road) -> None:
    ds = road.sample("SC_rgb_small_odd.dcm")
    gradient = np.add.outer(np.arange(1500), np.arange(1200)) % 251
    plain = np.stack([gradient, gradient[::-1], 250 - gradient], axis=-1).astype(np.uint8)
    ds.Rows, ds.Columns, ds.PixelData = 1500, 1200, plain.tobytes()
    raw = road.to_bytes(ds)
    out = road.through(raw)
    assert len(out) < 0.8 * len(raw)
    assert np.array_equal(road.read(out).pixel_array, plain)


def test_a_lossy_past_is_kept(road: Road) -> None:
    out = road.read(road.through(road.to_bytes(road.sample("JPEG2000.dcm"))))
    assert out.LossyImageCompression == "01"
    assert out.LossyImageCompressionMethod


def test_join_without_pixels_is_a_header(road: Road) -> None:
    out = road.read(road.through(road.to_bytes(road.sample("CT_small.dcm")), pixels=False))
    assert "PixelData" not in out
    assert "BurnedInAnnotation" not in out
    assert "113101" not in {item.CodeValue for item in out.DeidentificationMethodCodeSequence}
    assert out.Modality == "CT"


def test_join_refuses_other_pixels_and_a_missing_header(road: Road) -> None:
    raw = road.to_bytes(road.sample("CT_small.dcm"))
    parts = road.split(raw)
    out = io.BytesIO()
    np.save(out, np.zeros((1, 2, 2), np.int16))
    first = Piece(parts.members[0].data, DICOM_HEADER, ".json")
    for pieces in ({"header": first, "pixels": Piece(out.getvalue(), PIXELS, ".npy")}, {}):
        with pytest.raises(AssetError) as error:
            dicom.join(parts.skeleton, pieces, road.ctx)
        assert error.value.code is QuarantineCode.CORRUPT


def test_the_image_room_is_told_what_to_look_for(road: Road) -> None:
    ds = road.sample("CT_small.dcm")
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Lovelace^Ada", "MRN-77123", "18151210"
    picture = road.split(road.to_bytes(ds)).members[1]
    known = {(value.entity, value.value) for value in picture.hints.known}
    assert {("PERSON", "Lovelace^Ada"), ("PERSON", "Ada Lovelace"), ("PERSON", "Lovelace")} <= known
    assert ("MEDICAL_RECORD_NUMBER", "MRN-77123") in known
    assert ("DATE_TIME", "1815-12-10") in known
    assert picture.hints.subject
    assert "77123" not in picture.hints.subject


def _bomb() -> bytes:
    ds = pydicom.dcmread(io.BytesIO(_file("image_dfl.dcm")))
    out = io.BytesIO()
    ds.save_as(out)
    raw = out.getvalue()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = packer.compress(b"\x08\x00\x08\x00CS" + struct.pack("<H", 0) + b"\0" * 64 * 1024 * 1024) + packer.flush()
    return raw[: _transfer_syntax(raw)[3]] + bomb


def _huge() -> bytes:
    ds: Any = pydicom.dcmread(io.BytesIO(_file("CT_small.dcm")))
    ds.Rows = ds.Columns = 65_000
    out = io.BytesIO()
    ds.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", QuarantineCode.EMPTY),
        (b"no DICOM at all" * 100, QuarantineCode.CORRUPT),
        (b"\0" * 128 + b"DICM", QuarantineCode.CORRUPT),
        (_file("CT_small.dcm")[:-2000], QuarantineCode.CORRUPT),
        (_file("CT_small.dcm")[:900], QuarantineCode.CORRUPT),
        (_file("JPGExtended.dcm"), QuarantineCode.UNSUPPORTED),
        (_file("SC_rgb_rle_32bit.dcm"), QuarantineCode.UNSUPPORTED),
        (_file("DICOMDIR"), QuarantineCode.UNSUPPORTED),
        (_huge(), QuarantineCode.TOO_LARGE),
        (_bomb(), QuarantineCode.BOMB),
    ],
    ids=["empty", "noise", "prefix", "short-pixels", "no-pixels", "12-bit", "32-bit", "dicomdir", "huge", "bomb"],
)
def test_bad_input_has_a_code_and_tells_nothing(road: Road, data: bytes, code: QuarantineCode) -> None:
    with pytest.raises(AssetError) as error:
        road.through(data)
    assert error.value.code is code
    assert "CompressedSamples" not in str(error.value)


def test_every_shipped_file_ends_written_or_refused(road: Road) -> None:
    written = 0
    shipped = Path(pydicom.data.__file__).parent
    more = Path(os.environ.get("POLYVEIL_TEST_DATA", "/nonexistent")) / "medical"
    for path in sorted(
        [*shipped.glob("test_files/*.dcm"), *shipped.glob("charset_files/*.dcm"), *more.glob("**/*.dcm")]
    ):
        raw = path.read_bytes()
        if len(raw) > 200_000:
            continue
        try:
            out = road.read(road.through(raw))
        except AssetError:
            continue
        written += 1
        private = [element for element in out.iterall() if element.tag.is_private]
        assert private == []
        with quiet():
            name = str(pydicom.dcmread(io.BytesIO(raw), force=True).get("PatientName", ""))
        assert not name or str(out.get("PatientName", "")) != name
    assert written > 60


def test_reviewed_findings_redact_words_that_were_missed(road: Road) -> None:
    ds = road.sample("CT_small.dcm")
    ds.Manufacturer = "Quux"
    raw = road.to_bytes(ds)
    part = road.header_part(raw)
    extra = Finding("PERSON", Field("00080070"), 1.0, "review", "Quux")
    data = header.transform(part, [extra], road.ctx).part.data
    assert isinstance(data, bytes)
    assert b"Quux" not in data
