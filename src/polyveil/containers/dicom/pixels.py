"""Decode the pixels of a data set into one array that the image room understands."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom import Dataset, FileDataset
from pydicom.uid import UID

from polyveil.containers.dicom.reading import MAX_FILE_BYTES
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

Pixels = npt.NDArray[Any]

# The values of (0028,2114), PS3.3 C.7.6.1.1.5.1, by the transfer syntaxes that may lose (PS3.5 Annex A.4).
_LOSSY = {
    "1.2.840.10008.1.2.4.50": "ISO_10918_1",
    "1.2.840.10008.1.2.4.51": "ISO_10918_1",
    "1.2.840.10008.1.2.4.81": "ISO_14495_1",
    "1.2.840.10008.1.2.4.91": "ISO_15444_1",
    "1.2.840.10008.1.2.4.203": "ISO_15444_15",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What joining needs to know of the pixels: no personal value in it."""

    frames: int
    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    multiframe: bool  # the header had (0028,0008)
    lossy: str = ""  # compression method of the input, '' if it lost nothing

    @property
    def nbytes(self) -> int:
        return self.frames * self.rows * self.columns * self.samples * (self.bits_allocated // 8)


def has_pixels(dataset: Dataset) -> bool:
    """Are there pixels of any kind at the top level?"""
    return any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"))


def decode(dataset: FileDataset, ctx: Context) -> tuple[Pixels, Layout]:
    """(frames, rows, columns[, 3]) in uint8, uint16 or int16; YBR and palettes become RGB.

    Raises AssetError: unsupported (no decoder, 32-bit or floating-point pixels, 12-bit JPEG Extended), corrupt
    (fewer bytes than the header says), too large.
    """
    if "PixelData" not in dataset:
        raise AssetError(QuarantineCode.UNSUPPORTED, "floating-point pixels")
    layout = _layout(dataset, ctx)
    try:
        frames = np.stack(list(_frames(dataset, layout)))
    except AssetError:
        raise
    except (RuntimeError, NotImplementedError):
        raise AssetError(QuarantineCode.UNSUPPORTED, "no decoder reads this transfer syntax") from None
    except Exception:  # noqa: BLE001  # decoders raise all kinds on damaged frames
        raise AssetError(QuarantineCode.CORRUPT, "the pixels do not decode") from None
    colour = frames.ndim == 4
    dtype = frames.dtype.newbyteorder("=")
    frames = np.ascontiguousarray(frames.astype(dtype, copy=False))
    photometric = "RGB" if colour else layout.photometric
    stored = layout.bits_stored if layout.photometric != "PALETTE COLOR" else 8 * dtype.itemsize
    return frames, Layout(
        frames=frames.shape[0],
        rows=frames.shape[1],
        columns=frames.shape[2],
        samples=3 if colour else 1,
        photometric=photometric,
        bits_allocated=8 * dtype.itemsize,
        bits_stored=min(stored, 8 * dtype.itemsize),
        signed=dtype.kind == "i",
        multiframe=layout.multiframe,
        lossy=layout.lossy,
    )


def _layout(dataset: FileDataset, ctx: Context) -> Layout:
    try:
        syntax = str(dataset.file_meta.get("TransferSyntaxUID", ""))
        if not syntax:  # a file without meta: its encoding tells which of the native ones it is
            syntax = _native_syntax(dataset)
            dataset.file_meta.TransferSyntaxUID = UID(syntax)
        lossy = _LOSSY.get(syntax, "")
        layout = Layout(
            frames=int(dataset.get("NumberOfFrames") or 1),
            rows=int(dataset.Rows),
            columns=int(dataset.Columns),
            samples=int(dataset.get("SamplesPerPixel", 1)),
            photometric=str(dataset.PhotometricInterpretation),
            bits_allocated=int(dataset.BitsAllocated),
            bits_stored=int(dataset.get("BitsStored", dataset.BitsAllocated)),
            signed=bool(dataset.get("PixelRepresentation", 0)),
            multiframe="NumberOfFrames" in dataset,
            lossy=lossy,
        )
    except (AttributeError, TypeError, ValueError):
        raise AssetError(QuarantineCode.CORRUPT, "the image pixel module is incomplete") from None
    if min(layout.frames, layout.rows, layout.columns) < 1 or layout.samples not in {1, 3}:
        raise AssetError(QuarantineCode.CORRUPT, "the image pixel module has impossible sizes")
    if layout.bits_allocated not in {1, 8, 16}:
        raise AssetError(QuarantineCode.UNSUPPORTED, f"{layout.bits_allocated}-bit pixels")
    expanded = max(layout.nbytes, layout.frames * layout.rows * layout.columns * layout.samples)
    if layout.rows * layout.columns > ctx.limits.max_pixels or expanded > min(
        MAX_FILE_BYTES, ctx.limits.max_expanded_bytes
    ):
        raise AssetError(QuarantineCode.TOO_LARGE, f"{layout.frames} frames of {layout.columns}x{layout.rows} pixels")
    return layout


def _native_syntax(dataset: FileDataset) -> str:
    implicit, little = dataset.original_encoding
    if implicit:
        return "1.2.840.10008.1.2"
    return "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"


def _frames(dataset: FileDataset, layout: Layout) -> Iterator[Pixels]:
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import iter_pixels

    count = 0
    for frame in iter_pixels(dataset):
        count += 1
        if count > layout.frames:
            break
        if layout.photometric == "PALETTE COLOR":
            colours = apply_color_lut(frame, dataset)
            eight = colours.dtype == np.uint8
            yield colours[..., :3] if eight else (colours[..., :3] >> 8).astype(np.uint8)
        else:
            yield frame
    if count < layout.frames:
        raise AssetError(QuarantineCode.CORRUPT, "fewer frames than the header says")


def pack(frames: Pixels) -> bytes:
    """The array as `schema.part.PIXELS` bytes."""
    out = io.BytesIO()
    np.save(out, frames, allow_pickle=False)
    return out.getvalue()


def unpack(data: bytes) -> Pixels:
    """Raises AssetError (corrupt) if the bytes are no array of pixels."""
    try:
        frames = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        raise AssetError(QuarantineCode.CORRUPT, "the pixels are no array") from None
    if not isinstance(frames, np.ndarray) or frames.dtype.kind not in "ui" or frames.ndim not in {3, 4}:
        raise AssetError(QuarantineCode.CORRUPT, "the pixels have the wrong shape")
    return frames
