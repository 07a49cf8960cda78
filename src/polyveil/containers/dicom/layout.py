"""The shape of a file's pixels, read from its header and checked before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom import FileDataset
from pydicom.uid import UID

from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

MAX_PIXEL_BYTES = 1024**3  # decoded frames; above `limits.max_memory_bytes` they lie in a file
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"  # Deflated Image Frame Compression (PS3.5 A.4.13)

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
    """What joining needs to know of the pixels: no personal value in it.

    `rescale` is what 32-bit values were divided by to fit 16 bits (dose grids only); `bits_allocated` 1 means that
    the array has a byte a pixel and the file a bit.
    """

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
    rescale: float = 1.0

    @property
    def nbytes(self) -> int:
        return self.frames * self.rows * self.columns * self.samples * max(self.bits_allocated // 8, 1)


def layout_of(dataset: FileDataset, ctx: Context) -> Layout:
    """The layout as the header says. Raises AssetError: corrupt, unsupported (bit depths), too large."""
    try:
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
            lossy=_LOSSY.get(_syntax(dataset), ""),
        )
    except (AttributeError, TypeError, ValueError):
        raise AssetError(QuarantineCode.CORRUPT, "the image pixel module is incomplete") from None
    if min(layout.frames, layout.rows, layout.columns) < 1 or layout.samples not in {1, 3}:
        raise AssetError(QuarantineCode.CORRUPT, "the image pixel module has impossible sizes")
    dose = layout.bits_allocated == 32 and not layout.signed and "DoseGridScaling" in dataset
    if layout.bits_allocated not in {1, 8, 16} and not dose:
        raise AssetError(QuarantineCode.UNSUPPORTED, f"{layout.bits_allocated}-bit pixels")
    largest = min(MAX_PIXEL_BYTES, ctx.limits.max_expanded_bytes)
    if layout.rows * layout.columns > ctx.limits.max_pixels or layout.nbytes > largest:
        raise AssetError(QuarantineCode.TOO_LARGE, f"{layout.frames} frames of {layout.columns}x{layout.rows} pixels")
    return layout


def _syntax(dataset: FileDataset) -> str:
    """The transfer syntax; for a file without meta, the native one in which it was read."""
    syntax = str(dataset.file_meta.get("TransferSyntaxUID", ""))
    if not syntax:
        implicit, little = dataset.original_encoding
        explicit = "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"
        syntax = "1.2.840.10008.1.2" if implicit else explicit
        dataset.file_meta.TransferSyntaxUID = UID(syntax)
    return syntax
