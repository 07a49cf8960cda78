"""Write an array of pixels into a data set: plain, or losslessly compressed where that is worth its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.pixels.utils import pack_bits
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless

from polyveil.containers.dicom.pixels import Pixels

COMPRESS_ABOVE = 4 * 1024**2  # bytes of pixels
BUFFER_ABOVE = 64 * 1024**2  # above this, pixels that lie in a file are copied from it, uncompressed


def encode(dataset: Dataset, frames: Pixels) -> None:
    """Set PixelData and the transfer syntax. The image pixel module must be set."""
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    vr = "OW" if frames.dtype.itemsize == 2 else "OB"
    little = frames.dtype.newbyteorder("<")
    if dataset.BitsAllocated == 1:
        dataset.add_new(0x7FE00010, "OB", pack_bits(np.asarray(frames != 0, np.uint8)))
        return
    if isinstance(frames, np.memmap) and _copies(frames, little):
        buffer = Path(str(frames.filename)).open("rb")  # noqa: SIM115  # read, then closed by the writer of the file
        buffer.seek(frames.offset)
        dataset.add_new(0x7FE00010, vr, buffer)
        return
    raw = np.ascontiguousarray(frames, dtype=little).tobytes()
    dataset.add_new(0x7FE00010, vr, raw + b"\0" * (len(raw) % 2))
    if COMPRESS_ABOVE < len(raw) <= BUFFER_ABOVE:
        _compress(dataset)


def _copies(frames: np.memmap[Any, Any], little: np.dtype[Any]) -> bool:
    """Are the bytes in the file, as they lie there, those of PixelData?"""
    ordered = frames.dtype == little and frames.flags.c_contiguous and frames.filename is not None
    return ordered and frames.nbytes > BUFFER_ABOVE and frames.nbytes % 2 == 0


def _compress(dataset: Dataset) -> None:
    try:
        dataset.compress(JPEG2000Lossless, generate_instance_uid=False)
    except (RuntimeError, ValueError, AttributeError, NotImplementedError):
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian  # stays plain: larger, never wrong
