"""TIFF pictures that Pillow refuses or misreads: samples of 16 bits in planes, floating point in colour, 32 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import AssetError
from polyveil.modalities.image import deep, raw
from polyveil.modalities.image.picture import Pixels
from polyveil.schema.outcome import QuarantineCode

_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _ORIENTATION = 256, 257, 258, 262, 274
_SAMPLES, _PLANAR, _FORMAT = 277, 284, 339
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_FLOAT = 3

Fields = dict[int, list[int]]


def pages(data: bytes) -> list[Fields]:
    """The pages' fields if the first is of such a kind, else []."""
    found = raw.chain(data)
    return found if found and _special(found[0]) else []


def size(fields: Fields) -> tuple[int, int]:
    """Width and height in pixels, as the samples lie in the file."""
    return fields.get(_WIDTH, [0])[0], fields.get(_HEIGHT, [0])[0]


def orientation(fields: Fields) -> int:
    """The page's EXIF orientation."""
    return fields.get(_ORIENTATION, [1])[0]


def read(data: bytes, index: int, fields: Fields) -> tuple[Pixels, npt.NDArray[np.uint8] | None]:
    """(pixels, alpha) of a page as they lie in the file; uint16, or float32 where the file has floating point.

    Raises AssetError(UNSUPPORTED) for other than grey and RGB with at most one more sample, which is its transparency.
    """
    samples, shade = fields.get(_SAMPLES, [1])[0], fields.get(_PHOTOMETRIC, [_RGB])[0]
    colours = 3 if shade == _RGB else 1
    if shade not in {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB} or samples not in {colours, colours + 1}:
        raise AssetError(QuarantineCode.UNSUPPORTED, "a TIFF picture of other colours than grey and RGB")
    array = np.asarray(deep.codecs().tiff_decode(data, index=index))
    if samples > 1 and fields.get(_PLANAR, [1])[0] == 2:
        array = np.moveaxis(array, 0, -1)
    array = array[..., None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[2] != samples:
        raise ValueError("other samples than announced")
    full = _converted(array)
    if shade == _WHITE_IS_ZERO:
        full = (full.max() if full.dtype.kind == "f" else np.uint16(65_535)) - full
    pixels = np.array(full[..., :colours])
    alpha = _eight_bits(full[..., colours]) if samples > colours else None
    if alpha is not None:
        alpha[alpha < 8] = 0
        pixels[alpha == 0] = 0  # invisible colours may hide a picture
    return (pixels[..., 0] if colours == 1 else pixels), alpha


def profile(data: bytes) -> bytes | None:
    """The colour profile of the first page."""
    return raw.value(data, 34675)


def _special(fields: Fields) -> bool:
    bits, samples = max(fields.get(_BITS, [1])), fields.get(_SAMPLES, [1])[0]
    planar = samples > 1 and fields.get(_PLANAR, [1])[0] == 2
    floating = fields.get(_FORMAT, [1])[0] == _FLOAT
    if floating:
        return samples > 1 or bits != 32
    return samples > 1 and (bits > 16 or (bits > 8 and planar))


def _converted(array: npt.NDArray[Any]) -> Pixels:
    match array.dtype.kind, array.dtype.itemsize:
        case "f", _:
            return array.astype(np.float32)
        case "u", 1:
            return array.astype(np.uint16) * 257
        case "u", 2:
            return array
        case "u", 4:
            return (array >> 16).astype(np.uint16)
    raise AssetError(QuarantineCode.UNSUPPORTED, "a TIFF picture of samples that are not read")


def _eight_bits(samples: Pixels) -> npt.NDArray[np.uint8]:
    floating = samples.dtype.kind == "f"
    return np.asarray(np.clip(np.nan_to_num(samples), 0, 1) * 255 if floating else samples >> 8).astype(np.uint8)
