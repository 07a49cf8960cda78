"""Raw pixel arrays that a container (DICOM) hands to the image room and takes back in the same shape and type."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from polyveil.errors import AssetError
from polyveil.modalities.image.codec import check_pixels, decoding
from polyveil.modalities.image.picture import Picture, Pixels
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import PIXELS, Part

_TYPES = {"uint8", "uint16", "int16"}


def load(part: Part, limits: Limits) -> Picture:
    """The array's frames. Raises AssetError: CORRUPT if it is not what `schema.part.PIXELS` says, TOO_LARGE or BOMB."""
    with part.open() as stream, decoding():
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _fortran, dtype = read(stream)
        if dtype.name not in _TYPES or len(shape) not in {3, 4} or 0 in shape or (len(shape) == 4 and shape[3] != 3):
            raise AssetError(QuarantineCode.CORRUPT, "not a pixel array")
        check_pixels(int(np.prod(shape[:3])), part.size, limits)
        if isinstance(part.data, Path):
            array = np.load(part.data, mmap_mode="r", allow_pickle=False)
        else:
            array = np.load(io.BytesIO(part.data), allow_pickle=False)
        return Picture(tuple(array), PIXELS)


def dump(picture: Picture, part: Part, workdir: Path) -> bytes | Path:
    """The frames as one array again, in memory or, where it came in a file, in a file under `workdir`."""
    first = picture.frames[0]
    shape = (len(picture.frames), *first.shape)
    if not isinstance(part.data, Path):
        sink = io.BytesIO()
        np.save(sink, np.stack(picture.frames), allow_pickle=False)
        return sink.getvalue()
    target = workdir / f"pixels-{abs(hash((part.path, shape))):x}.npy"
    array = np.lib.format.open_memmap(target, mode="w+", dtype=first.dtype, shape=shape)
    for index, frame in enumerate(picture.frames):
        array[index] = frame
    array.flush()
    return target


def full_range(frame: Pixels) -> Pixels:
    """8 bits from the lowest to the highest value, without the windowing that a viewer would apply."""
    values = np.nan_to_num(frame.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    least = 1.0 if frame.dtype.kind in "ui" else 1e-9
    return ((values - low) * (255 / max(least, high - low))).astype(np.uint8)
