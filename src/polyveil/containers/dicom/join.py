"""Put a DICOM file together from a de-identified header and de-identified pixels."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pydicom
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from polyveil.containers.dicom.encode import encode
from polyveil.containers.dicom.model import PREAMBLE, Model, loads, to_dataset
from polyveil.containers.dicom.pixels import Pixels, unpack
from polyveil.containers.dicom.reading import quiet
from polyveil.containers.dicom.record import code_of
from polyveil.containers.dicom.split import HEADER, PICTURE
from polyveil.containers.interface import Joined, Piece
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

IMPLEMENTATION_UID = UID("2.25.201478920631942478154291178349052184673")  # of this software, made once
_PALETTE = [0x00281101, 0x00281102, 0x00281103, 0x00281199, 0x00281201, 0x00281202, 0x00281203]
_PALETTE += [0x00281221, 0x00281222, 0x00281223]


def join(
    skeleton: Mapping[str, object],
    pieces: Mapping[str, Piece],
    ctx: Context,
) -> Joined:
    """A valid file (PS3.10) in explicit little endian, pixels plain or losslessly compressed.

    Without pixels the file is its header alone. Raises AssetError if the header is absent or a piece is damaged.
    """
    if HEADER not in pieces:
        raise AssetError(QuarantineCode.CORRUPT, "a DICOM file cannot be joined without its header")
    model = loads(_read(pieces[HEADER]))
    try:
        with quiet():
            return Joined(_written(_filled(model, skeleton, pieces), ctx), "application/dicom", ".dcm")
    except AssetError:
        raise
    except Exception:  # noqa: BLE001  # pydicom raises all kinds for values that do not fit their VR
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, "the de-identified header cannot be written") from None


def _filled(model: Model, skeleton: Mapping[str, object], pieces: Mapping[str, Piece]) -> Dataset:
    dataset, meta = _datasets(model)
    layout = skeleton.get("pixels")
    if PICTURE in pieces and isinstance(layout, Mapping):
        _set_pixels(dataset, unpack(pieces[PICTURE].data), layout)
    else:
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", "")
    meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", "")
    return dataset


def _read(piece: Piece) -> bytes:
    return piece.data.read_bytes() if isinstance(piece.data, Path) else piece.data


def _datasets(model: Model) -> tuple[Dataset, FileMetaDataset]:
    body = {tag: element for tag, element in model.items() if tag != PREAMBLE and not tag.startswith("0002")}
    dataset = to_dataset(body)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    meta = FileMetaDataset()
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = "POLYVEIL"
    dataset.file_meta = meta
    return dataset, meta


def _set_pixels(dataset: Dataset, frames: Pixels, layout: Mapping[str, Any]) -> None:
    wanted = (layout["frames"], layout["rows"], layout["columns"]) + ((3,) if layout["samples"] == 3 else ())
    bits = int(layout["bits_allocated"])
    if frames.shape != wanted or frames.dtype.itemsize != max(bits // 8, 1):
        raise AssetError(QuarantineCode.CORRUPT, "the pixels do not have the size of the original")
    dataset.Rows, dataset.Columns = int(layout["rows"]), int(layout["columns"])
    dataset.SamplesPerPixel = int(layout["samples"])
    dataset.PhotometricInterpretation = str(layout["photometric"])
    dataset.BitsAllocated, dataset.BitsStored = bits, int(layout["bits_stored"])
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(bool(layout["signed"]))
    if layout["samples"] == 3:
        dataset.PlanarConfiguration = 0
        for tag in _PALETTE:
            dataset.pop(tag, None)
    else:
        dataset.pop("PlanarConfiguration", None)
    if layout["multiframe"] or layout["frames"] > 1:
        dataset.NumberOfFrames = int(layout["frames"])
    if layout["lossy"]:  # once lossy, always marked so (PS3.3 C.7.6.1.1.5)
        dataset.LossyImageCompression = "01"
        if "LossyImageCompressionMethod" not in dataset:
            dataset.LossyImageCompressionMethod = str(layout["lossy"])
    rescale = float(layout.get("rescale", 1.0))
    if rescale != 1.0 and "DoseGridScaling" in dataset:
        dataset.DoseGridScaling = f"{float(dataset.DoseGridScaling) * rescale:.10g}"
    dataset.BurnedInAnnotation = "NO"
    if "DeidentificationMethodCodeSequence" in dataset:
        dataset.DeidentificationMethodCodeSequence.append(to_dataset(code_of("CleanPixelDataOption")))
    encode(dataset, frames)


def _written(dataset: Dataset, ctx: Context) -> bytes | Path:
    """The file in memory, or on the disk where its pixels are."""
    dataset.preamble = b"\0" * 128
    complete = bool(dataset.get("SOPClassUID")) and bool(dataset.get("SOPInstanceUID"))
    large = "PixelData" in dataset and dataset["PixelData"].is_buffered
    path = ctx.workdir / f"joined-{secrets.token_hex(8)}.dcm"
    out = io.BytesIO()
    try:
        pydicom.dcmwrite(
            path if large else out, dataset, implicit_vr=False, little_endian=True, enforce_file_format=complete
        )
    finally:
        if large:
            dataset.PixelData.close()
    return path if large else out.getvalue()
